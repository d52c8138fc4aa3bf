"""A template made ready for one case: its variables replaced, in the language of the person (F15)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.cases.promises import spelled_due
from claims_portal.deadlines.explanation import spelled_date

from .answering import answering_of, recourse, recourse_when_late, risk_bearer_of
from .models import AnswerTemplate, ClockKind, Complaint
from .notices import number_in_text
from .placeholders import PLACE, filled

# What the editor's preview shows where there is no case to show: plainly nobody's.
EXAMPLE = {
    "nom": _("Prénom Nom"),
    "numero": "1234 5678 9012",
    "date_reception": _("mardi 3 mars 2026"),
    "guichet": _("Service des réclamations"),
    "organisation": _("Organisation de l’exemple"),
    "categorie": _("Retard de remboursement"),
    "organisme": _("Organisme de l’exemple"),
    "contrat": "CONTRAT-001",
    "reference": "DOSSIER-001",
    "echeance_accuse": _("mardi 10 mars 2026"),
    "echeance_reponse": _("vendredi 3 avril 2026"),
    "agent": _("Agent Exemple"),
    "recours_retard": _("La réponse n’est pas venue dans son délai : vous pouvez saisir le médiateur de l’exemple."),
    "mediateur": _("Si un désaccord persiste, vous pouvez saisir gratuitement le médiateur de l’exemple."),
}


def text_for(template: AnswerTemplate, complaint: Complaint, agent: User) -> str:
    """The template's text for this case. What the case does not know keeps its braces. One query, the clocks.

    `complaint` comes `with_case()`.
    """
    with translation.override(complaint.language):
        return filled(template.body(complaint.language), values(complaint, agent))


def late_words(complaint: Complaint) -> str:
    """What the letter about a late answer says, in the language of the case; "" where staff keep no text for it.

    The desk's own template goes before its organisation's, and that one before everybody's. Nobody reads the text
    before it leaves: what is not known of the case is left out. Reads the clocks, the category and the respondent.
    """
    found = [each for each in answering_of(complaint.desk).templates if each.use == AnswerTemplate.Use.LATE]
    if not found:
        return ""
    nearest = max(found, key=lambda each: (each.desk_id is not None, each.organisation_id is not None))
    with translation.override(complaint.language):
        text = filled(nearest.body(complaint.language), values(complaint))
    return PLACE.sub("", text).strip()


def example_of(template: AnswerTemplate, language: str) -> str:
    """The template's text with made-up values, in a language."""
    with translation.override(language):
        return filled(template.body(language), {name: str(value) for name, value in EXAMPLE.items()})


def values(complaint: Complaint, agent: User | None = None) -> dict[str, str]:
    """Each variable's value in the active language; "" for what is not known of this case."""
    desk = complaint.desk
    due = {clock.kind: spelled_due(clock) for clock in complaint.current_clocks() if not clock.stopped_at}
    received = complaint.opened_at.astimezone(ZoneInfo(desk.organisation.time_zone)).date()
    respondent = complaint.respondent.name if complaint.respondent else complaint.respondent_other
    return {
        "nom": complaint.complainant.full_name,
        "numero": number_in_text(complaint.number),
        "date_reception": spelled_date(received),
        "guichet": desk.name,
        "organisation": desk.organisation.name,
        "categorie": complaint.category.name,
        "organisme": respondent,
        "contrat": complaint.policy_number,
        "reference": complaint.claim_reference,
        "echeance_accuse": due.get(ClockKind.ACKNOWLEDGEMENT, ""),
        "echeance_reponse": due.get(ClockKind.ANSWER, ""),
        "agent": agent.get_full_name() if agent else "",
        "mediateur": recourse(desk, risk_bearer_of(complaint)),
        "recours_retard": recourse_when_late(desk, risk_bearer_of(complaint)),
    }
