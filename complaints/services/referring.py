"""A complaint that another body has to treat: sent on with a letter, and closed here (F24)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import CaseRefused
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.cases.services.clocks import end_pause, stop_clocks
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Organisation
from complaints import notices
from complaints.models import Complaint, Outcome, Recipient, Referral

from .answers import record_ending


@transaction.atomic
def refer_complaint(*, complaint_id: int, user: User, recipient_id: int, body: str) -> Referral:
    """Send a complaint on to another body, close it here, and tell the person to whom it goes, why (`body`), what next.

    The person may reopen it within the usual delay. CaseRefused when the organisation does not know this
    body, or no longer; TransitionNotAllowed once answered or closed.
    """
    complaint = lock_case(Complaint, complaint_id)
    known = recipients_of(complaint.desk.organisation)
    recipient = known.filter(pk=recipient_id).first()
    if recipient is None:
        raise CaseRefused(_("Cet organisme vient d’être retiré du carnet : choisissez-en un autre."))
    now = timezone.now()
    words = f"{_told(complaint.language, recipient)}\n\n{body}".strip()
    event = apply_transition(complaint, "refer", user=user, body=words, at=now)
    record_ending(complaint=complaint, event=event, kind=Outcome.Kind.REFERRED)
    end_pause(complaint, at=now)
    stop_clocks(complaint, at=now)
    queue(notices.Referred(complaint, event))
    return Referral.objects.create(complaint=complaint, event=event, recipient=recipient)


def recipients_of(organisation: Organisation) -> QuerySet[Recipient]:
    """The bodies an organisation may send complaints on to."""
    return Recipient.objects.filter(organisation=organisation, is_active=True)


def _told(language: str, recipient: Recipient) -> str:
    """To whom it goes and what happens next, in the language of the case."""
    with translation.override(language):
        to = _("Nous transmettons votre réclamation à : %(name)s.\n%(address)s")
        treats = _("Cet organisme traite : %(treats)s.")
        after = _(
            "Vous n’avez rien à renvoyer : il reçoit votre récit et vos pièces par courrier et vous répondra "
            "directement. Votre réclamation est clôturée chez nous ; si vous n’êtes pas d’accord, rouvrez-la."
        )
        words = {"name": recipient.name, "address": recipient.postal_address, "treats": recipient.treats}
        return "\n\n".join(text % words for text in (to, treats, after))
