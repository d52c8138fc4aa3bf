"""What a policy guarantees, and whom, in words (row D36). Amounts in dirhams."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.deadlines.explanation import written_date
from claims_portal.templatetags.portal import money

from .models import Beneficiary, Ceiling, Guarantee, Member, Policy

Mode = Guarantee.Mode
Scope = Ceiling.Scope
GENERAL = (Scope.PERSON, Scope.FAMILY)  # they hold for all prestations together
WHOLE = Decimal(100)
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Cover:
    """One prestation: what is paid, up to what, and on which conditions; sentences."""

    name: str
    drawing: str
    paid: str
    limits: list[str]
    conditions: list[str]


def rights(person: Member | Beneficiary, today: date) -> dict[str, str]:
    """Whether rights are open on a day, and from when to when: a label, a tone for its chip, the dates."""
    begin = written_date(person.rights_from)
    if person.rights_to:
        dates = _("du %(begin)s au %(end)s") % {"begin": begin, "end": written_date(person.rights_to)}
    else:
        dates = _("depuis le %(begin)s") % {"begin": begin}
    if person.has_rights_on(today):
        return {"label": _("Droits ouverts"), "tone": "success", "dates": dates}
    if person.rights_from > today:
        return {"label": _("Droits à venir"), "tone": "info", "dates": dates}
    return {"label": _("Droits fermés"), "tone": "neutral", "dates": dates}


def family(member: Member, today: date) -> list[dict[str, Any]]:
    """The people in the member's charge, with their rights; one query."""
    return [{"person": person, "rights": rights(person, today)} for person in member.beneficiaries.all()]


def guarantees(policy: Policy, today: date) -> list[Cover]:
    """What the policy pays for each prestation on a day; three queries, however many there are."""
    limits: dict[int | None, list[str]] = defaultdict(list)
    for ceiling in policy.ceilings.filter(_valid(today)).exclude(scope__in=GENERAL):
        limits[ceiling.prestation_id].append(limit(ceiling))
    for deductible in policy.deductibles.filter(_valid(today), prestation__isnull=False):
        sentence = _("Franchise de %(amount)s par an et par personne.")
        limits[deductible.prestation_id].append(sentence % {"amount": money(deductible.amount)})
    return [
        Cover(
            name=str(each.prestation.name),
            drawing=each.prestation.drawing,
            paid=paid(each),
            limits=limits[each.prestation_id],
            conditions=conditions(each),
        )
        for each in policy.guarantees.on(today)
    ]


def general_limits(policy: Policy, today: date) -> list[str]:
    """What holds for all prestations together; two queries."""
    sentences = [limit(each) for each in policy.ceilings.filter(_valid(today), scope__in=GENERAL)]
    for deductible in policy.deductibles.filter(_valid(today), prestation=None):
        sentence = _("Franchise de %(amount)s par an et par personne, toutes prestations.")
        sentences.append(sentence % {"amount": money(deductible.amount)})
    return sentences


def _valid(today: date) -> Q:
    return Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gte=today))


def paid(guarantee: Guarantee) -> str:
    """What is paid, by the guarantee's way of computing (DOMAIN: modes of AMC)."""
    if guarantee.mode == Mode.FLAT:
        return _("Un forfait de %(amount)s.") % {"amount": money(guarantee.flat_amount or Decimal(0))}
    whole = guarantee.rate == WHOLE
    sentences = {
        Mode.CO_PAYMENT: (
            _("Tout le ticket modérateur : la part du tarif que le régime de base ne paie pas."),
            _("%(rate)s du ticket modérateur : la part du tarif que le régime de base ne paie pas."),
        ),
        Mode.ACTUAL_COST: (
            _("Tous les frais réels, moins ce que paie le régime de base."),
            _("%(rate)s des frais réels, moins ce que paie le régime de base."),
        ),
        Mode.REMAINDER: (
            _("Tout ce qui reste à votre charge après le régime de base."),
            _("%(rate)s de ce qui reste à votre charge après le régime de base."),
        ),
        Mode.TARIFF: (
            _("Jusqu’au tarif de référence, régime de base compris."),
            _("Jusqu’à %(rate)s du tarif de référence, régime de base compris."),
        ),
    }
    all_of_it, part = sentences[Mode(guarantee.mode)]
    number = guarantee.rate.to_integral_value() if guarantee.rate % 1 == 0 else guarantee.rate.normalize()
    return all_of_it if whole else part % {"rate": f"{number_format(number)}{NO_BREAK_SPACE}%"}


def limit(ceiling: Ceiling) -> str:
    """The most that is paid, over which time and for whom."""
    amount = money(ceiling.amount)
    if ceiling.scope == Scope.ACT:
        return _("%(amount)s au plus par acte.") % {"amount": amount}
    months = ceiling.period_months
    if ceiling.scope == Scope.FAMILY:
        return _family_limit(amount, months)
    if months is None:
        return _("%(amount)s au plus par personne.") % {"amount": amount}
    if months == 12:
        if ceiling.scope == Scope.PERSON:
            return _("%(amount)s au plus par année civile et par personne, toutes prestations.") % {"amount": amount}
        return _("%(amount)s au plus par année civile et par personne.") % {"amount": amount}
    sentence = ngettext(
        "%(amount)s au plus par période de %(months)d mois et par personne.",
        "%(amount)s au plus par période de %(months)d mois et par personne.",
        months,
    )
    return sentence % {"amount": amount, "months": months}


def _family_limit(amount: str, months: int | None) -> str:
    if months is None:
        return _("%(amount)s au plus pour vous et votre famille ensemble.") % {"amount": amount}
    if months == 12:
        return _("%(amount)s au plus par année civile, pour vous et votre famille ensemble.") % {"amount": amount}
    sentence = _("%(amount)s au plus par période de %(months)d mois, pour vous et votre famille ensemble.")
    return sentence % {"amount": amount, "months": months}


def conditions(guarantee: Guarantee) -> list[str]:
    """What must hold for anything to be paid."""
    said = []
    if guarantee.needs_prior_approval:
        said.append(_("Accord préalable nécessaire."))
    if guarantee.declaration_days:
        days = guarantee.declaration_days
        sentence = ngettext(
            "À déclarer au plus tard %(days)d jour après les soins.",
            "À déclarer au plus tard %(days)d jours après les soins.",
            days,
        )
        said.append(sentence % {"days": days})
    if guarantee.frequency_months:
        said.append(frequency(guarantee.frequency_months))
    if guarantee.times_max:
        times = guarantee.times_max
        said.append(ngettext("%(times)d fois au plus.", "%(times)d fois au plus.", times) % {"times": times})
    if guarantee.begun_before_age:
        said.append(_("Commencé avant l’âge de %(age)d ans.") % {"age": guarantee.begun_before_age})
    if guarantee.waiting_days:
        days = guarantee.waiting_days
        sentence = ngettext(
            "Payé à partir de %(days)d jour après l’ouverture des droits.",
            "Payé à partir de %(days)d jours après l’ouverture des droits.",
            days,
        )
        said.append(sentence % {"days": days})
    return said


def frequency(months: int) -> str:
    """How often something is paid at most."""
    years, rest = divmod(months, 12)
    if rest == 0:
        sentence = ngettext(
            "Une fois au plus par période de %(years)d an.", "Une fois au plus par période de %(years)d ans.", years
        )
        return sentence % {"years": years}
    sentence = ngettext(
        "Une fois au plus par période de %(months)d mois.", "Une fois au plus par période de %(months)d mois.", months
    )
    return sentence % {"months": months}
