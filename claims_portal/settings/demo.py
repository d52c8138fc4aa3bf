"""What only a demonstration has."""

from .environment import env

__all__ = ["DEMO_PASSWORD"]

# Of the accounts that `load_demo` makes, and only where PORTAL_DEMO is set: known to every reader of README.md.
DEMO_PASSWORD = env.str("PORTAL_DEMO_PASSWORD", "demonstration-2026")
