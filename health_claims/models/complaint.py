"""Complaints begun in the member space: the way from there to the case (row E115)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from membership.models import Member

MOST = 200  # begun here, the newest first: nobody has that many


class MemberComplaint(models.Model):
    """A complaint a member began here. It is a case once its draft was sent, whatever contact was then given."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("adhérent"))
    draft_id = models.UUIDField(unique=True, editable=False)
    begun_at = models.DateTimeField(_("commencée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("réclamation d’un adhérent")
        verbose_name_plural = _("réclamations des adhérents")
        indexes: ClassVar = [models.Index(fields=["member", "begun_at"], name="complaint_of_member")]

    def __str__(self) -> str:
        return str(self.draft_id)


def complaints_of(member: Member) -> QuerySet[Complaint]:
    """The cases whoever holds this account has filed from it; `member` with the account. One query now, one later.

    What was begun before their identity was checked is a former holder's, whose account was given back.
    """
    since = member.account.identity_checked_at
    if since is None:
        return Complaint.objects.none()
    begun = MemberComplaint.objects.filter(member=member, begun_at__gte=since).order_by("-begun_at")
    # Read apart: PostgreSQL then goes from each draft to its case by the index, never through all cases.
    return Complaint.objects.kept().filter(draft_id__in=list(begun.values_list("draft_id", flat=True)[:MOST]))
