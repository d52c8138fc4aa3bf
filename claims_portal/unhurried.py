"""Writing what may be lost with a server that falls, without waiting for its disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def unhurried() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk: PostgreSQL writes it there within half a second.

    For what nobody was promised yet. The next commit that does wait takes it to the disk too, so that nothing
    promised can hang on something lost. Inside another transaction it changes nothing: that one decides.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
