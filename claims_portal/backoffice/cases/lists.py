"""The list of a kind of case: one queue at a time, or what was searched, in pages by key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from claims_portal.backoffice import searches
from claims_portal.backoffice.keyset import KeysetChangeList
from claims_portal.cases.models import NO_PROMISE
from claims_portal.deadlines.compute import SOON

from .queues import PARAMETER, queue_named, queue_url


class CaseChangeList(KeysetChangeList):
    """One queue of the agent's desks; or, when something is searched, all they may see."""

    own_parameters = (*KeysetChangeList.own_parameters, PARAMETER, searches.PARAMETER)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        self.queue = queue_named(self.model_admin.queues, request.GET.get(PARAMETER))  # type: ignore[attr-defined]
        self.query = searches.remembered(request)
        self.oldest_first = self.queue.is_ascending and not self.query
        return super().get_queryset(request, exclude_parameters)

    @property
    def keyset(self) -> Sequence[str]:
        return ("opened_at", "pk") if self.query else self.queue.keyset

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.rows = self.read_rows(request)

    def read_rows(self, request: HttpRequest) -> list[Any]:
        """Return the lines of the page."""
        return [self.model_admin.row_view(case) for case in self.result_list]  # type: ignore[attr-defined]

    @property
    def tabs(self) -> list[tuple[str, Any, bool]]:
        """Return the queues as tabs: address, label, and whether it is the one shown."""
        admin = cast(Any, self.model_admin)
        return [
            (queue_url(admin.list_name, queue), queue.label, queue is self.queue and not self.query)
            for queue in admin.queues.values()
        ]


def due_view(case: Any, *, now: datetime | None = None) -> dict[str, Any]:
    """Return the nearest promise of a case for a list: its date and « running », « soon », « late » or "".

    On the clock of the organisation; reads `desk.organisation`.
    """
    if case.due_at == NO_PROMISE:
        return {"state": "", "at": None}
    now = now or timezone.now()
    state = "late" if now > case.due_at else "soon" if case.due_at - now < SOON else "running"
    return {"state": state, "at": case.due_at.astimezone(ZoneInfo(case.desk.organisation.time_zone))}
