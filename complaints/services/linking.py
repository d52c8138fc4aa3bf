"""Cases that belong together: linked, or one merged into the other (F8)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.cases.services.clocks import cancel_clock, count_from, end_pause, stop_clocks
from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.explanation import spelled_moment
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import CaseLink, ClockKind, Complainant, Complaint, Outcome
from complaints.workflow import State, workflow

from .answers import record_ending


class CannotJoin(Exception):
    """These two cases cannot be linked or merged; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@transaction.atomic
def link_cases(*, complaint_id: int, other_id: int, kind: str, user: User) -> CaseLink:
    """Note that two cases belong together, of a `CaseLink.Kind`; linked before, the kind is brought up to date.

    Known to the desk only. CannotJoin for a case and itself, or two organisations.
    """
    complaint, other = _both(complaint_id, other_id)
    first, second = sorted((complaint, other), key=lambda each: each.pk)
    link, _new = CaseLink.objects.update_or_create(
        first=first, second=second, defaults={"kind": CaseLink.Kind(kind), "user": user}
    )
    for one, two in ((complaint, other), (other, complaint)):
        words = _("Reliée à %(number)s : %(kind)s.") % (_numbered(two) | {"kind": link.get_kind_display()})
        apply_transition(one, "link", user=user, body=words)
    return link


@transaction.atomic
def unlink_cases(*, complaint_id: int, other_id: int, user: User) -> None:
    """Take a link away; nothing happens when there is none."""
    complaint, other = _both(complaint_id, other_id)
    first, second = sorted((complaint.pk, other.pk))
    if not CaseLink.objects.filter(first=first, second=second).delete()[0]:
        return
    for one, two in ((complaint, other), (other, complaint)):
        words = _("N’est plus reliée à %(number)s.") % _numbered(two)
        apply_transition(one, "link", user=user, body=words)


@transaction.atomic
def merge_complaint(*, complaint_id: int, into_id: int, user: User) -> Complaint:
    """Close a case because everything goes on in another one, and tell the person; gives that other one.

    Its running delays count from the earlier of both receptions. CannotJoin for a case and itself, two organisations,
    or two people; TransitionNotAllowed when either is closed, so that nothing is merged twice or both ways.
    """
    complaint, into = _both(complaint_id, into_id)
    if not same_person(complaint.complainant, into.complainant):
        raise CannotJoin(_("Ces dossiers n’ont en commun ni contact, ni identifiant, ni nom : reliez-les seulement."))
    workflow.check("merge", complaint.state)
    if not workflow.allows("absorb", into.state):
        raise TransitionNotAllowed("absorb", into.state)
    _absorb(into, complaint, user)
    _close(complaint, into, user)
    Complaint.objects.filter(merged_into=complaint).update(merged_into=into)
    CaseLink.objects.filter(first=min(complaint.pk, into.pk), second=max(complaint.pk, into.pk)).delete()
    return into


def same_person(one: Complainant, two: Complainant) -> bool:
    """Whether two cases may be one person's: a contact or identifier in common, or the name where no contact is known.

    It decides who may read a merged case, so that it is strict: a name alone never joins two people who follow online.
    """
    shared = [(each.email, str(each.mobile or ""), each.cin, each.nir) for each in (one, two)]
    if any(mine and mine == theirs for mine, theirs in zip(*shared, strict=True)):
        return True
    followed = all(each.email or each.mobile for each in (one, two))
    return not followed and one.search_name == two.search_name


def _both(one_id: int, two_id: int) -> tuple[Complaint, Complaint]:
    """Both cases under their locks, taken in one order whoever asks."""
    if one_id == two_id:
        raise CannotJoin(_("C’est le dossier que vous avez sous les yeux."))
    rows = {each: lock_case(Complaint, each) for each in sorted((one_id, two_id))}
    one, two = rows[one_id], rows[two_id]
    if one.desk.organisation_id != two.desk.organisation_id:
        raise CannotJoin(_("Ces dossiers ne sont pas de la même organisation."))
    return one, two


def _numbered(case: Complaint) -> dict[str, str]:
    """The number for a sentence in the active language, its groups in their order from right to left too."""
    return {"number": notices.number_in_text(case.number)}


def _absorb(into: Complaint, complaint: Complaint, user: User) -> None:
    """The case that goes on says so, counts from the earlier reception, and asks for attention if it was answered."""
    moved = count_from(into, start=complaint.opened_at)
    with translation.override(into.language):
        words = _("La réclamation %(number)s est réunie avec celle-ci.") % _numbered(complaint)
        if moved:
            since = spelled_moment(complaint.opened_at, into.desk.organisation.time_zone)
            words += " " + _("Les délais se comptent depuis sa réception, le %(date)s.") % {"date": since}
    apply_transition(into, "absorb", user=user, body=words)
    if into.state == State.ANSWERED:
        into.waiting_on = WaitingOn.DESK
        into.save(update_fields=["waiting_on"])


def _close(complaint: Complaint, into: Complaint, user: User) -> None:
    """The case that ends: its clocks stop, it cannot be reopened, and the person learns which number to follow."""
    now = timezone.now()
    with translation.override(complaint.language):
        words = _("Cette réclamation est réunie avec votre réclamation %(number)s, où tout continue.") % _numbered(into)
    event = apply_transition(complaint, "merge", user=user, body=words, at=now, merged_into=into)
    record_ending(complaint=complaint, event=event, kind=Outcome.Kind.MERGED)
    end_pause(complaint, at=now)
    stop_clocks(complaint, at=now)
    cancel_clock(complaint, ClockKind.REOPENING)
    queue(notices.Merged(complaint, event, into))
