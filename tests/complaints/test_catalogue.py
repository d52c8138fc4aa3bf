"""The five institutions as data, and the loader that takes a file whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone
from django.utils.translation import override

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from complaints.management.commands.load_demo import CATALOGUE
from complaints.models import AskedField, Category, Procedure, Respondent
from complaints.services.catalogue import CatalogueError, load_catalogue

MODELS: list[type[models.Model]] = [
    AskedField,
    Calendar,
    Category,
    Delay,
    Desk,
    LegalText,
    Organisation,
    Procedure,
    Respondent,
    Sector,
]
ARABIC = set(map(chr, range(0x0600, 0x0700)))
COMMON = """
[[sectors]]
code = "assurance"
name = { fr = "Assurance", ar = "التأمين" }

[[calendars]]
code = "ma"
name = { fr = "Maroc", ar = "المغرب" }
country = "MA"

[[delays]]
code = "reponse"
name = { fr = "Réponse", ar = "الجواب" }
amount = 10
unit = "days"
counting = "working-days"
calendar = "ma"
"""
SIXTH = """
[organisation]
code = "sixieme"
kind = "insurer"
name = { fr = "Sixième", ar = "السادسة" }
short_name = { fr = "Sixième", ar = "السادسة" }

[[desks]]
code = "sixieme"
sectors = ["assurance"]
name = { fr = "Guichet", ar = "شباك" }

[desks.procedure]
answer_delay = "reponse"

[[desks.categories]]
code = "autre"
name = { fr = "Autre", ar = "آخر" }

[[texts]]
kind = "data-protection"
version = "1"
valid_from = 2025-01-01T00:00:00Z
title = { fr = "Vos données", ar = "معطياتكم" }
body = { fr = "Un texte.", ar = "نص." }
"""


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in MODELS}


def text_of(organisation: str, kind: str) -> LegalText:
    text = LegalText.objects.in_force().filter(organisation__code=organisation, kind=kind).first()
    assert text
    return text


@pytest.fixture
def catalogue(db: Any) -> None:
    load_catalogue(folder=CATALOGUE)


@pytest.fixture
def folder(db: Any, tmp_path: Path) -> Path:
    """A small catalogue of one institution, to change at will."""
    (tmp_path / "common.toml").write_text(COMMON)
    (tmp_path / "sixieme.toml").write_text(SIXTH)
    return tmp_path


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


# --- What the catalogue holds -------------------------------------------------------------------------------------


@pytest.mark.req("A2")
def test_the_five_institutions_are_there_with_their_desks(catalogue: None) -> None:
    found = set(Desk.objects.open().values_list("organisation__code", "code"))
    assert found == {
        ("acaps", "acaps"),
        ("acaps", "acaps-prevoyance"),
        ("cnss", "cnss"),
        ("saham", "saham"),
        ("allianz", "allianz"),
        ("cpms", "cpms"),
    }


@pytest.mark.req("A7", "A8", "A17", "A18", "A19")
def test_a_person_chooses_between_the_two_sectors(catalogue: None) -> None:
    assert [sector.name_fr for sector in Sector.objects.all()] == [
        "E-réclamation Assurance",
        "E-réclamation Prévoyance Sociale",
    ]
    assert all(sector.desks.filter(organisation__code="acaps").count() == 1 for sector in Sector.objects.all())


def test_every_text_has_its_arabic(catalogue: None) -> None:
    for model in MODELS:
        names = [field.name for field in model._meta.concrete_fields if field.name.endswith("_ar")]
        for row in model._default_manager.all():
            for name in names:
                french, arabic = getattr(row, name[:-2] + "fr"), getattr(row, name)
                assert bool(french) == bool(arabic), (row, name)
                assert arabic == french or not arabic or ARABIC & set(arabic), (row, name)


def test_arabic_texts_hold_the_same_numbers_and_addresses(catalogue: None) -> None:
    for text in LegalText.objects.all():
        marks = {word.strip(".,،؛;:()") for word in text.body_fr.split() if "@" in word or "www." in word}
        assert all(mark in text.body_ar for mark in marks), text


def test_each_desk_has_delays_categories_and_a_consent_in_force(catalogue: None) -> None:
    for desk in Desk.objects.select_related("procedure", "organisation"):
        procedure = desk.procedure
        assert procedure.acknowledgement_delay and procedure.answer_delay and procedure.reopening_delay
        assert desk.categories.filter(is_active=True, code="autre").exists()
        assert 8 <= desk.categories.count() <= 16
        for kind in LegalText.Kind.values:
            assert text_of(desk.organisation.code, kind).valid_from <= timezone.now()


def test_the_categories_of_a_group_stand_together(catalogue: None) -> None:
    for desk in Desk.objects.all():
        groups = [category.group_fr for category in desk.categories.all()]
        runs = [group for index, group in enumerate(groups) if index == 0 or groups[index - 1] != group]
        assert len(runs) == len(set(groups))


def test_every_delay_says_where_it_comes_from(catalogue: None) -> None:
    assert not Delay.objects.filter(source="").exists()
    assert "Réglage de démonstration" in Delay.objects.get(code="acaps-reponse").source


def test_the_authority_asks_which_company_or_fund_is_concerned(catalogue: None) -> None:
    asked = AskedField.objects.filter(field="respondent", is_required=True)
    assert {each.desk.code for each in asked.select_related("desk")} == {"acaps", "acaps-prevoyance"}
    assert all(sector.respondents.count() >= 5 for sector in Sector.objects.all())


@pytest.mark.req("C3")
def test_cpms_says_who_it_is(catalogue: None) -> None:
    cpms = Organisation.objects.get(code="cpms")
    assert cpms.tagline_fr == "Centre de Prévoyance Médico-Sociale depuis 1950"
    assert (cpms.country, cpms.time_zone) == ("FR", "Europe/Paris")


@pytest.mark.req("C14", "C15", "C16", "C17")
def test_cpms_has_one_desk_reached_by_phone_mail_and_post(catalogue: None) -> None:
    desk = Desk.objects.get(organisation__code="cpms")
    assert desk.phone == "01 47 70 30 97"
    assert desk.email == "reclamationscpms@cpms.fr"
    assert "Service réclamations\n5, rue Geoffroy Marie\n75009 Paris" in desk.postal_address


@pytest.mark.req("C22", "C23", "C26")
def test_cpms_asks_for_the_social_security_number_the_address_and_the_subscriber(catalogue: None) -> None:
    asked = AskedField.objects.filter(desk__code="cpms", is_required=True).values_list("field", flat=True)
    assert set(asked) == {"nir", "address", "subscriber"}


@pytest.mark.req("C27", "C28", "C29", "C30", "C31")
def test_cpms_takes_complaints_on_any_subject(catalogue: None) -> None:
    names = list(Category.objects.filter(desk__code="cpms").values_list("name_fr", flat=True))
    assert names[:4] == ["Adhésion", "Résiliation", "Cotisation", "Remboursement"]
    assert names[-1] == "Autre sujet"


@pytest.mark.req("C34", "C37")
def test_cpms_acknowledges_in_ten_days_and_answers_in_two_months(catalogue: None) -> None:
    procedure = Procedure.objects.get(desk__code="cpms")
    delays = [procedure.acknowledgement_delay, procedure.answer_delay]
    assert [(delay.amount, delay.unit, delay.calendar.country) for delay in delays if delay] == [
        (10, "days", "FR"),
        (2, "months", "FR"),
    ]


@pytest.mark.req("C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12")
def test_cpms_explains_what_a_complaint_is_with_its_three_examples(catalogue: None) -> None:
    body = text_of("cpms", "complaint-guide").body_fr
    for words in (
        "la manifestation de votre mécontentement sur un aspect de votre contrat ou de son suivi",
        "À quel montant de remboursement ai-je droit",
        "Je ne comprends pas sur quelle base je dois calculer mon remboursement.",
        "Ai-je bien droit à telle ou telle prestation dans mon contrat",
    ):
        assert words in body


@pytest.mark.req("C40", "C41", "C42", "C43", "C44", "C45", "C46")
def test_cpms_names_both_mediators(catalogue: None) -> None:
    body = text_of("cpms", "complaint-guide").body_fr
    for words in (
        "TSA 50110, 75441 Paris Cedex 09",
        "https://www.mediation-assurance.org/",
        "10, rue Cambacérès, 75008 Paris",
        "https://ctip.asso.fr/",
    ):
        assert words in body


@pytest.mark.req("D22", "D23", "D24", "D25", "D26", "D27", "D28", "D29", "D30", "D31")
def test_saham_tells_what_becomes_of_personal_data(catalogue: None) -> None:
    body = text_of("saham", "data-protection").body_fr
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
def test_saham_shows_its_legal_notice_with_the_numbers_of_the_source(catalogue: None) -> None:
    body = text_of("saham", "legal-notice").body_fr
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
def test_allianz_answers_in_forty_eight_hours(catalogue: None) -> None:
    delay = Procedure.objects.get(desk__code="allianz").answer_delay
    assert delay
    assert (delay.amount, delay.unit) == (48, "hours")


@pytest.mark.req("B32")
def test_cnss_answers_in_thirty_days_after_which_conciliation_opens(catalogue: None) -> None:
    delay = Procedure.objects.get(desk__code="cnss").answer_delay
    assert delay
    assert (delay.amount, delay.unit, delay.counting) == (30, "days", "calendar-days")
    assert "après 30 jours sans réponse" in text_of("cnss", "complaint-guide").body_fr


# --- The loader ---------------------------------------------------------------------------------------------------


def test_loading_twice_changes_nothing(catalogue: None) -> None:
    before, versions = counts(), list(Desk.objects.values_list("code", "version"))
    load_catalogue(folder=CATALOGUE)
    assert counts() == before
    assert list(Desk.objects.values_list("code", "version")) == versions


def test_a_sixth_institution_is_a_file_and_no_code(folder: Path) -> None:
    shutil.copytree(CATALOGUE, folder, dirs_exist_ok=True)
    change(folder / "sixieme.toml", 'answer_delay = "reponse"', 'answer_delay = "reouverture-ma"')
    load_catalogue(folder=folder)
    assert Organisation.objects.count() == 6


def test_a_changed_file_updates_its_rows_and_raises_the_version_of_its_desks(folder: Path) -> None:
    load_catalogue(folder=folder)
    before = Desk.objects.get(code="sixieme").version
    change(folder / "sixieme.toml", 'fr = "Autre"', 'fr = "Autre sujet"')
    load_catalogue(folder=folder)
    assert Category.objects.get(desk__code="sixieme").name_fr == "Autre sujet"
    assert Desk.objects.get(code="sixieme").version == before + 1


def test_rows_that_staff_added_stay(folder: Path) -> None:
    load_catalogue(folder=folder)
    Category.objects.create(desk=Desk.objects.get(), code="ajoutee", name_fr="Ajoutée")
    load_catalogue(folder=folder)
    assert Category.objects.count() == 2


@pytest.mark.parametrize(
    ("file", "before", "after", "place", "reason"),
    [
        ("sixieme.toml", ', ar = "آخر"', "", "categories", "arabe"),
        ("sixieme.toml", 'answer_delay = "reponse"', 'answer_delay = "jamais"', "procedure", "« jamais »"),
        ("sixieme.toml", 'kind = "insurer"', 'kind = "bakery"', "organisation", "« kind »"),
        ("sixieme.toml", 'kind = "insurer"', 'kind = "insurer"\nslogan = "!"', "organisation", "« slogan »"),
        ("sixieme.toml", 'code = "autre"', "", "categories « 1 »", "« code »"),
        ("sixieme.toml", 'sectors = ["assurance"]', 'sectors = ["lune"]', "desks « sixieme »", "« lune »"),
        ("sixieme.toml", 'answer_delay = "reponse"', "answer_delay = ", "TOML", "line"),
        ("sixieme.toml", "2025-01-01T00:00:00Z", "12", "texts « data-protection »", "type"),
        ("sixieme.toml", "[[texts]]", "[texts]", "texts", "suite de tables"),
        ("sixieme.toml", "[desks.procedure]", "[desks.procedures]", "desks « sixieme »", "« procedure »"),
        ("common.toml", "amount = 10", "amount = 0", "delays « reponse »", "« amount »"),
        ("common.toml", 'country = "MA"', 'country = "XX"', "calendars « ma »", "« country »"),
        ("common.toml", "[[sectors]]", "[[secteurs]]", "common.toml", "« secteurs »"),
    ],
)
def test_a_bad_file_is_refused_whole_with_a_sentence_naming_the_place(
    folder: Path, file: str, before: str, after: str, place: str, reason: str
) -> None:
    change(folder / file, before, after)
    with override("fr"), pytest.raises(CatalogueError) as refusal:
        load_catalogue(folder=folder)
    sentence = str(refusal.value).replace("\u00a0", " ")
    assert sentence.startswith(("sixieme.toml", file))
    assert place in sentence
    assert reason in sentence
    assert sum(counts().values()) == 0


def test_a_missing_common_file_is_named(db: Any, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"common\.toml"):
        load_catalogue(folder=tmp_path)


# --- The demonstration --------------------------------------------------------------------------------------------


@pytest.fixture
def demo(db: Any, settings: Any) -> None:
    settings.DEMO = True
    call_command("load_demo")


def test_the_demonstration_refuses_to_load_elsewhere(db: Any, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        call_command("load_demo")
    assert User.objects.count() == 0


def test_each_desk_has_one_agent_who_may_handle_and_change_no_setting(demo: None) -> None:
    for desk in Desk.objects.all():
        agent = desk.agents.get()
        assert agent.email == f"agent.{desk.code}@demo.invalid"
        assert agent.is_staff
        assert agent.has_perm("complaints.handle")
        assert agent.has_perm("complaints.view_complaint")
        assert not any(
            name.split(".")[1].startswith(("add_", "change_", "delete_")) for name in agent.get_all_permissions()
        )


def test_demo_accounts_open_with_the_documented_password(demo: None, settings: Any, rf: Any) -> None:
    request = rf.post("/")
    user = authenticate(request, username="superviseur@demo.invalid", password=settings.DEMO_PASSWORD)
    assert user is not None
    assert user.is_superuser


def test_loading_the_demonstration_again_keeps_what_staff_have_changed(demo: None) -> None:
    Category.objects.filter(desk__code="cpms", code="adhesion").update(name_fr="Adhésion et affiliation")
    before, accounts = counts(), User.objects.count()
    call_command("load_demo")
    assert Category.objects.get(desk__code="cpms", code="adhesion").name_fr == "Adhésion et affiliation"
    assert (counts(), User.objects.count()) == (before, accounts)


def test_a_refresh_puts_the_files_back(demo: None) -> None:
    Category.objects.filter(desk__code="cpms", code="adhesion").update(name_fr="Autre chose")
    call_command("load_demo", refresh=True)
    assert Category.objects.get(desk__code="cpms", code="adhesion").name_fr == "Adhésion"


def test_loading_again_costs_a_handful_of_queries(demo: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        call_command("load_demo")
