"""The messages of declarations and claims: a link and a number, never what the care was."""
