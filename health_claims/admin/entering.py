"""Entering the statement of a claim, line by line: « Calculer » shows what it comes to and writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import LineField
from health_claims.computation import ZERO, Cut, Outcome, totals
from health_claims.explanation import NO_BREAK, explain, plain
from health_claims.forms import ZeroAmountField
from health_claims.models import Claim, Reason, Statement, StatementLine
from health_claims.services.reasons import reasons_of
from health_claims.services.statements import EnteredLine, codes_of, letters_on, preview_statement

from .claim_page import statements

MOST_LINES = 12
CUTS = (1, 2)  # cuts by hand that a line has room for
NO_REASON: list[tuple[str, str | Promise]] = [("", "—")]


class EnteredAmountField(ZeroAmountField):
    """An amount that may be zero, or not given: then None."""

    def to_python(self, value: Any) -> Any:
        amount = super().to_python(value)
        return None if amount == "" else amount


class NumberField(forms.DecimalField):
    """A coefficient or a rate, with a comma or a point."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if "_" in str(value):  # Python would read « 1_5 » as fifteen
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(str(value).replace(",", ".").strip() if value is not None else value)


class LineForm(forms.Form):
    """One act (rows E107–E112): a key letter with its coefficient, or a flat base; and cuts made by hand."""

    label = LineField(label=_("Acte"), max_length=160)
    spent = EnteredAmountField(label=_("Frais engagés"))
    letter = forms.ChoiceField(label=_("Lettre clé"), required=False)
    coefficient = NumberField(
        label=_("Coefficient"), required=False, min_value=0, max_digits=8, decimal_places=2, widget=forms.TextInput
    )
    flat_base = EnteredAmountField(label=_("Base forfaitaire"), required=False)
    base_rate = NumberField(
        label=_("Taux de base (%)"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput,
    )
    base_paid = EnteredAmountField(label=_("Payé par le régime de base"), required=False)

    # What the insured asked for where another amount is retained, and why (row F38).
    asked = EnteredAmountField(label=_("Montant demandé"), required=False)
    adjustment = forms.ChoiceField(label=_("Motif de la modification"), required=False)
    adjustment_note = LineField(label=_("Précision"), required=False, max_length=300)

    def __init__(self, *args: Any, letters: Sequence[Any] = (), reasons: Sequence[Reason] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why = [*NO_REASON, *((each.code, each.label) for each in reasons)]
        self.fields["adjustment"].choices = why  # type: ignore[attr-defined]
        named = [(each.letter, f"{each.letter} · {each.name} · {plain(each.value)}") for each in letters]
        self.fields["letter"].choices = [("", _("Base forfaitaire")), *named]  # type: ignore[attr-defined]
        for number in CUTS:
            self.fields[f"cut_{number}_reason"] = forms.ChoiceField(
                label=_("Motif de l’abattement"),
                required=False,
                choices=why,
            )
            self.fields[f"cut_{number}_amount"] = EnteredAmountField(label=_("Montant"), required=False)
            self.fields[f"cut_{number}_note"] = LineField(label=_("Précision"), required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("letter") and given.get("flat_base"):
            self.add_error("flat_base", gettext("Choisissez une lettre clé ou une base forfaitaire, pas les deux."))
        asked, adjustment = given.get("asked"), given.get("adjustment")
        if asked is not None and asked != given.get("spent") and not adjustment:
            self.add_error("adjustment", gettext("Dites pourquoi un autre montant est retenu."))
        elif adjustment and asked is None and "asked" not in self.errors:
            self.add_error("asked", gettext("Indiquez le montant que l’adhérent a demandé."))
        for number in CUTS:
            reason, amount = given.get(f"cut_{number}_reason"), given.get(f"cut_{number}_amount")
            if amount and not reason:
                self.add_error(f"cut_{number}_reason", gettext("Choisissez le motif de cet abattement."))
            elif reason and not amount and f"cut_{number}_amount" not in self.errors:
                self.add_error(f"cut_{number}_amount", gettext("Indiquez le montant de cet abattement."))
        return given

    @property
    def cut_rows(self) -> list[dict[str, Any]]:
        """The fields of the cuts, row by row."""
        return [{part: self[f"cut_{number}_{part}"] for part in ("reason", "amount", "note")} for number in CUTS]

    @property
    def adjustment_row(self) -> list[forms.BoundField]:
        """The fields of an amount that was changed."""
        return [self["asked"], self["adjustment"], self["adjustment_note"]]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The fields every line has."""
        names = ("label", "spent", "letter", "coefficient", "flat_base", "base_rate", "base_paid")
        return [self[name] for name in names]

    @property
    def line(self) -> EnteredLine:
        """What a valid form says."""
        given = self.cleaned_data
        is_adjusted = given["asked"] is not None and given["asked"] != given["spent"]
        return EnteredLine(
            label=given["label"],
            spent=given["spent"] or ZERO,
            letter=given["letter"],
            coefficient=given["coefficient"],
            flat_base=given["flat_base"] or ZERO,
            base_rate=given["base_rate"],
            base_paid=given["base_paid"],
            cuts=tuple(
                Cut(given[f"cut_{n}_reason"], given[f"cut_{n}_amount"], given[f"cut_{n}_note"])
                for n in CUTS
                if given[f"cut_{n}_reason"]
            ),
            asked=given["asked"] if is_adjusted else None,
            adjustment=given["adjustment"] if is_adjusted else "",
            adjustment_note=given["adjustment_note"] if is_adjusted else "",
        )


class BaseLines(forms.BaseFormSet):
    """The lines of a statement; those taken out and those left empty are none."""

    @property
    def lines(self) -> list[EnteredLine]:
        """What a valid formset says, in its order."""
        kept = [each for each in self.forms if each not in self.deleted_forms and each.cleaned_data.get("label")]
        return [each.line for each in kept]

    def clean(self) -> None:
        if not any(self.errors) and not self.lines:
            raise forms.ValidationError(gettext("Saisissez au moins une ligne."))


Lines = forms.formset_factory(LineForm, formset=BaseLines, extra=0, min_num=1, max_num=MOST_LINES, can_delete=True)


def lines_form(claim: Claim, reasons: Sequence[Reason], data: Any = None, *, more: int = 0) -> Any:
    """The form: with what was sent, and so many lines more; else with the last statement, or with the declaration."""
    letters = sorted(letters_on(claim=claim, letters=None).values(), key=lambda each: each.letter)
    given: dict[str, Any] = {"form_kwargs": {"letters": letters, "reasons": reasons}, "prefix": "lignes"}
    if data is None:
        return Lines(initial=initial_lines(claim), **given)
    if more:
        data = data.copy()
        total = data.get("lignes-TOTAL_FORMS", "")
        asked = int(total) if total.isascii() and total.isdigit() and len(total) < 3 else 1
        data["lignes-TOTAL_FORMS"] = str(min(asked + more, MOST_LINES))
    return Lines(data, **given)


def initial_lines(claim: Claim) -> list[dict[str, Any]]:
    """What the form begins with: of a statement to redo, all that was entered."""
    versions = statements(claim)
    if not versions:
        return [{"label": claim.prestation.name, "spent": _typed(claim.amount)}]
    return [_entered(line) for line in versions[0].lines.all()]


def _entered(line: StatementLine) -> dict[str, Any]:
    """A line as it was entered. What was computed is left out: it is computed again, and said so."""
    is_given = any(step["rule"] == "base-paid-given" for step in line.steps)
    entered = {
        "label": line.label,
        "spent": _typed(line.spent),
        "letter": line.letter,
        "coefficient": plain(line.coefficient) if line.coefficient is not None else "",
        "flat_base": "" if line.letter else _typed(line.base),
        "base_rate": plain(line.base_rate),
        "base_paid": _typed(line.base_paid) if is_given else "",
        "asked": _typed(line.asked) if line.asked is not None else "",
        "adjustment": line.adjustment.code if line.adjustment else "",
        "adjustment_note": line.adjustment_note,
    }
    # Each cut has its step, in the same order; those made by hand say what was entered.
    cuts = zip((step for step in line.steps if step["rule"] == "cut"), line.abatements.all(), strict=False)
    by_hand = [(step["entered"], cut) for step, cut in cuts if "entered" in step]
    for number, (amount, cut) in zip(CUTS, by_hand, strict=False):
        entered[f"cut_{number}_reason"] = cut.reason.code
        entered[f"cut_{number}_amount"] = amount.replace(".", ",")
        entered[f"cut_{number}_note"] = cut.note
    return entered


def _typed(amount: Decimal) -> str:
    """As an agent would type it."""
    return f"{amount:f}".replace(".", ",")


def preview(claim: Claim, lines: Sequence[EnteredLine], *, accept_late: bool) -> dict[str, Any]:
    """What these lines come to, in the shape of a statement's own table; nothing is written.

    EmptyStatement, UnknownLetter, UnknownReason, or ValueError for an amount that cannot be.
    """
    guarantee, outcomes = preview_statement(claim=claim, lines=lines, accept_late=accept_late)
    reasons = reasons_of(organisation=claim.desk.organisation, use=Reason.Use.ABATEMENT, codes=codes_of(outcomes))
    labels = {code: reason.label for code, reason in reasons.items()}
    spent, base_paid, paid = totals(outcomes)
    return {
        "guarantee": guarantee,
        "lines": [_shown(outcome, labels) for outcome in outcomes],
        "asked": sum((each.asked if each.asked is not None else each.spent for each in lines), ZERO),
        "total": Statement(spent=spent, base_paid=base_paid, paid=paid),
    }


def _shown(outcome: Outcome, labels: dict[str, str]) -> dict[str, Any]:
    act = outcome.act
    cotation = f"{act.letter}{NO_BREAK}{plain(act.coefficient)}" if act.coefficient is not None else ""
    return {
        "line": {
            "label": act.label,
            "spent": act.spent,
            "asked": act.asked,
            "base": outcome.base,
            "base_paid": outcome.base_paid,
            "paid": outcome.paid,
        },
        "cotation": cotation,
        "adjustment": labels.get(act.adjustment, ""),
        "abatements": [{"label": labels[cut.reason], "amount": cut.amount} for cut in outcome.abatements],
        "sentences": explain(steps=outcome.steps, reasons=labels),
    }
