"""What may slow a declaration down or cost the person money, said before it is sent. Nothing here forbids anything.

Each caution has a code, kept on the declaration, a title that agents read too, and a sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.explanation import written_date
from membership.models import Beneficiary, Guarantee, Member

from .computation import Exclusion, Limit
from .models import Claim, Declaration
from .services import usage
from .workflow import ClaimState, DeclarationState

APPROVAL = "no-prior-approval"
ILLEGIBLE = frozenset({"low_resolution", "dark", "blank", "blurred", "sideways"})

TITLES: dict[str, str | Promise] = {
    "late": _("Délai de déclaration dépassé"),
    "same-care": _("Soins déjà déclarés"),
    "ceiling": _("Plafond atteint"),
    "frequency": _("Délai entre deux prises en charge"),
    "times": _("Nombre de prises en charge atteint"),
    "age": _("Âge limite dépassé"),
    "waiting": _("Délai de carence"),
    "no-rights": _("Droits non ouverts à cette date"),
    "not-guaranteed": _("Prestation non garantie à cette date"),
    "prior-approval": _("Accord préalable demandé"),
    "no-rib": _("RIB manquant"),
    "illegible": _("Pièces difficiles à lire"),
}
SENTENCES: dict[str, str | Promise] = {
    "late": _(
        "Le contrat demande de déclarer ces soins le %(date)s au plus tard. Vous pouvez envoyer ce dossier : "
        "joignez ce qui explique le retard, l’assureur en tiendra compte."
    ),
    "same-care": _(
        "Vous avez déjà déclaré ce type de dossier, pour la même personne et la même date. "
        "Vérifiez dans « Suivi dossiers » ; s’il s’agit d’autres soins, envoyez celui-ci."
    ),
    "ceiling": _(
        "Le plafond de %(amount)s MAD est déjà atteint pour cette période. "
        "Vous pouvez envoyer ce dossier : il se peut que rien ne soit remboursé."
    ),
    "frequency": _(
        "Le contrat rembourse cette prestation une fois tous les %(months)d mois : une autre date du %(date)s. "
        "Si un besoin médical l’explique, joignez la prescription."
    ),
    "times": _(
        "Le contrat rembourse cette prestation %(times)d fois au plus, déjà atteintes pour cette personne. "
        "Vous pouvez envoyer ce dossier ; l’assureur vous dira pourquoi s’il le rejette."
    ),
    "age": _(
        "Le contrat demande que ces soins commencent avant %(age)d ans. "
        "Si le traitement a commencé plus tôt, joignez ce qui le montre."
    ),
    "waiting": _(
        "Le contrat ouvre cette prestation à cette personne le %(date)s, après un délai de carence. "
        "Vérifiez la date des soins ; vous pouvez envoyer ce dossier."
    ),
    "no-rights": _(
        "À la date des soins, les droits de %(name)s ne sont pas ouverts dans le contrat. "
        "Vérifiez la date et la personne ; si elles sont justes, joignez l’attestation qui montre ses droits."
    ),
    "not-guaranteed": _(
        "Le contrat ne prévoyait pas cette prestation à la date des soins. "
        "Vérifiez la date ; vous pouvez envoyer ce dossier."
    ),
    "prior-approval": _(
        "Le contrat demande un accord préalable pour cette prestation. "
        "Joignez-le si vous l’avez ; sinon, demandez-le avant d’autres soins."
    ),
    "no-rib": _(
        "Nous n’avons pas votre RIB. Le dossier sera étudié, mais le virement attendra : "
        "demandez à votre organisme d’affiliation de le transmettre à l’assureur."
    ),
    "illegible": _(
        "À lire de près : %(files)s. Un document illisible peut faire rejeter le dossier ; "
        "si vous le pouvez, remplacez-le par une image plus nette."
    ),
}


@dataclass(frozen=True)
class Caution:
    """One thing to know before sending. `is_private`: it tells what the insurer knew before this declaration, and is
    for a member whose identity was checked."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    is_private: bool = True

    @property
    def title(self) -> str:
        return str(TITLES[self.code])

    @property
    def text(self) -> str:
        return str(SENTENCES[self.code]) % {name: _said(fact) for name, fact in self.facts.items()}


def _said(fact: Any) -> Any:
    """A date or an amount as people read it."""
    if isinstance(fact, date):
        return written_date(fact)
    return number_format(fact, 2, force_grouping=True) if isinstance(fact, Decimal) else fact


@dataclass(frozen=True)
class Care:
    """What is about to be declared."""

    member: Member
    patient: Beneficiary | None  # None: the member
    guarantee: Guarantee
    guaranteed_then: bool
    care_date: date
    today: date
    files: tuple[tuple[str, frozenset[str]], ...] = ()  # name and legibility codes of each

    @property
    def person(self) -> Member | Beneficiary:
        return self.patient or self.member


def cautions(care: Care) -> list[Caution]:
    """All that is worth knowing before sending, the gravest first. Five queries at most."""
    found = [*_of_contract(care), *_same_care(care), *_of_standing(care), *_of_papers(care)]
    order = list(TITLES)
    return sorted(found, key=lambda each: order.index(each.code))


def _of_contract(care: Care) -> Iterator[Caution]:
    """What the contract alone says."""
    guarantee = care.guarantee
    if not care.guaranteed_then:
        yield Caution("not-guaranteed", is_private=False)
    if late := usage.lateness(guarantee, care.care_date, care.today):
        yield Caution("late", {"date": late.facts["by"]}, is_private=False)


def _declared_before(member: int, patient: int, prestation: int, day: date) -> QuerySet[Any, tuple[bool]]:
    """Whether each time the same care was declared and not rejected, or claimed and not refused, was by who is here.

    What a former holder of the account declared is no knowledge of who is here now. `patient`: `usage.key_of`.
    """
    whose = Coalesce("patient", Value(0))
    same = Q(member=member, prestation=prestation, care_date=day, whose=patient)
    declared = Declaration.objects.alias(whose=whose).filter(same).exclude(state=DeclarationState.REJECTED)
    opened = Claim.objects.alias(whose=whose).filter(same).exclude(state=ClaimState.REFUSED)
    here = declared.annotate(here=Q(set_aside_at=None)).values_list("here").order_by()
    return here.union(opened.annotate(here=Value(False)).values_list("here").order_by())


_same = CompiledQuery(_declared_before, member=int, patient=int, prestation=int, day=date)


def _same_care(care: Care) -> Iterator[Caution]:
    """The same care, declared and not rejected, or a claim not refused; one query."""
    found = _same.rows(
        member=care.member.pk,
        patient=usage.key_of(care.patient),
        prestation=care.guarantee.prestation_id,
        day=care.care_date,
    )
    if found:
        yield Caution("same-care", is_private=(True,) not in found)


def _of_standing(care: Care) -> Iterator[Caution]:
    """What the statement would say of rights, ceilings and frequency, by its own functions: neither contradicts the
    other."""
    whose = usage.Care(care.member, care.patient, care.guarantee.prestation, care.care_date)
    standing = usage.standing_of(care=whose, guarantee=care.guarantee)
    reasons = {each.reason for each in standing.exclusions}
    # That there is one is what the insurer knows: whoever is not checked yet reads what the contract asks.
    if care.guarantee.needs_prior_approval and not (care.member.account.is_checked and APPROVAL not in reasons):
        yield Caution("prior-approval", is_private=False)
    for exclusion in standing.exclusions:
        if exclusion.reason == APPROVAL:
            continue
        # Without a guarantee on that day, the only other thing that counts is whether there were rights.
        if care.guaranteed_then or exclusion.reason == "not-covered":
            yield _of_exclusion(exclusion, care)
    used_up = (each for each in standing.limits if not each.per_act and each.used >= each.amount)
    if care.guaranteed_then:
        yield from (_of_limit(each) for each in [*used_up][:1])  # the first says enough


def _of_exclusion(exclusion: Exclusion, care: Care) -> Caution:
    facts = exclusion.facts
    match exclusion.reason:
        case "not-covered":
            without = care.member if care.person.has_rights_on(care.care_date) else care.person
            return Caution("no-rights", {"name": without.full_name})
        case "waiting":
            return Caution("waiting", {"date": facts["from"]})
        case "age":
            return Caution("age", {"age": facts["age"]})
        case "frequency":
            return Caution("frequency", {"months": facts["months"], "date": facts["last"]})
        case _times:
            return Caution("times", {"times": facts["most"]})


def _of_limit(limit: Limit) -> Caution:
    return Caution("ceiling", {"amount": limit.amount})


def _of_papers(care: Care) -> Iterator[Caution]:
    if not care.member.rib and care.member.payment == Member.Payment.TRANSFER:
        yield Caution("no-rib")
    hard = [name for name, advice in care.files if advice & ILLEGIBLE]
    if hard:
        yield Caution("illegible", {"files": ", ".join(hard)}, is_private=False)
