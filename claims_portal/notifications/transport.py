"""What a channel may answer when a message is handed to it."""

from __future__ import annotations


class Refused(Exception):
    """No further try would help. The reason is shown to staff: short, without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unavailable(Exception):
    """A later try may succeed. `channel_down`: nothing else would leave by this channel just now."""

    def __init__(self, reason: str, *, channel_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.channel_down = channel_down
