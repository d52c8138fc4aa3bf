"""How a person is named at sign-in: by an e-mail address, in whatever capitals a telephone puts there."""

from __future__ import annotations


def sign_in_name(typed: str) -> str:
    """The one form of an address under which an account is looked for, and its wrong passwords are counted."""
    return typed.strip().lower()
