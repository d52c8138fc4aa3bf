"""A complaint that another body has to treat: told, closed, and sent on with a letter."""

from __future__ import annotations

import pytest

from claims_portal.accounts.models import AuditEntry
from claims_portal.cases.refusals import CaseRefused
from claims_portal.notifications.models import Message
from complaints import printing
from complaints.models import Complaint, Event, Recipient
from complaints.services.following import reopen_complaint
from complaints.services.referring import refer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, ComplaintOrganisationFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def recipient(organisation, **given) -> Recipient:
    known = {"name_fr": "Médiateur de l’assurance", "treats_fr": "les litiges", "postal_address_fr": "BP 290\nParis"}
    return Recipient.objects.create(organisation=organisation, **(known | given))


@pytest.fixture
def mediator(desk) -> Recipient:
    return recipient(desk.organisation, name_ar="وسيط التأمين", treats_ar="نزاعات التأمين")


def refer(case: Complaint, agent, mediator: Recipient):
    why = "Votre contrat relève du médiateur."
    return refer_complaint(complaint_id=case.pk, user=agent, recipient_id=mediator.pk, body=why)


@pytest.mark.req("F24")
def test_the_person_learns_to_whom_it_goes_why_and_what_next(desk, agent, mediator):
    case = ComplaintFactory(desk=desk, state="complement", agent=agent)
    event = refer(case, agent, mediator).event
    for words in ("Médiateur de l’assurance", "BP 290", "relève du médiateur", "rouvrez-la"):
        assert words in event.body
    told = Message.objects.get(notice="complaints.referred")
    assert "Médiateur" not in told.body_text and case.number[:4] in told.body_text
    after = Complaint.objects.get(pk=case.pk)
    assert (after.state, after.waiting_on) == ("closed", "nobody")
    assert not case.clocks.promised().exists() and not case.pauses.filter(ended_at=None).exists()
    reopen_complaint(complaint_id=case.pk, reason="Je ne suis pas d’accord.")


def test_an_arabic_case_is_told_in_arabic(desk, agent, mediator):
    case = ComplaintFactory(desk=desk, language="ar")
    assert "وسيط التأمين" in refer(case, agent, mediator).event.body


@pytest.mark.parametrize("given", [{"is_active": False}, {"elsewhere": True}])
def test_only_what_the_address_book_of_the_organisation_proposes_is_chosen(desk, agent, given):
    organisation = ComplaintOrganisationFactory() if given.pop("elsewhere", False) else desk.organisation
    unknown = recipient(organisation, **given)
    case = ComplaintFactory(desk=desk)
    with pytest.raises(CaseRefused, match="retiré du carnet"):
        refer(case, agent, unknown)
    assert Complaint.objects.get(pk=case.pk).state == "received"


@pytest.mark.req("F24")
def test_the_letter_says_who_complains_of_what_and_what_is_joined(desk, agent, mediator):
    case = ComplaintFactory(desk=desk, documents=1, complainant__last_name="Tazi", facts__facts="Le récit entier.")
    referral = refer(case, agent, mediator)
    html = printing.referral_html(Complaint.objects.with_case().get(pk=case.pk), referral)
    for words in ("Médiateur de l’assurance", "Tazi", "Le récit entier.", "attestation-", "relève du médiateur"):
        assert words in html


def test_it_is_chosen_on_a_page_and_the_letter_printed_from_the_case(staff, desk, mediator, monkeypatch):
    monkeypatch.setattr("complaints.printing.pdf_of", lambda html, **given: b"%PDF")
    case = ComplaintFactory(desk=desk)
    here = f"{LIST}{case.pk}/orienter/"
    assert "les litiges" in staff.get(here).content.decode()
    seen = Event.objects.latest("pk").pk
    assert staff.post(here, {"recipient": mediator.pk, "seen": seen}).status_code == 422
    staff.post(here, {"recipient": mediator.pk, "body": "Il est compétent.", "seen": seen})
    (letter,) = staff.get(f"{LIST}{case.pk}/").context["referrals"]
    assert staff.get(letter["url"]).content == b"%PDF"
    assert AuditEntry.objects.filter(action="letter-printed", reference=case.number).exists()
    hidden = AgentFactory(desks=[desk], permissions=["complaints.view_complaint", "complaints.handle"])
    assert signed_in(hidden).get(letter["url"]).status_code == 404
