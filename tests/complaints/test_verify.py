"""The public page behind the QR code of a receipt (N5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from complaints.models import Complaint
from complaints.references import spoken
from complaints.services.following import write_to_desk
from tests.factories.complaints import ComplaintFactory
from tests.factories.documents import DocumentFactory, pdf_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.req("N5")]


def page_of(client, complaint: Complaint) -> str:
    return client.get(reverse("complaints:verify", args=[complaint.verification_code])).content.decode()


def test_the_page_confirms_number_date_and_desk_without_an_account(client):
    complaint = ComplaintFactory(opened_at=datetime(2026, 3, 3, 13, 5, tzinfo=UTC))
    page = page_of(client, complaint)
    assert spoken(complaint.number) in page
    assert "mardi 3 mars 2026 à 13:05" in page  # Casablanca keeps UTC during Ramadan
    assert str(complaint.desk) in page
    assert "Assurances de l’Atlas" in page


def test_each_document_of_the_filing_has_its_size_and_fingerprint(client):
    complaint = ComplaintFactory(documents=3)
    page = page_of(client, complaint)
    for joined in complaint.documents.select_related("document"):
        assert joined.document.sha256 in page
        assert f"{joined.document.received_size} octets" in page


def test_a_document_sent_later_is_no_part_of_the_receipt(client):
    complaint = ComplaintFactory(documents=1)
    later = DocumentFactory(data=pdf_bytes(text="Facture"))
    write_to_desk(complaint_id=complaint.pk, body="La facture.", documents=[later])
    assert later.sha256 not in page_of(client, complaint)


def test_nothing_of_the_case_is_shown(client):
    complaint = ComplaintFactory(documents=1, dependants=1)
    page = page_of(client, complaint)
    person = complaint.complainant
    hidden = [person.first_name, person.last_name, person.email, str(person.mobile), person.cin]
    hidden += [complaint.facts, complaint.policy_number, complaint.category.name, complaint.desired_outcome]
    hidden += [complaint.dependants.get().first_name]
    hidden += [complaint.documents.select_related("document").get().document.label]
    assert [text for text in hidden if text in page] == []


def test_the_page_is_the_same_whatever_became_of_the_case(client):
    complaint = ComplaintFactory()
    before = page_of(client, complaint)
    Complaint.objects.filter(pk=complaint.pk).update(state="closed", waiting_on="nobody")
    assert _without_nonces(page_of(client, complaint)) == _without_nonces(before)


def _without_nonces(page: str) -> list[str]:
    return [line for line in page.splitlines() if "nonce" not in line and "csrf" not in line]


@pytest.mark.parametrize("code", ["x" * 22, "court", "A" * 400, "%00" * 22, "é" * 22, "' OR 1=1 --"])
def test_an_unknown_code_is_the_404_of_any_other_page(client, code):
    ComplaintFactory()
    answer = client.get(f"/reclamations/verification/{code}/")
    assert answer.status_code == 404
    assert "errors/404.html" in [template.name for template in answer.templates]


def test_trying_codes_is_limited_for_each_address(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"verify-address": (2, 600)}
    statuses = [client.get("/reclamations/verification/" + "x" * 22 + "/").status_code for _ in range(3)]
    assert statuses == [404, 404, 429]


def test_codes_that_are_right_count_for_nothing(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"verify-address": (0, 600)}
    complaint = ComplaintFactory()
    assert [client.get(f"/reclamations/verification/{complaint.verification_code}/").status_code for _ in range(3)] == [
        200
    ] * 3


def test_the_page_costs_the_same_whatever_the_number_of_documents(client, django_assert_num_queries):
    one, many = ComplaintFactory(documents=1), ComplaintFactory(documents=6)
    for complaint in (one, many):
        with django_assert_num_queries(2):  # the case, its documents
            page_of(client, complaint)


def test_search_engines_are_asked_not_to_keep_the_page(client):
    assert '<meta name="robots" content="noindex">' in page_of(client, ComplaintFactory())


def test_the_page_only_answers_to_reading(client):
    url = reverse("complaints:verify", args=[ComplaintFactory().verification_code])
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405


def test_the_page_exists_in_arabic_from_right_to_left(client):
    complaint = ComplaintFactory()
    page = client.get(f"/ar/reclamations/verification/{complaint.verification_code}/").content.decode()
    assert 'dir="rtl"' in page
    assert f'<bdi class="number">{spoken(complaint.number)}</bdi>' in page
    assert complaint.desk.name_ar in page


def test_a_code_cannot_be_guessed_from_the_number_nor_from_another_code():
    codes = [ComplaintFactory().verification_code for _ in range(3)]
    assert len(set(codes)) == 3
    assert all(len(code) == 22 for code in codes)
