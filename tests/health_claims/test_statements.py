"""The statement of a claim: what was used before, which version of which rule, one version after another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.notifications.models import Message
from health_claims.models import Claim, Reason, Statement
from health_claims.services.claims import refuse_claim
from health_claims.services.reasons import UnknownReason, load_reasons
from health_claims.services.statements import EmptyStatement, UnknownLetter, compute_statement
from membership import cover
from membership.models import BaseRegime, Ceiling, Deductible, KeyLetter, Member
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import ReasonFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line, pay
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory
from tests.together import at_once

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(activated=True)


@pytest.fixture
def guarantee(member):
    return GuaranteeFactory.create(policy=member.policy, prestation__code="reeducation")


def ceiling(guarantee: Any, amount: str, months: int | None = 12, scope: str = "prestation", **given: Any) -> Ceiling:
    whole = scope in (Ceiling.Scope.PERSON, Ceiling.Scope.FAMILY)
    return Ceiling.objects.create(
        policy=guarantee.policy,
        prestation=None if whole else guarantee.prestation,
        scope=scope,
        amount=D(amount),
        period_months=months,
        valid_from=date(2020, 1, 1),
        **given,
    )


def paid(guarantee: Any, member: Member, *, spent: str = "1000", on: date = date(2026, 3, 3), **claim: Any) -> Decimal:
    """A new claim of that day, computed; gives what it is paid."""
    opened = ClaimFactory.create(member=member, guarantee=guarantee, care_date=on, **claim)
    return StatementFactory.create(claim=opened, lines=[line(spent=spent)]).paid


def reasons(statement: Statement) -> list[str]:
    return [each.reason.code for each in statement.lines.get().abatements.all()]


@pytest.mark.req("F39")
def test_a_ceiling_remembers_what_other_claims_of_the_year_took(member, guarantee):
    ceiling(guarantee, "1500")
    other_year = date(2025, 12, 31)
    days = [date(2026, 1, 1), date(2026, 12, 31), other_year]
    assert [paid(guarantee, member, on=day) for day in days] == [1000, 500, 1000]


def test_a_ceiling_is_of_one_person_and_one_kind_of_care(member, guarantee):
    ceiling(guarantee, "1000")
    child = BeneficiaryFactory.create(member=member)
    optics = GuaranteeFactory.create(policy=member.policy, prestation__code="optique")
    assert paid(guarantee, member) == paid(guarantee, member, patient=child) == paid(optics, member) == 1000


def test_the_ceiling_of_a_person_counts_every_kind_of_care(member, guarantee):
    ceiling(guarantee, "1400", scope="person")
    optics = GuaranteeFactory.create(policy=member.policy, prestation__code="optique")
    assert [paid(guarantee, member), paid(optics, member)] == [1000, 400]


@pytest.mark.req("F39")
def test_the_ceiling_of_a_family_is_shared_by_all_of_it_after_that_of_each_person(member, guarantee):
    ceiling(guarantee, "1500", scope="family")
    ceiling(guarantee, "900", scope="person")
    children = BeneficiaryFactory.create_batch(2, member=member)
    assert paid(guarantee, member) == 900
    assert paid(guarantee, member, patient=children[0]) == 600
    assert reasons(Statement.objects.latest("pk")) == ["ceiling-person", "ceiling-family"]
    assert paid(guarantee, member, patient=children[1]) == 0
    assert paid(guarantee, member, patient=children[1], on=date(2027, 1, 1)) == 900
    assert paid(guarantee, MemberFactory.create(activated=True, policy=member.policy)) == 900
    said = cover.general_limits(member.policy, date(2026, 3, 3))
    assert "1 500,00 MAD au plus par année civile, pour vous et votre famille ensemble." in [
        each.replace("\u00a0", " ") for each in said
    ]


def test_of_two_ceilings_about_the_same_the_newer_counts(member, guarantee):
    ceiling(guarantee, "300")
    newer = ceiling(guarantee, "700")
    Ceiling.objects.filter(pk=newer.pk).update(valid_from=date(2026, 1, 1))
    assert paid(guarantee, member) == 700


def test_half_years_of_orthodontics_run_from_the_beginning_of_the_treatment(member):
    """1200 for six months; the treatment begins in May: September still belongs to its first half-year."""
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="odf")
    ceiling(guarantee, "1200", months=6)
    days = [date(2025, 5, 10), date(2025, 9, 1), date(2025, 11, 10)]
    assert [paid(guarantee, member, on=day) for day in days] == [1000, 200, 1000]


def test_a_treatment_is_paid_for_six_half_years_and_no_more(member):
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="odf", times_max=2)
    ceiling(guarantee, "1200", months=6)
    days = [date(2024, 1, 1), date(2024, 2, 1), date(2024, 7, 1), date(2025, 1, 1)]
    assert [paid(guarantee, member, on=day) for day in days] == [1000, 200, 1000, 0]


@pytest.mark.parametrize(("birth", "expected"), [(date(2010, 3, 4), 1000), (date(2010, 3, 3), 0)])
def test_a_treatment_begins_before_sixteen(member, birth, expected):
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="odf", begun_before_age=16)
    child = BeneficiaryFactory.create(member=member, birth_date=birth)
    assert paid(guarantee, member, patient=child, on=date(2026, 3, 3)) == expected


def test_a_treatment_begun_before_sixteen_goes_on_afterwards(member):
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="odf", begun_before_age=16)
    child = BeneficiaryFactory.create(member=member, birth_date=date(2010, 3, 3))
    assert [paid(guarantee, member, patient=child, on=date(year, 1, 5)) for year in (2026, 2027)] == [1000, 1000]


@pytest.mark.req("F39")
def test_glasses_are_paid_once_in_two_years(member):
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="optique", frequency_months=24)
    days = [date(2024, 3, 3), date(2026, 3, 2), date(2026, 3, 3)]
    assert [paid(guarantee, member, on=day) for day in days] == [1000, 0, 1000]


@pytest.mark.req("N8")
def test_the_day_from_which_glasses_are_paid_again_is_told(member):
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="optique", frequency_months=24)
    paid(guarantee, member, on=date(2025, 1, 31))
    claim = ClaimFactory.create(member=member, guarantee=guarantee)
    [step] = [each for each in StatementFactory.create(claim=claim).lines.get().steps if each["rule"] == "cut"]
    assert (step["reason"], step["last"], step["from"]) == ("frequency", "2025-01-31", "2027-01-31")


@pytest.mark.req("F39")
@pytest.mark.parametrize(
    ("rights", "waiting", "reason"),
    [
        ({"rights_from": date(2026, 3, 4)}, 0, "not-covered"),
        ({"rights_to": date(2026, 3, 2)}, 0, "not-covered"),
        ({"rights_from": date(2026, 2, 1)}, 60, "waiting"),
    ],
)
def test_care_outside_the_rights_of_the_person_is_not_paid(member, rights, waiting, reason):
    guarantee = GuaranteeFactory.create(policy=member.policy, waiting_days=waiting)
    child = BeneficiaryFactory.create(member=member, **rights)
    claim = ClaimFactory.create(member=member, guarantee=guarantee, patient=child)
    assert reasons(StatementFactory.create(claim=claim)) == [reason]


def test_a_guarantee_that_has_ended_pays_nothing(member, guarantee):
    guarantee.valid_to = date(2026, 3, 2)
    guarantee.save()
    claim = ClaimFactory.create(member=member, guarantee=guarantee)
    assert reasons(StatementFactory.create(claim=claim)) == ["not-covered"]


def test_the_guarantee_is_the_version_of_the_day_of_care(member, guarantee):
    old = ClaimFactory.create(member=member, guarantee=guarantee, care_date=date(2025, 12, 31))
    newer = GuaranteeFactory.create(
        policy=member.policy, prestation=guarantee.prestation, valid_from=date(2026, 1, 1), rate=50
    )
    recent = ClaimFactory.create(member=member, guarantee=guarantee, care_date=date(2026, 1, 1))
    assert [StatementFactory.create(claim=each).paid for each in (old, recent)] == [500, 250]
    recent.refresh_from_db()
    assert recent.guarantee == newer


@pytest.mark.req("F39")
def test_the_deductible_of_a_year_is_borne_once(member, guarantee):
    Deductible.objects.create(policy=member.policy, amount=300, valid_from=date(2020, 1, 1))
    days = [date(2026, 3, 3), date(2026, 4, 4), date(2027, 1, 1)]
    assert [paid(guarantee, member, spent="200", on=day) for day in days] == [0, 100, 0]


def test_what_a_refused_claim_or_an_older_version_took_does_not_count(member, guarantee):
    ceiling(guarantee, "1000")
    claim = ClaimFactory.create(member=member, guarantee=guarantee)
    first = StatementFactory.create(claim=claim, lines=[line(spent="900")])
    second = StatementFactory.create(claim=claim, lines=[line(spent="300")], agent=first.made_by)
    assert (first.version, second.version) == (1, 2)
    assert paid(guarantee, member) == 700
    Claim.objects.filter(pk=claim.pk).update(state="refused", reason=ReasonFactory.create(use="refusal"))
    assert paid(guarantee, member) == 300


@pytest.fixture
def tariff(member):
    regime = BaseRegime.objects.create(code="amo", name_fr="AMO")
    member.policy.base_regime = regime
    member.policy.save()
    versions = [(date(2006, 1, 1), "80", True), (date(2026, 1, 1), "90", True), (date(2026, 2, 1), "150", False)]
    for since, value, in_force in versions:
        KeyLetter.objects.create(
            regime=regime,
            letter="C",
            name_fr="Consultation",
            value=value,
            rate=70,
            valid_from=since,
            is_in_force=in_force,
        )
    return regime


@pytest.mark.parametrize(("day", "base"), [(date(2025, 12, 31), 80), (date(2026, 3, 3), 90)])
@pytest.mark.req("E107", "E108")
def test_the_tariff_is_that_of_the_day_of_care_and_never_one_that_is_only_signed(member, guarantee, tariff, day, base):
    claim = ClaimFactory.create(member=member, guarantee=guarantee, care_date=day)
    computed = StatementFactory.create(claim=claim, lines=[line(spent="200", letter="C")]).lines.get()
    assert (computed.base, computed.coefficient, computed.unit_value) == (base, 1, base)
    assert computed.base_paid == base * D("0.70")


def test_a_letter_the_tariff_does_not_know_is_refused(member, guarantee, tariff):
    claim = ClaimFactory.create(member=member, guarantee=guarantee)
    with pytest.raises(UnknownLetter):
        StatementFactory.create(claim=claim, lines=[line(letter="Q")])


def test_a_statement_without_a_line_is_refused():
    with pytest.raises(EmptyStatement):
        StatementFactory.create(lines=[])


def test_a_reason_nobody_knows_is_refused_and_nothing_is_written():
    claim = ClaimFactory.create()
    Deductible.objects.create(policy=claim.member.policy, amount=10, valid_from=date(2020, 1, 1))
    with pytest.raises(UnknownReason):
        compute_statement(claim_id=claim.pk, user=AgentFactory.create(), lines=[line()])
    assert not Statement.objects.exists()


def test_a_paid_claim_is_not_computed_again():
    claim = ClaimFactory.create()
    StatementFactory.create(claim=claim)
    pay(claim)
    with pytest.raises(TransitionNotAllowed):
        StatementFactory.create(claim=claim)


def test_the_member_is_told_without_any_detail():
    statement = StatementFactory.create()
    [message] = Message.objects.about(f"claim:{statement.claim.pk}")
    assert message.recipient == "salma.essai@exemple.ma"
    assert statement.claim.number in message.body_text
    for detail in ("Salma", "500", "Optique", "Consultation"):
        assert detail not in message.subject + message.body_text


def test_a_refusal_is_told_and_kept_with_its_reason():
    give_reasons()
    claim = ClaimFactory.create()
    reason = Reason.objects.get(use="refusal", code="off-policy")
    refuse_claim(claim_id=claim.pk, user=AgentFactory.create(), reason=reason)
    claim.refresh_from_db()
    assert (claim.state, claim.reason) == ("refused", reason)
    assert Message.objects.about(f"claim:{claim.pk}").count() == 1


def test_reasons_have_both_languages_and_what_staff_changed_stays_until_a_refresh():
    load_reasons()
    assert not Reason.objects.filter(label_ar="").exists()
    count = Reason.objects.count()
    Reason.objects.filter(use="abatement", code="late").update(label_fr="Trop tard")
    load_reasons()
    assert Reason.objects.filter(label_fr="Trop tard").count() == 1
    load_reasons(refresh=True)
    assert not Reason.objects.filter(label_fr="Trop tard").exists()
    assert Reason.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_two_claims_computed_at_once_do_not_both_take_the_last_of_a_ceiling():
    give_reasons()
    member = MemberFactory.create(activated=True)
    guarantee = GuaranteeFactory.create(policy=member.policy, prestation__code="reeducation")
    ceiling(guarantee, "1000")
    agent = AgentFactory.create()
    claims = ClaimFactory.create_batch(4, member=member, guarantee=guarantee)
    lines = [line(spent="400")]
    computed = at_once(
        *(lambda claim=claim: compute_statement(claim_id=claim.pk, user=agent, lines=lines).paid for claim in claims)
    )
    assert sorted(computed) == [0, 200, 400, 400]


def test_the_cost_of_a_statement_is_the_same_with_one_line_or_twelve(member, guarantee, django_assert_num_queries):
    ceiling(guarantee, "5000")
    ceiling(guarantee, "9000", scope="person")
    Deductible.objects.create(policy=member.policy, amount=30, valid_from=date(2020, 1, 1))
    give_reasons()
    agent = AgentFactory.create()
    small, large = ClaimFactory.create_batch(2, member=member, guarantee=guarantee)
    with django_assert_num_queries(19):
        compute_statement(claim_id=small.pk, user=agent, lines=[line(spent="1000")])
    with django_assert_num_queries(19):
        compute_statement(claim_id=large.pk, user=agent, lines=[line(spent="1000")] * 12)
