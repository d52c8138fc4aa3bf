from typing import Any

from django.db.models import Q

from claims_portal.cases.kinds import AccessCopy, CaseKind, Erasure, Retention, Rule
from claims_portal.deadlines.models import Delay
from claims_portal.notifications.notices import Notice, Recipient

from .models import Suggestion


class News(Notice):
    key = "toy.news"

    def __init__(self, case: Suggestion, row: Any, addresses: list[str] | None = None) -> None:
        self.case, self.row, self.addresses = case, row, addresses

    def recipients(self) -> list[Recipient]:
        return [Recipient(email=address) for address in self.addresses or [self.case.email] if address]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"number": self.case.number}

    def dedup_key(self) -> str:
        return f"{self.row._meta.model_name}:{self.row.pk}:{getattr(self.row, 'escalated_at', None)}"

    def about(self) -> str:
        return self.case.message_key


def delay(code: str) -> Any:
    return Delay.objects.with_calendar().filter(code=code).first()


KIND = CaseKind(
    model=Suggestion,
    rules=lambda case: {"answer": Rule(found, can_pause=True)} if (found := delay("toy-answer")) else {},
    notices=dict.fromkeys(("open", "message", "ask_complement", "close"), News),
    due_soon=News,
    overdue=News,
    retention=lambda desk: Retention(archive=delay("toy-archive"), disposal=delay("toy-disposal")),
    erasure=Erasure(blank={"author": "", "email": ""}, contacts=lambda case: [case.email]),
    access_copy=AccessCopy(theirs=lambda email, mobile: Q(email=email) if email else Q(pk=None)),
)
