"""Somebody who knows a number and a CIN, and activates with a telephone of their own, reads nothing of the member."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from health_claims.models import Declaration
from health_claims.services import declaring, papers
from membership.models import Beneficiary, Member
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationDraftFactory, typed
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, line
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory, enter_as
from tests.factories.papers import papers_of
from tests.membership.conftest import last_code, say_cin

pytestmark = pytest.mark.django_db


@pytest.fixture
def intruder(client: Client) -> Member:
    """Who came in, activated, chose a password and sent papers that nobody has looked at."""
    member = MemberFactory.create(activated=True, account__identity_checked_at=None)
    BeneficiaryFactory.create(member=member, first_name="Aya", last_name="Bennani")
    papers_of(member)
    enter_as(client, member)
    return member


def text(response: Any) -> str:
    return str(response.content.decode())


def test_before_the_papers_are_accepted_nothing_that_was_there_before_is_shown(client: Client, intruder: Member):
    claim = ClaimFactory.create(member=intruder)
    StatementFactory.create(claim=claim)
    numbered = ("claim", "statement", "statement-pdf", "claim-complement", "contest")
    addresses = [reverse(f"health_claims:{name}", args=[claim.number]) for name in numbered]
    addresses += [reverse(name) for name in ("health_claims:claims", "health_claims:readings", "membership:membership")]
    for address in addresses:
        for shown in (client.get(address), client.post(address)):
            assert shown.status_code == 403
            assert "Vos pièces d’identité sont à vérifier" in text(shown)
            assert not any(word in text(shown) for word in ("Aya", "Optique", intruder.rib[-4:]))


def test_declaring_goes_on_meanwhile_with_first_names_and_without_what_the_insurer_knows(
    client: Client, intruder: Member
):
    child = intruder.beneficiaries.get()
    guarantee = GuaranteeFactory.create(policy=intruder.policy, frequency_months=24, declaration_days=1)
    StatementFactory.create(claim=ClaimFactory.create(member=intruder, patient=child, guarantee=guarantee))
    Beneficiary.objects.update(rights_to=date(2021, 1, 1))
    draft = DeclarationDraftFactory.create(member=intruder, answers=typed(guarantee, patient=str(child.pk)))
    for step in ("personne", "validation"):
        shown = text(client.get(f"/sante/declaration/{draft.pk}/{step}/"))
        assert "Aya" in shown
        assert not any(word in shown for word in ("Bennani", "Droits non ouverts", "Pas de droits", "mois : la dern"))
    assert "Délai de déclaration dépassé" in shown
    client.post(f"/sante/declaration/{draft.pk}/validation/")
    sent = Declaration.objects.get()
    assert {"no-rights", "frequency"} <= set(sent.warnings)  # the agent reads them
    detail = text(client.get(reverse("health_claims:declaration-detail", args=[sent.number])))
    assert "Aya" in detail and "Bennani" not in detail


def test_both_papers_accepted_open_the_pages_and_one_refused_afterwards_closes_them(client: Client, intruder: Member):
    agent, (cin, card) = AgentFactory.create(), intruder.papers.order_by("-kind")
    address = reverse("membership:membership")
    papers.accept_paper(paper_id=cin.pk, user=agent)
    assert client.get(address).status_code == 403
    papers.accept_paper(paper_id=card.pk, user=agent)
    assert "Aya" in text(client.get(address))
    with pytest.raises(papers.PaperSettled):  # a page made before it was accepted refuses nothing
        papers.refuse_paper(paper_id=cin.pk, user=agent, note="Une autre personne")
    papers.refuse_paper(paper_id=cin.pk, user=agent, note="Une autre personne", seen="accepted")
    assert client.get(address).status_code == 403


def test_a_mobile_that_was_proved_is_asked_for_its_code_as_long_as_there_is_no_password(client: Client, settings: Any):
    """Else whoever knows the number and the CIN would choose the password of a member who stopped half-way."""
    settings.PATIENCE_SECONDS = 0
    member = MemberFactory.create(activated=True, account__password="", account__identity_checked_at=None)
    assert say_cin(client, member)["Location"] == reverse("membership:browser-code")
    assert client.get(reverse("membership:home")).status_code == 302
    answer = client.post(reverse("membership:browser-code"), {"code": last_code()})
    assert answer["Location"] == reverse("membership:home")


@pytest.mark.parametrize(
    ("contract", "day", "expected"),
    [
        ({"frequency_months": 24}, date(2026, 6, 1), {"frequency"}),
        ({"frequency_months": 3}, date(2026, 6, 3), set()),
        ({"times_max": 1}, date(2026, 6, 1), {"times"}),
        ({"begun_before_age": 45}, date(2026, 6, 1), {"age"}),
        ({"waiting_days": 3000}, date(2026, 6, 1), {"waiting"}),
        ({}, date(2019, 6, 1), {"no-rights"}),
        ({}, date(2026, 3, 3), {"same-care"}),
        ({"needs_prior_approval": True}, date(2026, 6, 1), {"prior-approval"}),
    ],
)
def test_a_warning_says_what_the_statement_would_say(contract: dict[str, Any], day: date, expected: set[str]):
    member = MemberFactory.create(activated=True)
    guarantee = GuaranteeFactory.create(policy=member.policy, valid_from=date(2010, 1, 1), **contract)
    if "waiting_days" not in contract and "begun_before_age" not in contract:
        StatementFactory.create(claim=ClaimFactory.create(member=member, guarantee=guarantee))
    answers = typed(guarantee) | {"donnees": {"care_date": [day.isoformat()], "amount": ["100"]}}
    draft = DeclarationDraftFactory.create(member=member, answers=answers)
    assert {each.code for each in declaring.cautions_for(draft)} == expected
    claim = ClaimFactory.create(member=member, guarantee=guarantee, care_date=day)
    paid = StatementFactory.create(claim=claim).paid
    assert (paid == 0) == bool(expected - {"same-care"})


def test_the_ceiling_of_a_half_year_counts_from_the_first_care_in_the_warning_too():
    """Care began on 3 March: its first half-year ends on 2 September, whatever the six months before a day are."""
    member = MemberFactory.create(activated=True)
    guarantee = GuaranteeFactory.create(policy=member.policy)
    member.policy.ceilings.create(
        prestation=guarantee.prestation, scope="prestation", amount=100, period_months=6, valid_from=date(2020, 1, 1)
    )
    StatementFactory.create(claim=ClaimFactory.create(member=member, guarantee=guarantee), lines=[line(spent="100")])
    for day, codes in ((date(2026, 9, 2), ["ceiling"]), (date(2026, 9, 3), [])):
        answers = typed(guarantee) | {"donnees": {"care_date": [day.isoformat()], "amount": ["100"]}}
        draft = DeclarationDraftFactory.create(member=member, answers=answers)
        assert [each.code for each in declaring.cautions_for(draft)] == codes
