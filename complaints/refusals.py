"""What a service refuses to do, with the sentence that a person reads."""

from __future__ import annotations


class ComplaintRefused(Exception):
    """A service refuses what was asked; `message` is a translated sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
