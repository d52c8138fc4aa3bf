"""Transactions that PostgreSQL confirms before they are on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def asynchronous_commit() -> Iterator[None]:
    """Commit with `synchronous_commit=off`, for writes that may be lost in a crash.

    PostgreSQL writes them to the disk within half a second, or with the next commit that does wait for it. Inside
    another transaction this changes nothing: the outermost one decides.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
