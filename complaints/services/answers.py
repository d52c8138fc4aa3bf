"""What an answer decides: its outcome, its reasons, and the mediators it names; or how a case ends without one.

In the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from complaints.answering import answering_of, recourse, risk_bearer_of
from complaints.models import Answer, AnswerTemplate, Complaint, Event, Outcome, Reason
from complaints.placeholders import waiting


class Unfinished(ValueError):
    """A text or a decision that cannot leave as it is; its sentence tells the agent what is missing.

    `field` is what to fill in: outcome or reasons; None for the text.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


ENDINGS = {Outcome.Kind.MERGED: "reunie", Outcome.Kind.REFERRED: "transmise"}


@dataclass(frozen=True)
class Decision:
    """What the agent decided besides the words. `risk_bearer` "" leaves what is known as it is."""

    outcome: Outcome | None = None
    reasons: Sequence[Reason] = ()
    risk_bearer: str = ""


def check_text(body: str) -> None:
    """Unfinished while a variable of a template still waits between braces: it never reaches a person."""
    if left := waiting(body):
        listed = ", ".join(f"{{{name}}}" for name in left)
        raise Unfinished(_("Complétez ou retirez ce qui est entre accolades : %(names)s.") % {"names": listed})


def check_decision(complaint: Complaint, decision: Decision) -> None:
    """Unfinished without an outcome where the organisation has some, or without a reason where one is due (F37)."""
    offered = answering_of(complaint.desk)
    outcome = decision.outcome
    if outcome is None:
        if offered.outcomes:
            raise Unfinished(_("Choisissez l’issue de la réclamation."), "outcome")
        return
    if outcome not in offered.outcomes or not set(decision.reasons) <= set(offered.reasons):
        raise Unfinished(_("Cette issue ou ce motif n’est plus proposé à ce guichet."), "outcome")
    if outcome.needs_reason and offered.reasons and not decision.reasons:
        sentence = _("Indiquez au moins un motif : la réponse ne donne pas tout ce qui était demandé.")
        raise Unfinished(sentence, "reasons")


def record_answer(*, complaint: Complaint, event: Event, decision: Decision) -> Answer:
    """Write what was decided, and the paragraph about mediators in the person's language.

    The paragraph is left out where the agent's text holds it already. Unfinished as `check_decision` says.
    """
    check_decision(complaint, decision)
    with translation.override(complaint.language):
        paragraph = recourse(complaint.desk, risk_bearer_of(complaint))
    said = " ".join(paragraph.split()) in " ".join(event.body.split())
    retire_answer(complaint=complaint)
    answer = Answer.objects.create(
        complaint=complaint, event=event, outcome=decision.outcome, recourse="" if said else paragraph
    )
    if decision.reasons:
        answer.reasons.set(decision.reasons)
    return answer


def record_ending(*, complaint: Complaint, event: Event, kind: Outcome.Kind) -> Answer:
    """Write that the case ends here because it goes on elsewhere: MERGED or REFERRED, in place of any answer before.

    The outcome is the one of that code for all organisations, made at the first need; staff may rename it.
    """
    names = {}
    for language in ("fr", "ar"):
        with translation.override(language):
            names[f"name_{language}"] = str(kind.label)
    code = ENDINGS[kind]
    outcome, _new = Outcome.objects.get_or_create(organisation=None, code=code, defaults={"kind": kind, **names})
    retire_answer(complaint=complaint)
    return Answer.objects.create(complaint=complaint, event=event, outcome=outcome)


def retire_answer(*, complaint: Complaint) -> None:
    """The answer of this case stands no more: it was reopened."""
    Answer.objects.filter(complaint=complaint, stands=True).update(stands=False)


def count_use(*, template_id: int) -> None:
    """One more text was sent that began with this template. After the commit: no case waits for its row."""
    AnswerTemplate.objects.filter(pk=template_id).update(used=F("used") + 1)
