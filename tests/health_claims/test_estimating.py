"""« Estimer mon remboursement »: a quote becomes what the policy would pay, and nothing is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.notifications.models import Message
from health_claims.models import Claim, PriorApproval, Statement
from health_claims.services.approving import Decided, cancel_approval, decide_approval
from health_claims.services.estimating import Quote, TariffMissing, estimate
from health_claims.services.usage import Care
from membership.models import Ceiling, Guarantee, Member, MemberAccount
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.documents import pdf_bytes, upload
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory, enter_as
from tests.test_query_counts import cost

from .test_claim_pages import text

pytestmark = pytest.mark.django_db
D = Decimal
MOST = 9  # the page of the answer; the form alone costs five


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(activated=True)


@pytest.fixture
def guarantee(member):
    """The rest is paid, up to 1 500 a year."""
    made = GuaranteeFactory.create(policy=member.policy, prestation__code="optique")
    Ceiling.objects.create(
        policy=member.policy,
        prestation=made.prestation,
        scope="prestation",
        amount=1500,
        period_months=12,
        valid_from=date(2020, 1, 1),
    )
    return made


@pytest.fixture
def inside(client: Client, member: Member) -> Client:
    enter_as(client, member)
    return client


def page_of() -> str:
    return reverse("health_claims:estimate")


def asked(**given: Any) -> dict[str, Any]:
    today = timezone.localdate()
    amounts = {"spent": "2 000,00", "base_paid": "400", "base": ""}
    return {"patient": "member", "prestation": "optique", "care_date": today.isoformat(), **amounts, **given}


def used(member: Member, guarantee: Guarantee, amount: str) -> None:
    opened = ClaimFactory.create(member=member, guarantee=guarantee, care_date=timezone.localdate())
    StatementFactory.create(claim=opened, lines=[line(spent=amount)])


@pytest.mark.req("F42")
def test_an_estimate_counts_what_was_used_of_the_ceiling_and_writes_nothing(inside, member, guarantee):
    used(member, guarantee, "1000")
    before = (Claim.objects.count(), Statement.objects.count())
    shown = text(inside.post(page_of(), asked()))
    for words in (
        "Ceci est une estimation, pas un engagement.",
        "Part attendue du régime de base, d’après vous : 400,00 MAD .",
        "2 000,00 − 400,00 = 1 600,00 MAD",
        "dont 1 000,00 MAD déjà payés",
        "Votre contrat vous rembourserait 500,00 MAD .",
        "Resterait à votre charge 1 100,00 MAD",
    ):
        assert words in shown
    assert (Claim.objects.count(), Statement.objects.count()) == before


@pytest.mark.parametrize("mode", ["co-payment", "tariff"])
def test_a_guarantee_on_the_tariff_asks_for_the_tariff(member, mode):
    guarantee = GuaranteeFactory.create(policy=member.policy, mode=mode)
    care = Care(member, None, guarantee.prestation, date(2026, 3, 3))
    with pytest.raises(TariffMissing):
        estimate(care=care, guarantee=guarantee, quote=Quote(D(500), D(210)))
    assert estimate(care=care, guarantee=guarantee, quote=Quote(D(500), D(210), D(300))).outcome.paid == 90


def test_the_page_asks_for_the_tariff_where_it_decides(inside, guarantee):
    Guarantee.objects.update(mode="tariff")
    shown = inside.post(page_of(), asked())
    assert "base" in shown.context["form"].errors


def test_a_flat_amount_beyond_the_quote_is_told_as_expected_and_not_as_spent(inside, guarantee):
    give_reasons()
    Guarantee.objects.update(mode="flat", flat_amount=1000)
    shown = text(inside.post(page_of(), asked(spent="1200")))
    assert "sur un devis de 1 200,00 MAD , le régime de base paierait 400,00 MAD ." in shown
    assert "Votre contrat vous rembourserait 800,00 MAD ." in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("patient", "999999"),
        ("prestation", "odf"),
        ("care_date", "2001-01-01"),
        ("spent", "0"),
        ("base_paid", "2000,01"),
        ("base_paid", "-1"),
        ("base_paid", "9" * 5000),
    ],
)
def test_what_cannot_be_estimated_is_said_beside_its_field(inside, guarantee, field, value):
    shown = inside.post(page_of(), asked(**{field: value}))
    assert list(shown.context["form"].errors) == [field]
    assert "estimate" not in shown.context


def test_somebody_elses_family_is_not_offered(inside, guarantee):
    stranger = BeneficiaryFactory.create()
    shown = inside.post(page_of(), asked(patient=str(stranger.pk)))
    assert "patient" in shown.context["form"].errors


def test_a_day_after_the_rights_of_the_person_brings_nothing(inside, member, guarantee):
    give_reasons()
    child = BeneficiaryFactory.create(member=member, rights_to=timezone.localdate())
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    shown = inside.post(page_of(), asked(patient=str(child.pk), care_date=tomorrow, base_paid="0"))
    assert shown.context["estimate"].outcome.paid == 0
    assert "Part estimée de votre contrat 0,00 MAD" in text(shown)


@pytest.mark.parametrize("given", [{}, {"activated": True, "account__identity_checked_at": None}])
def test_an_estimate_is_for_members_whose_identity_was_checked(client, given):
    """What is left of a ceiling tells what was paid before."""
    enter_as(client, MemberFactory.create(**given))
    assert client.get(page_of()).status_code == 403


def test_the_page_costs_the_same_whatever_was_paid_before(inside, member, guarantee):
    member.policy.deductibles.create(amount=50, valid_from=date(2020, 1, 1))
    member.policy.ceilings.create(scope="person", amount=9000, period_months=12, valid_from=date(2020, 1, 1))
    Guarantee.objects.update(needs_prior_approval=True)
    used(member, guarantee, "100")
    pages = [lambda: inside.get(page_of()), lambda: inside.post(page_of(), asked())]
    few = [cost(each) for each in pages]
    BeneficiaryFactory.create_batch(4, member=member)
    used(member, guarantee, "100")
    assert [cost(each) for each in pages] == few
    assert few[0] <= 5
    assert few[1] <= MOST


@pytest.mark.req("F42", "E54", "E57")
def test_the_quote_itself_is_sent_decided_by_an_agent_and_kept_with_its_answer(inside, member, guarantee):
    answer = inside.post(page_of(), asked(action="send", files=upload(name="devis.pdf")))
    assert answer.status_code == 302
    quote = PriorApproval.objects.get()
    assert (quote.decision, quote.amount, quote.estimated) == ("pending", 2000, 1500)
    granted = Decided("granted", timezone.localdate(), "EP-12", timezone.localdate())
    decide_approval(approval_id=quote.pk, decided=granted)
    told = Message.objects.get(notice="health_claims.quote_answered")
    assert told.recipient == member.account.email and "EP-12" not in told.body_text
    shown = text(inside.get(page_of()))
    assert "Vos devis envoyés" in shown and "Accord EP-12" in shown and "devis.pdf" in shown
    file = reverse("health_claims:quote-document", args=[quote.pk])
    assert inside.get(file).status_code == 200
    stranger = Client()
    enter_as(stranger, MemberFactory.create(activated=True))
    assert stranger.get(file).status_code == 404
    assert "EP-12" not in text(stranger.get(page_of()))
    cancel_approval(approval_id=quote.pk, user=AgentFactory.create(), reason="Erreur")
    assert Message.objects.filter(notice="health_claims.quote_answered").count() == 2


def test_a_quote_is_refused_with_words_that_the_member_reads(inside, member, guarantee):
    inside.post(page_of(), asked(action="send", files=upload(name="devis.pdf")))
    quote = PriorApproval.objects.get()
    staff = signed_in(AgentFactory.create(desks=[member.policy.desk], permissions=["health_claims.handle"]))
    page = reverse("admin:health_claims_priorapproval_change", args=[quote.pk])
    refusal = {"decision": "refused", "decided_on": timezone.localdate().isoformat()}
    assert staff.post(page, refusal).status_code == 422
    assert staff.post(page, refusal | {"answer": "Le contrat paie une monture tous les deux ans."}).status_code == 302
    assert "Refusé Le contrat paie une monture tous les deux ans." in text(inside.get(page_of()))


def test_a_quote_sent_twice_is_one_and_one_without_a_file_is_told_what_is_missing(inside, guarantee):
    file = pdf_bytes()  # made once: a PDF made a second later has another fingerprint
    for _twice in range(2):
        inside.post(page_of(), asked(action="send", files=upload(file, name="devis.pdf")))
    assert PriorApproval.objects.count() == 1
    shown = text(inside.post(page_of(), asked(action="send")))
    assert "Choisissez le fichier du devis." in shown and "Votre estimation" in shown


def test_a_quote_whose_tariff_is_unknown_can_be_sent_all_the_same(inside, guarantee):
    Guarantee.objects.update(mode="tariff")
    assert inside.post(page_of(), asked(action="send", files=upload(name="devis.pdf"))).status_code == 302
    assert PriorApproval.objects.get().estimated is None


def test_quotes_of_a_former_holder_of_the_account_are_not_shown(inside, member, guarantee):
    inside.post(page_of(), asked(action="send", files=upload(name="devis.pdf")))
    MemberAccount.objects.update(identity_checked_at=timezone.now())
    assert "devis.pdf" not in text(inside.get(page_of()))
    quote = PriorApproval.objects.get()
    assert inside.get(reverse("health_claims:quote-document", args=[quote.pk])).status_code == 404


def test_ten_quotes_wait_at_most(inside, member, guarantee):
    waiting = [PriorApproval(member=member, prestation=guarantee.prestation, asked_on=timezone.localdate())] * 10
    for each in waiting:
        each.pk = None
        each.save(force_insert=True)
    shown = text(inside.post(page_of(), asked(action="send", files=upload(name="devis.pdf"))))
    assert "attendent déjà une réponse" in shown
    assert PriorApproval.objects.count() == 10
