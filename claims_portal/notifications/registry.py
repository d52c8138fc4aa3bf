"""Who wants to hear that a message reached nobody: business apps register, notifications never import them."""

from __future__ import annotations

from collections.abc import Callable

from .models import Message

MessageCallback = Callable[[Message], None]
_callbacks: list[MessageCallback] = []


def on_refusal(callback: MessageCallback) -> MessageCallback:
    """Have the callback called with each message that was given up or came back; register in `AppConfig.ready`.

    It is called in a transaction, once a message. Registering twice counts once; usable as a decorator.
    """
    if callback not in _callbacks:
        _callbacks.append(callback)
    return callback


def callbacks() -> tuple[MessageCallback, ...]:
    """Everybody registered, in order."""
    return tuple(_callbacks)
