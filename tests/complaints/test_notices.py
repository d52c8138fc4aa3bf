"""What the messages about a complaint say, and what they never say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims_portal.notifications.models import Message
from complaints import notices
from complaints.models import Category, Complaint
from complaints.references import read_number, spoken
from complaints.services.following import send_my_complaints
from tests.factories.complaints import ComplaintFactory, ComplaintOrganisationFactory, DeskFactory

pytestmark = pytest.mark.django_db

KINDS = [
    notices.Receipt,
    notices.Acknowledged,
    notices.ComplementAsked,
    notices.NewMessage,
    notices.Answered,
    notices.AnswerLate,
    notices.Closed,
    notices.ClosingSoon,
    notices.Reopened,
]
# GSM 03.38, the alphabet of a 160-character SMS.
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
UCS_2_PARTS_OF_TWO = 134


def messages_of(kind: type[notices.CaseNotice], complaint: Complaint) -> dict[str, Message]:
    return {message.channel: message for message in kind(complaint).messages()}


def receipt_of(complaint: Complaint) -> str:
    return messages_of(notices.Receipt, complaint)["email"].body_text


def in_full(**given: Any) -> Complaint:
    return ComplaintFactory(wants_sms=True, dependants=1, documents=1, **given)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_the_number_and_the_way_to_the_case(kind, language):
    complaint = in_full(language=language)
    address = "/ar/reclamations/suivi/" if language == "ar" else "/reclamations/suivi/"
    for message in messages_of(kind, complaint).values():
        assert address in message.body_text
        digits = "".join(each for each in message.body_text if each.isdigit())
        assert complaint.number in digits


@pytest.mark.parametrize("kind", KINDS)
def test_an_email_has_a_subject_with_the_number(kind):
    complaint = in_full()
    assert spoken(complaint.number) in messages_of(kind, complaint)["email"].subject


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèçاتشكةم", min_size=3, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, min_size=12, max_size=12, unique=True), language=st.sampled_from(["fr", "ar"]))
def test_no_message_tells_who_complains_nor_about_what(db, words, language):
    secrets = [f"Qx{word}{number}" for number, word in enumerate(words)]
    complaint = Complaint.objects.with_case().filter(language=language).first() or in_full(language=language)
    complaint.category = Category(name_fr=secrets[0], name_ar=secrets[0], group_fr=secrets[1], group_ar=secrets[1])
    names = ("facts", "prior_steps", "prior_answer", "desired_outcome", "policy_number", "claim_reference")
    for name, secret in zip(names, secrets[2:8], strict=True):
        setattr(complaint, name, secret)
    names = ("first_name", "last_name", "represented_name", "cin")
    for name, secret in zip(names, secrets[8:12], strict=True):
        setattr(complaint.complainant, name, secret)
    told = "".join(
        message.subject + message.body_text + message.body_html
        for kind in KINDS
        for message in kind(complaint).messages()
    )
    assert [secret for secret in secrets if secret in told] == []


def test_no_message_repeats_what_the_desk_wrote():
    complaint = ComplaintFactory(state="complement", wants_sms=True)
    told = Message.objects.about(f"complaint:{complaint.pk}")
    assert told.filter(notice="complaints.complement").count() == 2
    assert not told.filter(body_text__contains="facture acquittée").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_french_sms_fits_in_one_part(kind):
    text = messages_of(kind, in_full())["sms"].body_text
    assert set(text) <= GSM_7
    assert len(text) <= 160


@pytest.mark.parametrize("kind", KINDS)
def test_an_arabic_sms_fits_in_two_parts(kind):
    text = messages_of(kind, in_full(language="ar"))["sms"].body_text
    assert len(text) <= UCS_2_PARTS_OF_TWO


@pytest.mark.req("A10")
@pytest.mark.req("C36")
def test_the_receipt_says_when_and_by_whom_the_complaint_was_received():
    complaint = ComplaintFactory(opened_at=datetime(2026, 3, 3, 13, 5, tzinfo=UTC))
    text = receipt_of(complaint)
    assert "mardi 3 mars 2026 à 13:05" in text
    assert str(complaint.desk) in text
    assert "Assurances de l’Atlas" in text


def test_the_receipt_tells_the_time_of_the_organisation():
    desk = DeskFactory(organisation=ComplaintOrganisationFactory(time_zone="Europe/Paris"))
    complaint = ComplaintFactory(desk=desk, opened_at=datetime(2026, 7, 3, 22, 30, tzinfo=UTC))
    assert "samedi 4 juillet 2026 à 00:30" in receipt_of(complaint)


@pytest.mark.req("C34")
@pytest.mark.req("C37")
def test_the_receipt_promises_two_dates_and_says_how_each_is_counted():
    complaint = ComplaintFactory(opened_at=datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    lines = [line for line in receipt_of(complaint).splitlines() if line.startswith("–")]
    assert len(lines) == 2
    assert "au plus tard le mardi 17 mars 2026 (10 jours ouvrables à compter du mardi 3 mars 2026" in lines[0]
    assert "30 jours ouvrables à compter du mardi 3 mars 2026" in lines[1]


def test_a_desk_without_delays_promises_no_date():
    desk = DeskFactory(procedure__acknowledgement_delay=None, procedure__answer_delay=None)
    text = receipt_of(ComplaintFactory(desk=desk))
    assert "Et maintenant" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_paragraphs_are_one_blank_line_apart(kind):
    text = messages_of(kind, in_full())["email"].body_text
    assert "\n\n\n" not in text
    assert not any(line != line.strip() for line in text.splitlines())


def test_while_the_complainant_is_asked_no_date_of_answer_is_promised():
    complaint = ComplaintFactory(state="complement")
    asked = Message.objects.get(notice="complaints.complement", about=f"complaint:{complaint.pk}")
    assert "en pause" in asked.body_text
    assert "jours ouvrables" not in receipt_of(complaint)


def test_the_answer_says_until_when_the_case_may_be_reopened():
    complaint = ComplaintFactory(state="answered")
    answered = Message.objects.get(notice="complaints.answered", about=f"complaint:{complaint.pk}")
    assert "rouvrir votre réclamation" in answered.body_text
    assert "60 jours à compter du" in answered.body_text


def test_the_groups_of_a_number_keep_their_order_in_an_arabic_line():
    with translation.override("ar"):
        assert notices.number_in_text("482913507264") == "4829\u00a01350\u00a07264"


def test_a_number_copied_from_a_message_is_read_back():
    complaint = ComplaintFactory()
    for language in ("fr", "ar"):
        with translation.override(language):
            assert read_number(notices.number_in_text(complaint.number)) == complaint.number


def test_a_person_without_email_is_told_by_sms_alone():
    complaint = ComplaintFactory(complainant__email="", wants_sms=True)
    assert set(messages_of(notices.Receipt, complaint)) == {"sms"}


def test_nobody_gets_an_sms_without_having_asked():
    assert set(messages_of(notices.Receipt, ComplaintFactory())) == {"email"}


def test_a_message_costs_two_queries_whatever_the_case_holds(django_assert_num_queries):
    complaint = in_full(messages=6, state="answered")
    with django_assert_num_queries(2):  # clocks and pauses
        notices.Answered(complaint).messages()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_link_to_ones_complaints_says_how_long_it_lives_and_names_none(language):
    complaint = ComplaintFactory()
    send_my_complaints(email=complaint.complainant.email, language=language)
    message = Message.objects.get(notice="complaints.mine")
    assert "/reclamations/mes-reclamations/" in message.body_text
    assert spoken(complaint.number) not in message.body_text
    assert "2" in message.body_text
