"""Change lists that stay quick with millions of rows."""

from __future__ import annotations

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import QuerySet

CEILING = 5000


class CappedPaginator(Paginator):
    """Counts no further than the pages somebody would leaf through: an unbounded COUNT reads the whole table."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[:CEILING].count()
        return len(self.object_list)
