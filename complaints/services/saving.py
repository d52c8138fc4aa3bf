"""The views of the list that agents keep (F20)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from complaints.models import SavedFilter

MOST = 20


class TooManyFilters(Exception):
    """This person keeps MOST views already."""


@transaction.atomic
def save_filter(*, user: User, name: str, queue: str, text: str = "", desk: Desk | None = None) -> SavedFilter:
    """Keep a view under a name, for this person alone or shared with a desk; the same name again replaces it.

    TooManyFilters beyond MOST. The caller has checked that this person may share with the desk.
    """
    mine = SavedFilter.objects.filter(user=user)
    if mine.exclude(name=name).count() >= MOST:
        raise TooManyFilters
    saved, _new = mine.update_or_create(
        user=user, name=name, defaults={"queue": queue, "text": text, "desk": desk, "used_at": timezone.now()}
    )
    return saved


def mark_used(*, saved: SavedFilter) -> None:
    """It was opened just now: a search is kept as long as it serves."""
    SavedFilter.objects.filter(pk=saved.pk).update(used_at=timezone.now())


def prune_filters() -> int:
    """Delete kept searches, which may hold a name, that nobody opened for `settings.SAVED_SEARCH_DAYS`; gives how many.

    And every view of somebody who no longer works here; an account that is deleted takes its own along.
    """
    limit = timezone.now() - timedelta(days=settings.SAVED_SEARCH_DAYS)
    unused = Q(used_at__lt=limit) & ~Q(text="")
    return SavedFilter.objects.filter(unused | Q(user__is_active=False)).delete()[0]


@transaction.atomic
def forget_filter(*, saved: SavedFilter) -> None:
    """Keep it no longer."""
    saved.delete()
