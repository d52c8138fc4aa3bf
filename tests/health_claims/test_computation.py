"""What a policy pays for an act, and why not more: the modes, the cuts, and what must always hold."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health_claims.computation import Act, Cut, Exclusion, Limit, Mode, Outcome, Rule, Terms, compute
from membership.models import Guarantee

D = Decimal


def act(spent: str = "1000", base: str = "800", paid: str | None = "560", **given: Any) -> Act:
    return Act(
        label="Acte",
        spent=D(spent),
        base_rate=D("70"),
        flat_base=D(base),
        base_paid=D(paid) if paid is not None else None,
        **given,
    )


def one(terms: Terms, line: Act | None = None) -> Outcome:
    return compute(acts=[line or act()], terms=terms)[0]


def rule(mode: str, rate: str = "100", flat: str = "0") -> Rule:
    return Rule(mode, D(rate), D(flat))


def told(outcome: Outcome) -> list[tuple[str, Decimal]]:
    return [(cut.reason, cut.amount) for cut in outcome.abatements]


def test_the_modes_are_those_of_a_guarantee():
    assert {mode.value for mode in Mode} == set(Guarantee.Mode.values)


@pytest.mark.parametrize(
    ("mode", "rate", "flat", "expected"),
    [
        ("co-payment", "100", "0", "240.00"),  # BR 800 − R1 560
        ("co-payment", "80", "0", "192.00"),
        ("actual-cost", "90", "0", "340.00"),  # 90 % of 1000, less 560
        ("actual-cost", "50", "0", "0.00"),  # the base regime has paid more than that
        ("remainder", "100", "0", "440.00"),
        ("remainder", "50", "0", "220.00"),
        ("tariff", "100", "0", "240.00"),
        ("tariff", "150", "0", "440.00"),  # 150 % of 800 is more than was spent
        ("flat", "100", "300", "300.00"),
        ("flat", "100", "600", "440.00"),  # never more than was spent
    ],
)
@pytest.mark.req("E110", "E111", "E131", "E132")
def test_each_mode_pays_what_its_rule_says(mode, rate, flat, expected):
    assert one(Terms(rule(mode, rate, flat))).paid == D(expected)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("terms", "line", "reason"),
    [
        ({"limits": (Limit("ceiling-act", D(100), per_act=True),)}, {}, "ceiling-act"),
        ({"limits": (Limit("ceiling-prestation", D(500), D(400)),)}, {}, "ceiling-prestation"),
        ({"deductible": Limit("deductible", D(150), D(30))}, {}, "deductible"),
        ({"exclusions": (Exclusion("frequency"),)}, {}, "frequency"),
        ({}, {"cuts": (Cut("missing-piece", D(50)),)}, "missing-piece"),
    ],
)
@pytest.mark.req("E112")
def test_each_cut_is_told_once_with_its_reason_in_every_mode(mode, terms, line, reason):
    granted = rule(mode, "100", "200")
    whole = one(Terms(granted))
    cut = one(Terms(granted, **terms), act(**line))
    expected = {
        "ceiling-act": min(whole.paid, D(100)),
        "ceiling-prestation": min(whole.paid, D(100)),
        "deductible": whole.paid - 120,
        "frequency": D(0),
        "missing-piece": whole.paid - 50,
    }[reason]
    assert cut.paid == expected
    assert (reason, whole.paid - cut.paid) in told(cut)


def test_physiotherapy_of_the_foundation_is_held_at_its_ceiling():
    """FE 4800, CNOPS 960: the rest is 3840, the year's ceiling 2000."""
    outcome = one(
        Terms(rule("remainder"), limits=(Limit("ceiling-prestation", D(2000)),)), act("4800", "1200", paid="960")
    )
    assert (outcome.paid, told(outcome)) == (D("2000.00"), [("ceiling-prestation", D("1840.00"))])


@pytest.mark.parametrize("flat", ["1000", "1500", "2000"])
def test_a_birth_is_paid_a_flat_amount(flat):
    assert one(Terms(rule("flat", flat=flat)), act("9000", "3000", paid="2700")).paid == D(flat)


def test_a_flat_amount_is_shared_by_the_lines_of_a_claim():
    outcomes = compute(acts=[act("900", "0", "100"), act("5000", "0", "0")], terms=Terms(rule("flat", flat="2000")))
    assert [each.paid for each in outcomes] == [D(800), D(1200)]


def test_what_is_cut_from_a_flat_amount_does_not_come_back_on_the_next_line():
    terms = Terms(rule("flat", flat="2000"), deductible=Limit("deductible", D(500)))
    outcomes = compute(acts=[act("5000", "0", "0"), act("5000", "0", "0")], terms=terms)
    assert [each.paid for each in outcomes] == [D(1500), D(0)]


def test_orthodontics_is_held_at_1200_for_a_half_year():
    terms = Terms(rule("remainder"), limits=(Limit("ceiling-prestation", D(1200), D(700)),))
    assert one(terms, act("1500", "0", paid="0")).paid == D(500)


@pytest.mark.parametrize(("spent", "expected"), [("1200", "400"), ("2000", "700")])
def test_amc_plus_completes_the_base_regime_up_to_150_per_cent_of_the_tariff(spent, expected):
    terms = Terms(rule("tariff", "150"), limits=(Limit("ceiling-person", D(1_000_000), D(0)),))
    assert one(terms, act(spent, "1000", paid="800")).paid == D(expected)


def test_the_million_of_a_person_and_a_year_is_not_passed():
    terms = Terms(rule("tariff", "150"), limits=(Limit("ceiling-person", D(1_000_000), D("999800")),))
    assert one(terms, act("2000", "1000", paid="800")).paid == D(200)


def test_the_base_regime_is_computed_from_the_letter_when_its_statement_is_missing():
    line = Act("Radio", D("400"), D("70"), letter="Z", coefficient=D("33.5"), unit_value=D("10"))
    outcome = one(Terms(rule("co-payment")), line)
    assert (outcome.base, outcome.base_paid, outcome.paid) == (D("335.00"), D("234.50"), D("100.50"))


def test_the_base_regime_is_never_counted_beyond_what_was_spent():
    assert one(Terms(rule("remainder")), act("500", "800", paid="560")).base_paid == D(500)


def test_half_a_centime_is_rounded_up():
    assert one(Terms(rule("remainder", "50")), act("100.01", "0", paid="0")).paid == D("50.01")


def test_cuts_are_made_in_the_order_of_the_data():
    """By hand, then each ceiling in its order, then the deductible, then never more than was spent."""
    terms = Terms(
        rule("remainder", "200"),
        limits=(Limit("ceiling-prestation", D(700)), Limit("ceiling-person", D(600))),
        deductible=Limit("deductible", D(50)),
    )
    outcome = one(terms, act("500", "0", paid="0", cuts=(Cut("missing-piece", D(100)),)))
    assert told(outcome) == [
        ("missing-piece", D(100)),
        ("ceiling-prestation", D(200)),
        ("ceiling-person", D(100)),
        ("deductible", D(50)),
        ("over-spent", D(50)),
    ]


def test_lines_of_one_claim_share_what_is_left_of_a_ceiling_and_of_a_deductible():
    terms = Terms(
        rule("remainder"),
        limits=(Limit("ceiling-prestation", D(1000), D(300)),),
        deductible=Limit("deductible", D(100), D(40)),
    )
    outcomes = compute(acts=[act("500", "0", "0"), act("500", "0", "0")], terms=terms)
    assert [told(each) for each in outcomes] == [[("deductible", D(60))], [("ceiling-prestation", D(240))]]


@pytest.mark.parametrize("spent", ["-1", "NaN", "Infinity", "100000000", "1.005"])
def test_an_amount_that_cannot_be_is_refused(spent):
    with pytest.raises(ValueError):
        one(Terms(rule("remainder")), act(spent))


def test_lines_that_are_together_more_than_a_statement_can_hold_are_refused():
    with pytest.raises(ValueError):
        compute(acts=[act("99999999.99")] * 2, terms=Terms(rule("remainder")))


amounts = st.decimals(0, 20_000, places=2)
rates = st.decimals(0, 300, places=2)
rules = st.builds(Rule, st.sampled_from(list(Mode)), rates, amounts)
limits = st.builds(Limit, st.sampled_from(["ceiling-act", "ceiling-person"]), amounts, amounts, st.booleans())
deductibles = st.none() | st.builds(Limit, st.just("deductible"), amounts, amounts)
all_terms = st.builds(Terms, rules, st.lists(limits, max_size=3).map(tuple), deductibles)
cuts = st.lists(st.builds(Cut, st.just("missing-piece"), amounts), max_size=2).map(tuple)
acts = st.builds(
    Act, st.just("Acte"), amounts, rates, flat_base=amounts, base_paid=st.none() | amounts, cuts=cuts
) | st.builds(
    Act,
    st.just("Acte"),
    amounts,
    rates,
    st.just("K"),
    st.decimals(0, 200, places=2),
    st.decimals(0, 200, places=2),
    base_paid=st.none() | amounts,
)
quick = settings(max_examples=25, deadline=None, derandomize=True)


@quick
@given(all_terms, st.lists(acts, min_size=1, max_size=3))
def test_nothing_is_negative_and_nobody_is_paid_more_than_was_spent(terms, lines):
    for outcome in compute(acts=lines, terms=terms):
        assert outcome.paid >= 0
        assert outcome.base_paid + outcome.paid <= outcome.act.spent
        assert all(cut.amount > 0 for cut in outcome.abatements)


@quick
@given(all_terms, st.lists(acts, min_size=1, max_size=3))
def test_the_steps_replayed_give_what_is_paid_and_the_cuts_explain_the_difference(terms, lines):
    for outcome in compute(acts=lines, terms=terms):
        granted = replayed(outcome)
        assert granted - sum(cut.amount for cut in outcome.abatements) == outcome.paid
        story = [step for step in outcome.steps if step["rule"] == "cut"]
        assert [(step["reason"], D(step["cut"])) for step in story] == told(outcome)


def replayed(outcome: Outcome) -> Decimal:
    """What was granted before the cuts, computed again from the steps alone."""
    steps = {step["rule"]: step for step in outcome.steps}
    if tariff := steps.get("base-tariff"):
        assert cents(D(tariff["coefficient"]) * D(tariff["value"])) == outcome.base == D(tariff["base"])
    [name] = steps.keys() & {mode.value for mode in Mode}
    step = {key: D(value) for key, value in steps[name].items() if key != "rule"}
    rate = step["rate"] / 100
    granted = {
        "co-payment": lambda: cents(step["co_payment"] * rate),
        "actual-cost": lambda: max(D(0), cents(step["spent"] * rate) - step["base_paid"]),
        "remainder": lambda: cents((step["spent"] - step["base_paid"]) * rate),
        "tariff": lambda: max(D(0), min(step["spent"], cents(step["base"] * rate)) - step["base_paid"]),
        "flat": lambda: step["flat"] - step["used"],
    }[name]()
    assert granted == step["amount"]
    return granted


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


@quick
@given(all_terms, amounts, amounts, amounts)
def test_who_spends_more_is_never_paid_less(terms, base, spent, more):
    less = one(terms, Act("Acte", spent, D(70), flat_base=base))
    again = one(terms, Act("Acte", spent + more, D(70), flat_base=base))
    assert again.base_paid + again.paid >= less.base_paid + less.paid


@quick
@given(all_terms, st.lists(acts, min_size=1, max_size=4))
def test_what_several_lines_take_of_a_shared_ceiling_is_never_more_than_was_left(terms, lines):
    paid = sum(outcome.paid for outcome in compute(acts=lines, terms=terms))
    for limit in terms.limits:
        if not limit.per_act:
            assert paid <= max(D(0), limit.amount - limit.used)
