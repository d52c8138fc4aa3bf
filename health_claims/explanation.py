"""« Pourquoi ce montant ? »: the stored steps of a line, said in the language of whoever reads (BEYOND N1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from claims_portal.deadlines.explanation import written_date
from claims_portal.templatetags.portal import money

from .computation import Step

# Names in sentences: amounts of a step as they are, « …_sum » an operation written out, dates and rates in words.
# An operation stays in one piece: a right-to-left sentence would turn it around.
SENTENCES: dict[str, str | Promise] = {
    "adjusted": _("Vous avez demandé %(asked)s. Sont retenus %(retained)s : %(reason)s."),
    "base-tariff": _("Tarif de référence : %(tariff_sum)s."),
    "base-tariff-since": _("Tarif de référence, en vigueur depuis le %(since)s : %(tariff_sum)s."),
    "base-flat": _("Base de remboursement : %(base)s."),
    "base-none": _("Le régime de base n’a pas de tarif pour cet acte."),
    "base-paid-computed": _("Part du régime de base : %(rate)s de %(base)s, soit %(amount)s."),
    "base-paid-given": _("Part du régime de base, d’après son décompte : %(amount)s."),
    "base-paid-capped": _("Elle est ramenée à ce que vous avez dépensé : %(amount)s."),
    "co-payment": _(
        "Votre contrat paie %(rate)s de la part que le tarif laisse à votre charge (%(rest_sum)s), soit %(amount)s."
    ),
    "actual-cost": _(
        "Votre contrat couvre %(rate)s de vos frais, soit %(part)s. "
        "Le régime de base en paie %(base_paid)s : il reste %(amount)s."
    ),
    "remainder": _("Votre contrat paie %(rate)s de ce qui reste à votre charge (%(rest_sum)s), soit %(amount)s."),
    "tariff": _(
        "Votre contrat complète jusqu’à %(rate)s du tarif (%(limit)s), dans la limite de vos frais : "
        "%(retained)s sont retenus. Le régime de base en paie %(base_paid)s : il reste %(amount)s."
    ),
    "flat": _("Votre contrat paie un forfait de %(flat)s pour ces soins."),
    "flat-shared": _(
        "Votre contrat paie un forfait de %(flat)s pour ces soins. "
        "Les lignes précédentes en ont pris %(used)s : il reste %(amount)s."
    ),
    "beyond-tariff": _("Vos frais dépassent le tarif de %(excess)s, que le contrat ne couvre pas."),
    "cut": _("%(reason)s : %(cut)s en moins."),
    "cut-ceiling": _("%(reason)s : %(ceiling)s au plus. En moins : %(cut)s."),
    "cut-ceiling-period": _(
        "%(reason)s : %(ceiling)s au plus du %(from)s au %(to)s, dont %(used)s déjà payés. "
        "Il restait %(left)s. En moins : %(cut)s."
    ),
    "cut-deductible": _("%(reason)s : %(deductible)s par an, dont %(left)s restaient à déduire. En moins : %(cut)s."),
    "cut-over-spent": _(
        "%(reason)s : vous avez dépensé %(spent)s et le régime de base a payé %(base_paid)s. "
        "Il restait %(left)s. En moins : %(cut)s."
    ),
    "cut-frequency": _(
        "%(reason)s : des soins du %(last)s ont été remboursés, et le contrat les rembourse une fois tous les "
        "%(months)s mois. Prochain remboursement possible à partir du %(from)s. En moins : %(cut)s."
    ),
    "cut-waiting": _("%(reason)s : ces soins sont couverts à partir du %(from)s. En moins : %(cut)s."),
    "cut-age": _(
        "%(reason)s : ils doivent commencer avant %(age)s ans, et ont commencé le %(begun)s. En moins : %(cut)s."
    ),
    "cut-late": _(
        "%(reason)s : ces soins étaient à déclarer le %(by)s au plus tard, et l’ont été le %(sent)s. "
        "En moins : %(cut)s."
    ),
    "cut-no-prior-approval": _(
        "%(reason)s : le contrat rembourse ces soins quand un accord est valable à leur date. En moins : %(cut)s."
    ),
    "cut-times": _("%(reason)s : %(most)s au plus, et %(times)s déjà payées. En moins : %(cut)s."),
    "paid": _("Votre contrat vous rembourse %(amount)s."),
    # An estimate: nothing is spent yet.
    "base-paid-expected": _("Part attendue du régime de base, d’après vous : %(amount)s."),
    "over-spent-expected": _(
        "%(reason)s : sur un devis de %(spent)s, le régime de base paierait %(base_paid)s. "
        "Il resterait %(left)s. En moins : %(cut)s."
    ),
    "paid-expected": _("Votre contrat vous rembourserait %(amount)s."),
}
DATES = {"since", "from", "to", "last", "begun", "by", "sent"}
NAMES = re.compile(r"%\((\w+)\)s")
PLAIN = {"months", "age", "most", "times", "days"}
MINUS, TIMES, NO_BREAK = "\u2212", "\u00d7", "\u00a0"


def explain(*, steps: Iterable[Step], reasons: Mapping[str, str]) -> list[SafeString]:
    """The computation of one line, a sentence a step, safe to show; `reasons` gives the label of each code.

    A code that is not there any more is said as it is.
    """
    sentences = []
    for step in steps:
        facts = {name: _said(name, value) for name, value in step.items() if name not in ("rule", "reason", "letter")}
        facts |= _sums(step)
        if "reason" in step:
            facts["reason"] = escape(reasons.get(step["reason"], step["reason"]))
        sentences += [_sentence(name, facts) for name in _names(step)]
    return sentences


def _sentence(name: str, facts: Mapping[str, str]) -> SafeString:
    return mark_safe(escape(str(SENTENCES[name])) % facts)  # noqa: S308 - the words and every fact are escaped


def _names(step: Step) -> list[str]:
    """Which sentences tell a step."""
    rule = step["rule"]
    if rule == "cut":
        return [_cut_name(step)]
    if rule == "base-tariff" and "since" in step:
        return ["base-tariff-since"]
    if rule == "base-flat" and not Decimal(step["base"]):
        return ["base-none"]
    if rule == "flat" and Decimal(step["used"]):
        return ["flat-shared"]
    if rule == "co-payment" and Decimal(step["spent"]) > Decimal(step["base"]):
        return [rule, "beyond-tariff"]
    return [rule]


def _cut_name(step: Step) -> str:
    if "ceiling" in step:
        return "cut-ceiling-period" if "from" in step else "cut-ceiling"
    named = f"cut-{step['reason']}"
    # A cut made by hand may have the same reason, and none of the facts.
    return named if named in SENTENCES and set(NAMES.findall(str(SENTENCES[named]))) <= step.keys() else "cut"


def _said(name: str, value: str) -> SafeString:
    """One fact in words: a date, a rate, a number, or an amount."""
    if name in DATES:
        return format_html("<bdi>{}</bdi>", written_date(date.fromisoformat(value)))
    if name in PLAIN:
        return format_html("<bdi>{}</bdi>", value)
    if name == "rate":
        return format_html("<bdi>{}</bdi>", percent(Decimal(value)))
    if name in ("coefficient", "value"):
        return format_html("<bdi>{}</bdi>", plain(Decimal(value)))
    return format_html("<bdi>{}</bdi>", money(Decimal(value)))


def _sums(step: Step) -> dict[str, SafeString]:
    """The operations of a step, each in one piece, and what is only said in words."""
    operations: dict[str, Callable[[], tuple[str, str]]] = {
        "base-tariff": lambda: ("tariff_sum", _tariff(step)),
        "co-payment": lambda: ("rest_sum", _minus(step["base"], step["base_paid"], step["co_payment"])),
        "remainder": lambda: ("rest_sum", _minus(step["spent"], step["base_paid"], step["remainder"])),
    }
    found = {}
    if step["rule"] in operations:
        name, text = operations[step["rule"]]()
        found[name] = format_html('<bdi dir="ltr">{}</bdi>', text)
    if step["rule"] == "co-payment":
        found["excess"] = _said("excess", str(Decimal(step["spent"]) - Decimal(step["base"])))
    return found


def _tariff(step: Step) -> str:
    """« K 20 × 22,50 = 450,00 MAD »."""
    cotation = f"{step['letter']}{NO_BREAK}{plain(Decimal(step['coefficient']))}"
    return f"{cotation} {TIMES} {cents(step['value'])} = {money(Decimal(step['base']))}"


def _minus(whole: str, part: str, left: str) -> str:
    """« 800,00 − 560,00 = 240,00 MAD »."""
    return f"{cents(whole)} {MINUS} {cents(part)} = {money(Decimal(left))}"


def cents(amount: str) -> str:
    return str(number_format(Decimal(amount), 2, force_grouping=True))


def plain(number: Decimal) -> str:
    """A coefficient without the zeros that say nothing: « 33,5 », « 20 »."""
    short = number.normalize()
    return str(number_format(short if short != short.to_integral() else number.to_integral_value()))


def percent(rate: Decimal) -> str:
    """« 70 % »."""
    return f"{plain(rate)}{NO_BREAK}%"
