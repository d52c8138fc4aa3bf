"""Complaints begun in the member space: about a line of a statement with what it says (BEYOND N1), or anything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from claims_portal.deadlines.explanation import written_date
from claims_portal.organisations.models import Desk
from claims_portal.templatetags.portal import money
from claims_portal.wizards.models import Draft
from complaints.models import Quality
from complaints.services.filing import begin_filing
from health_claims.models import Claim, MemberComplaint, StatementLine
from membership.models import Beneficiary, Member


def complaint_desk(member: Member) -> Desk | None:
    """Where the members of this policy complain; None where nobody receives complaints (any more). One query."""
    if member.policy.complaint_desk_id is None:
        return None
    desks = Desk.objects.open().filter(procedure__isnull=False)
    return desks.filter(pk=member.policy.complaint_desk_id).first()


def contest(*, claim: Claim, desk: Desk, language: str, line: StatementLine | None = None) -> Draft:
    """Begin a complaint about a line of a statement, or about the claim as a whole, in the active language.

    The member reads it, says why, and sends it themselves; nobody receives anything before that. `claim` with its
    member, account and policy, and patient; `line` with its statement and its abatements.
    """
    return complain(
        member=claim.member,
        desk=desk,
        language=language,
        subject={"claim_reference": claim.number},
        facts={"facts": "\n".join(_facts(claim, line))},
        patient=claim.patient,
    )


@transaction.atomic
def complain(
    *,
    member: Member,
    desk: Desk,
    language: str,
    subject: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    patient: Beneficiary | None = None,
) -> Draft:
    """Begin a complaint of a member, with who they are and their contract; once sent, their space knows it (E115).

    `member` with account and policy; `subject` and `facts` as for `begin_filing`; `patient`: whose care it is about,
    where it is somebody of their family.
    """
    draft = begin_filing(
        desk=desk,
        language=language,
        subject={
            "policy_number": member.policy.number,
            "registration_number": member.number,
            "subscriber": str(member.policy.subscriber)[:160],
            **(subject or {}),
        },
        facts=facts,
        complainant={
            "quality": Quality.INSURED,
            "last_name": member.last_name,
            "first_name": member.first_name,
            "cin": member.cin,
            "email": member.account.email,
            "mobile": str(member.account.mobile or ""),
        },
        dependants=[_dependant(patient)] if patient else [],
    )
    MemberComplaint.objects.create(member=member, draft_id=draft.pk)
    return draft


def _dependant(patient: Beneficiary) -> dict[str, str]:
    """Both know spouses and children by the same names."""
    return {
        "last_name": patient.last_name,
        "first_name": patient.first_name,
        "relation": patient.relation,
        "birth_date": f"{patient.birth_date:%d/%m/%Y}",
    }


def _facts(claim: Claim, line: StatementLine | None) -> Iterator[str]:
    if line is None:
        yield _("Je conteste la décision prise sur mon dossier n° %(number)s.") % {"number": claim.number}
    else:
        yield _("Je conteste la ligne %(line)s du décompte de mon dossier n° %(number)s, établi le %(date)s.") % {
            "line": line.position,
            "number": claim.number,
            "date": written_date(localtime(line.statement.made_at).date()),
        }
        yield ""
        yield from _amounts(line)
    yield ""
    yield _("Voici pourquoi je ne suis pas d’accord :")


def _amounts(line: StatementLine) -> Iterator[str]:
    rows = [
        (_("Acte"), line.label),
        *([(_("Montant demandé"), money(line.asked))] if line.asked is not None else []),
        (_("Frais engagés"), money(line.spent)),
        *([(_("Base de remboursement"), money(line.base))] if line.base else []),
        (_("Part du régime de base"), money(line.base_paid)),
        (_("Remboursé par mon contrat"), money(line.paid)),
        *((_("Abattement"), f"{each.reason.label}, {money(each.amount)}") for each in line.abatements.all()),
    ]
    for label, value in rows:
        yield _("%(label)s : %(value)s") % {"label": label, "value": value}
