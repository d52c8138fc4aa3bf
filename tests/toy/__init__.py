"""A kind of case as small as they come: suggestions sent to a desk. What it lacks here, the case block gives it."""
