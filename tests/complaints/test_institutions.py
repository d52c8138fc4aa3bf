"""What the catalogue says of the five institutions. It is loaded once for all these tests: they only read."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from complaints.models import AskedField, Category, Procedure

from .conftest import MODELS
from .public import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

ARABIC = set(map(chr, range(0x0600, 0x0700)))


def text_of(organisation: str, kind: str) -> LegalText:
    text = LegalText.objects.in_force().filter(organisation__code=organisation, kind=kind).first()
    assert text
    return text


@pytest.mark.req("A2", "B2")
def test_the_five_institutions_are_there_with_their_desks() -> None:
    found = set(Desk.objects.open().values_list("organisation__code", "code"))
    assert found == {
        ("acaps", "acaps"),
        ("acaps", "acaps-prevoyance"),
        ("cnss", "cnss"),
        ("cnss", "cnss-recours"),
        ("saham", "saham"),
        ("allianz", "allianz"),
        ("cpms", "cpms"),
    }


@pytest.mark.req("A7", "A8", "A17", "A18", "A19")
def test_a_person_chooses_between_the_two_sectors() -> None:
    assert [sector.name_fr for sector in Sector.objects.all()] == [
        "E-réclamation Assurance",
        "E-réclamation Prévoyance Sociale",
    ]
    assert all(sector.desks.filter(organisation__code="acaps").count() == 1 for sector in Sector.objects.all())


def test_every_text_has_its_arabic() -> None:
    for model in MODELS:
        names = [field.name for field in model._meta.concrete_fields if field.name.endswith("_ar")]
        for row in model._default_manager.all():
            for name in names:
                french, arabic = getattr(row, name[:-2] + "fr"), getattr(row, name)
                assert bool(french) == bool(arabic), (row, name)
                assert arabic == french or not arabic or ARABIC & set(arabic), (row, name)


def test_arabic_texts_hold_the_same_numbers_and_addresses() -> None:
    for text in LegalText.objects.all():
        marks = {word.strip(".,،؛;:()") for word in text.body_fr.split() if "@" in word or "www." in word}
        assert all(mark in text.body_ar for mark in marks), text


def test_numbers_in_arabic_texts_keep_their_order() -> None:
    # Between Arabic words, « 09-08 » or « 01 47 70 » is shown from its last part to its first unless it is isolated.
    for model in MODELS:
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                if field.name.endswith("_ar"):
                    outside = re.sub("\u2066[^\u2069]*\u2069", "", getattr(row, field.name))
                    assert not re.search(r"[0-9][- ][0-9]|[0-9][A-Z]", outside), (row, field.name)


def test_each_desk_has_delays_categories_and_a_consent_in_force() -> None:
    for desk in Desk.objects.select_related("procedure", "organisation"):
        procedure = desk.procedure
        assert procedure.acknowledgement_delay and procedure.answer_delay and procedure.reopening_delay
        assert desk.categories.filter(is_active=True, code="autre").exists()
        assert 8 <= desk.categories.count() <= 16
        for kind in set(LegalText.Kind.values) - {LegalText.Kind.MEMBER_TERMS}:
            assert text_of(desk.organisation.code, kind).valid_from <= timezone.now()


def test_the_categories_of_a_group_stand_together() -> None:
    for desk in Desk.objects.all():
        groups = [category.group_fr for category in desk.categories.all()]
        runs = [group for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group]
        assert len(runs) == len(set(groups))


def test_every_delay_says_where_it_comes_from() -> None:
    assert not Delay.objects.filter(source="").exists()
    assert "Réglage de démonstration" in Delay.objects.get(code="acaps-reponse").source


def test_the_authority_asks_which_company_or_fund_is_concerned() -> None:
    asked = AskedField.objects.filter(field="respondent", is_required=True)
    assert {each.desk.code for each in asked.select_related("desk")} == {"acaps", "acaps-prevoyance"}
    assert all(sector.respondents.count() >= 5 for sector in Sector.objects.all())


@pytest.mark.req("C3")
def test_cpms_says_who_it_is(client: Client) -> None:
    cpms = Organisation.objects.get(code="cpms")
    page = read(client, reverse("complaints:desk", args=["cpms"]))
    assert "Centre de Prévoyance Médico-Sociale depuis 1950" in page
    assert (cpms.country, cpms.time_zone) == ("FR", "Europe/Paris")


@pytest.mark.req("C14", "C15", "C16", "C17")
def test_cpms_has_one_desk_reached_by_phone_mail_and_post(client: Client) -> None:
    desk = Desk.objects.get(organisation__code="cpms")
    assert desk.phone == "01 47 70 30 97"
    assert desk.email == "reclamationscpms@cpms.fr"
    assert "Service réclamations\n5, rue Geoffroy Marie\n75009 Paris" in desk.postal_address
    page = read(client, reverse("complaints:desk", args=["cpms"]))
    for words in (desk.phone, desk.email, "Service réclamations", "5, rue Geoffroy Marie", "75009 Paris"):
        assert words in page


@pytest.mark.req("C22", "C23", "C26")
def test_cpms_asks_for_the_social_security_number_the_address_and_the_subscriber() -> None:
    asked = AskedField.objects.filter(desk__code="cpms", is_required=True).values_list("field", flat=True)
    assert set(asked) == {"nir", "address", "subscriber"}


@pytest.mark.req("C27", "C28", "C29", "C30", "C31")
def test_cpms_takes_complaints_on_any_subject() -> None:
    names = list(Category.objects.filter(desk__code="cpms").values_list("name_fr", flat=True))
    assert names[:4] == ["Adhésion", "Résiliation", "Cotisation", "Remboursement"]
    assert names[-1] == "Autre sujet"


@pytest.mark.req("C34", "C37")
def test_cpms_acknowledges_in_ten_days_and_answers_in_two_months() -> None:
    procedure = Procedure.objects.get(desk__code="cpms")
    delays = [procedure.acknowledgement_delay, procedure.answer_delay]
    assert [(delay.amount, delay.unit, delay.calendar.country) for delay in delays if delay] == [
        (10, "days", "FR"),
        (2, "months", "FR"),
    ]


@pytest.mark.req("C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12")
def test_cpms_explains_what_a_complaint_is_with_its_three_examples(client: Client) -> None:
    body = read(client, reverse("complaints:desk", args=["cpms"]))
    for words in (
        "la manifestation de votre mécontentement sur un aspect de votre contrat ou de son suivi",
        "À quel montant de remboursement ai-je droit",
        "Je ne comprends pas sur quelle base je dois calculer mon remboursement.",
        "Ai-je bien droit à telle ou telle prestation dans mon contrat",
    ):
        assert words in body


@pytest.mark.req("C40", "C41", "C42", "C43", "C44", "C45", "C46")
def test_cpms_names_both_mediators(client: Client) -> None:
    page = client.get(reverse("complaints:desk", args=["cpms"])).content.decode()
    for words in (
        "En cas de litige",
        "porté par un assureur",
        "TSA 50110, 75441 Paris Cedex 09",
        "https://www.mediation-assurance.org/",
        "porté par une institution de prévoyance",
        "10, rue Cambacérès, 75008 Paris",
        "https://ctip.asso.fr/",
    ):
        assert words in page


@pytest.mark.req("D22", "D23", "D24", "D25", "D26", "D27", "D28", "D29", "D30", "D31")
def test_saham_tells_what_becomes_of_personal_data(client: Client) -> None:
    body = read(client, reverse("legal-text", args=["saham", "data-protection"]))
    for words in (
        "consulter vos contrats d’assurance",
        "durée du contrat d’assurance, puis",
        "délais de prescription",
        "loi n° 09-08",
        "dahir 1-09-15 du 18 février 2009",
        "droit d’accès, de rectification et d’opposition",
        "216, boulevard Zerktouni, 20 000 Casablanca",
        "0522 43 56 00",
        "A-A-382/2013",
        "vous concernent personnellement",
        "n’engage pas sa responsabilité civile",
    ):
        assert words in body


@pytest.mark.req("D154")
def test_saham_shows_its_legal_notice_with_the_numbers_of_the_source(client: Client) -> None:
    body = read(client, reverse("legal-text", args=["saham", "legal-notice"]))
    for words in (
        "411.687.400",
        "loi n° 17-99",
        "216, Boulevard Zerkouni",
        "22.341",
        "167.8541",
        "355.11.249",
        "01084025",
        "0522 47 40 40",
        "0522 20 60 81",
    ):
        assert words in body


@pytest.mark.req("E122")
def test_allianz_answers_in_forty_eight_hours() -> None:
    delay = Procedure.objects.get(desk__code="allianz").answer_delay
    assert delay
    assert (delay.amount, delay.unit) == (48, "hours")


@pytest.mark.req("B3", "B33")
def test_cnss_has_a_service_for_appeals_with_thirty_days_of_its_own() -> None:
    desk = Desk.objects.get(code="cnss-recours")
    delay = desk.procedure.answer_delay
    assert (delay.amount, delay.unit, delay.counting) == (30, "days", "calendar-days")
    assert desk.asked_fields.filter(field="claim_reference").exists()
    assert "Après 30 jours sans réponse" in desk.introduction_fr


@pytest.mark.req("B32")
def test_cnss_answers_in_thirty_days_after_which_conciliation_opens() -> None:
    delay = Procedure.objects.get(desk__code="cnss").answer_delay
    assert delay
    assert (delay.amount, delay.unit, delay.counting) == (30, "days", "calendar-days")
    assert "après 30 jours sans réponse" in text_of("cnss", "complaint-guide").body_fr


@pytest.mark.req("B1", "B4", "B6", "B9", "B10", "B11", "B15", "B16", "B17", "B18", "B19", "B20", "B21", "B22")
@pytest.mark.req("B23", "B24", "B25", "B26", "B27", "B28", "B29", "B30", "B31")
def test_the_page_of_cnss_says_what_conciliation_is_and_how_to_ask_for_it(client: Client) -> None:
    page = read(client, reverse("complaints:desk", args=["cnss"]))
    for words in (
        "Gratuite et impartiale, elle cherche avec vous une solution à l’amiable.",
        "Elle dépend directement de la Direction générale, et non des services qui ont traité votre plainte.",
        "pas d’accord avec notre décision ou notre réponse, ou après 30 jours sans réponse",
        "services en ligne du site",
        "formulaire 901-1-01, envoyé par courrier ou déposé en agence avec la copie de vos justificatifs",
        "https://www.cnss.ma",
        "649, boulevard Mohammed V",
    ):
        assert words in page
