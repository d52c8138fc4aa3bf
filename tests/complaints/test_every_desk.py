"""The whole journey at each desk of the demonstration, with the dates its own procedure promises."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from tests.factories.documents import upload

from .public import at, begin, dashboard, file

# Received on Tuesday 1 September 2026 at 09:00 UTC. No public holiday of either country before November.
RECEIVED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PROMISED = {
    "acaps": ("2026-09-08 23:59", "2026-11-02 23:59"),  # 60 days end on a Saturday
    "acaps-prevoyance": ("2026-09-08 23:59", "2026-11-02 23:59"),
    "cnss": ("2026-09-08 23:59", "2026-10-01 23:59"),
    "cnss-recours": ("2026-09-08 23:59", "2026-10-01 23:59"),
    "saham": ("2026-09-03 23:59", "2026-09-22 23:59"),
    "allianz": ("2026-09-01 15:00", "2026-09-03 10:00"),  # five hours of the desk, 48 of the clock
    "cpms": ("2026-09-11 23:59", "2026-11-01 23:59"),
}


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture(autouse=True)
def _on_tuesday(settings):
    settings.PATIENCE_SECONDS = 0
    with time_machine.travel(RECEIVED, tick=True):
        yield


def promised(complaint: Complaint) -> tuple[str, ...]:
    """When the desk owes its two answers, on the clocks of its organisation."""
    zone = ZoneInfo(complaint.desk.organisation.time_zone)
    return tuple(
        complaint.clocks.get(kind=kind).due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        for kind in ("acknowledgement", "answer")
    )


@pytest.mark.req("A9", "A12", "A23", "A24", "C34", "C35", "C37", "E122", "B20", "B32", "C39", "E9", "B2", "B3")
@pytest.mark.parametrize("code", PROMISED)
def test_a_complaint_is_filed_and_its_dates_are_those_of_the_desk(client: Client, code: str) -> None:
    complaint = file(client, Desk.objects.get(code=code))
    assert promised(complaint) == PROMISED[code]
    assert complaint.consent_text is not None
    assert client.get(dashboard(complaint)).status_code == 200


@pytest.mark.req("C20", "C21", "C22", "C23", "C24", "C25", "C26", "C27", "C32", "C33")
def test_cpms_gets_every_field_of_its_guide(client: Client) -> None:
    draft = begin(client, Desk.objects.get(code="cpms"))
    client.post(at(draft, "pieces"), {"files": [upload(name="decompte.pdf")]})
    complaint = file(client, draft.desk)
    person = complaint.complainant
    assert (person.last_name, person.first_name) == ("El Amrani", "Amina")
    assert person.nir == "185057800608491"
    assert (person.address, person.postal_code, person.city) == ("5, rue des Oliviers", "20000", "Casablanca")
    assert (person.email, str(person.mobile)) == ("amina@exemple.ma", "+33612345678")  # a French desk
    assert complaint.subscriber == "Menuiserie du Détroit"
    assert complaint.category.name_fr == "Adhésion"
    assert complaint.facts.startswith("Mon remboursement")
    assert draft.documents.count() == 1


@pytest.mark.req("C27", "C28", "C29", "C30", "C31")
@pytest.mark.parametrize("subject", ["adhesion", "resiliation", "cotisation", "remboursement", "autre"])
def test_cpms_takes_a_complaint_on_each_subject_of_its_guide(client: Client, subject: str) -> None:
    desk = Desk.objects.get(code="cpms")
    category = desk.categories.get(code=subject)
    assert file(client, desk, reclamation={"category": str(category.pk)}).category == category


@pytest.mark.req("C22", "C23", "C26")
def test_cpms_needs_the_social_security_number_the_address_and_the_subscriber(client: Client) -> None:
    draft = begin(client, Desk.objects.get(code="cpms"))
    subject = client.post(at(draft, "reclamation"), {"category": ""}).context["form"].errors
    person = client.post(at(draft, "reclamant"), {"quality": "member"}).context["form"].errors
    assert "subscriber" in subject
    assert {"nir", "address", "postal_code", "city"} <= set(person)


@pytest.mark.req("A23")
def test_the_authority_keeps_which_company_is_concerned(client: Client) -> None:
    desk = Desk.objects.get(code="acaps")
    company = desk.sectors.get().respondents.get(code="wafa")
    complaint = file(client, desk, reclamation={"respondent": str(company.pk)})
    assert (complaint.respondent, complaint.respondent_other) == (company, "")


@pytest.mark.req("A23")
def test_a_company_that_is_not_listed_is_kept_by_its_name(client: Client) -> None:
    complaint = file(client, Desk.objects.get(code="acaps"))
    assert (complaint.respondent, complaint.respondent_other) == (None, "Caisse des métiers")


@pytest.mark.req("A25")
@pytest.mark.parametrize("quality", ["insured", "affiliate", "member", "beneficiary", "heir"])
def test_insured_affiliated_members_and_their_heirs_may_complain(client: Client, quality: str) -> None:
    complaint = file(client, Desk.objects.get(code="acaps"), reclamant={"quality": quality})
    assert complaint.complainant.quality == quality
