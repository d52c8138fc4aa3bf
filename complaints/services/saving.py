"""The views of the list that agents keep (F20)."""

from __future__ import annotations

from django.db import transaction

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
    saved, _new = mine.update_or_create(user=user, name=name, defaults={"queue": queue, "text": text, "desk": desk})
    return saved


@transaction.atomic
def forget_filter(*, saved: SavedFilter) -> None:
    """Keep it no longer."""
    saved.delete()
