"""The journey of filing a complaint, page by page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_portal.deadlines.explanation import written_date
from claims_portal.wizards.models import Draft
from claims_portal.wizards.steps import CollectionStep, Row, Step, Text, Wizard

from .forms import (
    SUBJECT_SLUG,
    ComplainantForm,
    DependantForm,
    DocumentsForm,
    FactsForm,
    GateForm,
    ReviewForm,
    SubjectForm,
)
from .models import DocumentKind, Quality


class GateStep(Step):
    slug = "demande"
    title = _("Votre demande")
    question = _("Est-ce bien une réclamation ?")
    form_class = GateForm
    template = "complaints/filing/gate.html"

    def rows(self, draft: Draft) -> list[Row]:
        return []  # nothing to check: the way in, not a part of the complaint


class SubjectStep(Step):
    slug = SUBJECT_SLUG
    title = _("Le sujet")
    question = _("Sur quoi porte votre réclamation ?")
    form_class = SubjectForm


class FactsStep(Step):
    slug = "faits"
    title = _("Les faits")
    question = _("Que s’est-il passé ?")
    form_class = FactsForm


class ComplainantStep(Step):
    slug = "reclamant"
    title = _("Vous")
    question = _("Qui êtes-vous ?")
    form_class = ComplainantForm


class DependantsStep(CollectionStep):
    slug = "ayants-droit"
    title = _("Ayants droit")
    question = _("Vos ayants droit sont-ils concernés ?")
    form_class = DependantForm
    template = "complaints/filing/dependants.html"

    def rows(self, draft: Draft) -> list[Row]:
        people = [describe_dependant(each) for each in self.all_cleaned(draft)]
        return [Row(_("Ayants droit"), "\n".join(people) or _("Aucun"))]


class DocumentsStep(Step):
    slug = "pieces"
    title = _("Pièces")
    question = _("Avez-vous des documents à joindre ?")
    form_class = DocumentsForm
    template = "complaints/filing/documents.html"

    def is_complete(self, draft: Draft) -> bool:
        return True  # joining documents is a possibility, never a condition (row C33)

    def rows(self, draft: Draft) -> list[Row]:
        return []  # the check page lists the files themselves


class ReviewStep(Step):
    slug = "verification"
    title = _("Vérification")
    question = _("Relisez, puis envoyez")
    form_class = ReviewForm
    template = "complaints/filing/review.html"

    def form(self, draft: Draft, data: Any = None, initial: Any = None, **kwargs: Any) -> Any:
        form: Any = super().form(draft, data, initial, **kwargs)
        if not COMPLAINANT.cleaned(draft).get("mobile"):  # nowhere to send an SMS
            form.fields.pop("wants_sms", None)
        return form

    def is_complete(self, draft: Draft) -> bool:
        return True

    def rows(self, draft: Draft) -> list[Row]:
        return []


def describe_dependant(person: dict[str, Any]) -> str:
    """« Prénom Nom · enfant · 3 février 2012 » on one line; the name keeps its own direction in a line of the other."""
    name = f"\u2068{person['first_name']} {person['last_name']}\u2069"
    parts = [name, str(person["relation"].label)]
    if person.get("birth_date"):
        parts.append(written_date(person["birth_date"]))
    return " · ".join(parts)


GATE, SUBJECT, FACTS, COMPLAINANT, DEPENDANTS, DOCUMENTS, REVIEW = (
    GateStep(),
    SubjectStep(),
    FactsStep(),
    ComplainantStep(),
    DependantsStep(),
    DocumentsStep(),
    ReviewStep(),
)
filing = Wizard("complaint", "complaints:filing", [GATE, SUBJECT, FACTS, COMPLAINANT, DEPENDANTS, DOCUMENTS, REVIEW])


def warnings_before_sending(draft: Draft, kinds: list[str]) -> list[Text]:
    """What may slow the case down. Said with what to do, never a refusal (N3)."""
    warnings: list[Text] = []
    if COMPLAINANT.cleaned(draft).get("quality") == Quality.AGENT and DocumentKind.MANDATE not in kinds:
        warnings.append(
            _("Vous agissez pour quelqu’un d’autre et aucun mandat n’est joint. Le service pourra vous le demander.")
        )
    if FACTS.cleaned(draft).get("prior_answer") and DocumentKind.PRIOR_ANSWER not in kinds:
        warnings.append(
            _("Vous parlez d’une réponse déjà reçue : joignez-la si vous l’avez, cela fera gagner du temps.")
        )
    return warnings
