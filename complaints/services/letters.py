"""Letters: news on paper for whoever complained on paper, printed once by a named agent (row C38)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from complaints.models import Channel, Complaint, Event, EventKind, Letter

# What a complainant is told of. Internal notes and what they do themselves online need no letter.
TOLD = frozenset(
    {
        EventKind.FILED,
        EventKind.ACKNOWLEDGED,
        EventKind.COMPLEMENT_ASKED,
        EventKind.MESSAGE_FROM_DESK,
        EventKind.ANSWERED,
        EventKind.LATE_TOLD,
        EventKind.CLOSED,
        EventKind.CLOSING_ANNOUNCED,
        EventKind.CLOSED_IN_SILENCE,
        EventKind.REOPENED,
        EventKind.MERGED,
        EventKind.ABSORBED,
        EventKind.TRANSFERRED,
        EventKind.REFERRED,
    }
)
BATCH = 25  # a letter takes some hundreds of milliseconds to draw


def goes_on_paper(complaint: Complaint, kind: str) -> bool:
    """Whether news of this kind is printed. Reads `complaint.complainant`.

    Row C38: the answer to a letter is a letter, even for somebody who also follows online. Other news
    is printed only for who gave no e-mail address, whatever the way the complaint came, online excepted.
    """
    if complaint.channel == Channel.WEB:
        return False
    if complaint.channel == Channel.POST and kind == EventKind.ANSWERED:
        return True
    return not complaint.complainant.email


def promise_letter(complaint: Complaint, event: Event) -> Letter | None:
    """Queue a letter about what the desk or the portal did, where paper is due; in the caller's transaction."""
    if event.is_theirs or event.kind not in TOLD or not goes_on_paper(complaint, event.kind):
        return None
    return Letter.objects.create(complaint=complaint, event=event)


@transaction.atomic
def take_letters(*, letter_ids: Sequence[int], user: User) -> list[Letter]:
    """Mark as printed those of these letters that the agent may see and nobody has printed, the oldest first.

    At most BATCH; those another agent is printing at this moment are left to them. Draw them inside the
    caller's transaction: when that fails, they still wait.
    """
    waiting = Letter.objects.filter(printed_at__isnull=True, pk__in=letter_ids).order_by("pk")
    if not user.is_superuser:
        waiting = waiting.filter(complaint__desk__in=user.desks.all())
    keys = [each.pk for each in waiting.select_for_update(of=("self",), skip_locked=True)[:BATCH]]
    Letter.objects.filter(pk__in=keys).update(printed_at=timezone.now(), printed_by=user)
    return list(Letter.objects.with_case().filter(pk__in=keys).order_by("pk"))
