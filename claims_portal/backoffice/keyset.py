"""Long lists paged by key: each page starts where the last one ended, however deep, and nothing is counted.

    class MessageAdmin(KeysetAdmin):
        keyset = ("created_at", "pk")

The columns are those of an index, the newest first; the last one is unique. A queue may begin with its oldest rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from .lists import PortalAdmin, PortalChangeList

OLDER, NEWER = "apres", "avant"  # parameters of the address: the key of the row where the neighbour page ended
SEPARATOR = "_"


@dataclass(frozen=True)
class Page:
    """Rows in the order asked for, and the keys of the pages around them; "" where there is none."""

    rows: list[Any]
    newer: str = ""
    older: str = ""


def page_by_key(
    queryset: QuerySet[Any],
    *,
    keyset: Sequence[str],
    size: int,
    older: str = "",
    newer: str = "",
    oldest_first: bool = False,
    first: Callable[[], list[Any]] | None = None,
) -> Page:
    """One page of a queryset in descending order of its key columns (ascending: `oldest_first`), with one query.

    `older` or `newer` is the key that another page gave. ValueError when it is not one. `first` reads the newest
    rows, one more than `size`, by a query whose SQL is kept (`claims_portal.compiled_query`).
    """
    onward, back = (newer, older) if oldest_first else (older, newer)
    if back:
        rows = _rows(queryset, keyset, back, size, ascending=not oldest_first)
        before, after = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        written = first is not None and not onward
        rows = first() if written else _rows(queryset, keyset, onward, size, ascending=oldest_first)  # type: ignore[misc]
        before, after = bool(onward), len(rows) > size
        rows = rows[:size]
    up, down = (_key(rows[0], keyset) if rows and before else ""), (_key(rows[-1], keyset) if rows and after else "")
    return Page(rows, newer=down, older=up) if oldest_first else Page(rows, newer=up, older=down)


def _rows(queryset: QuerySet[Any], keyset: Sequence[str], key: str, size: int, *, ascending: bool) -> list[Any]:
    """Return the rows that follow a key, from the end without one; one more than asked for, if there is."""
    if key:
        queryset = queryset.filter(_beyond(keyset, _read(queryset.model, keyset, key), "gt" if ascending else "lt"))
    return list(queryset.order_by(*(name if ascending else f"-{name}" for name in keyset))[: size + 1])


def _beyond(keyset: Sequence[str], values: Sequence[Any], way: str) -> Q:
    """Rows past a key. The bound on the first column stands alone, so that the index starts there."""
    name, value = keyset[0], values[0]
    if len(keyset) == 1:
        return Q(**{f"{name}__{way}": value})
    past = Q(**{f"{name}__{way}": value}) | _beyond(keyset[1:], values[1:], way)
    return Q(**{f"{name}__{way}e": value}) & past


def _key(row: Model, keyset: Sequence[str]) -> str:
    values = [getattr(row, name) for name in keyset]
    return SEPARATOR.join(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)


def _read(model: type[Model], keyset: Sequence[str], key: str) -> list[Any]:
    parts = key.split(SEPARATOR)
    if len(parts) != len(keyset):
        raise ValueError(key)
    fields = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in keyset]
    try:
        values = [field.to_python(part) for field, part in zip(fields, parts, strict=True)]  # type: ignore[union-attr]
        # A moment that UTC has no room for is no moment of ours: PostgreSQL would refuse it.
        values = [value.astimezone(UTC) if isinstance(value, datetime) else value for value in values]
    except (ValidationError, OverflowError) as error:
        raise ValueError(key) from error
    if any(value is None for value in values):
        raise ValueError(key)
    return values


class KeysetChangeList(PortalChangeList):
    """A change list in pages by key, in the one order its index gives."""

    own_parameters: tuple[str, ...] = (OLDER, NEWER)
    oldest_first = False
    newer_url = ""
    older_url = ""

    @property
    def keyset(self) -> Sequence[str]:
        return cast(KeysetAdmin, self.model_admin).keyset

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return list(self.keyset) if self.oldest_first else [f"-{name}" for name in self.keyset]

    def get_results(self, request: HttpRequest) -> None:
        try:
            page = page_by_key(
                self.queryset,
                keyset=self.keyset,
                size=self.list_per_page,
                older=request.GET.get(OLDER, ""),
                newer=request.GET.get(NEWER, ""),
                oldest_first=self.oldest_first,
            )
        except ValueError as error:
            raise IncorrectLookupParameters from error
        self.result_list = page.rows
        self.newer_url = self.get_query_string({NEWER: page.newer}, [OLDER, NEWER]) if page.newer else ""
        self.older_url = self.get_query_string({OLDER: page.older}, [OLDER, NEWER]) if page.older else ""
        # What Django's own templates ask for: no total, no numbered pages.
        self.result_count = self.full_result_count = len(page.rows)
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = None


class KeysetAdmin(PortalAdmin):
    """A ModelAdmin whose list is paged by key; `keyset` are its columns, the newest first, the last one unique."""

    keyset: Sequence[str] = ("pk",)
    change_list_template = "admin/keyset_change_list.html"
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 25

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList
