"""Values that are read once for each version of a desk, and kept in the memory of the process."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from .models import Desk

Value = TypeVar("Value")

MAX_DESKS = 500
# Texts come into force without a change of the desk, and rows may be changed by hand: nothing is kept longer.
MAX_SECONDS = 300


def cached_per_desk_version(read: Callable[[Desk], Value]) -> Callable[[Desk], Value]:
    """Cache what a function reads of a desk once for each version of the desk.

    `Desk.version` is raised by every change of what makes a desk (`desk_changed`), so that a value is never older
    than what staff have saved. The function is given the desk with its organisation; it must not depend on the person
    or the language.
    """

    @lru_cache(maxsize=MAX_DESKS)
    def read_version(desk_id: int, version: int, window: int) -> Value:
        return read(Desk.objects.select_related("organisation").get(pk=desk_id))

    @wraps(read)
    def read_cached(desk: Desk) -> Value:
        return read_version(desk.pk, desk.version, int(time.time()) // MAX_SECONDS)

    return read_cached
