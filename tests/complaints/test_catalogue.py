"""The loader takes a file whole or not at all; the demonstration stands on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import override_settings
from django.utils.translation import override

from claims_portal.accounts.models import User
from claims_portal.catalogue import CatalogueError
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from complaints.management.commands.load_demo import CATALOGUE
from complaints.models import (
    AnswerTemplate,
    AskedField,
    AssignmentRule,
    Category,
    Complaint,
    Event,
    EventKind,
    Letter,
    Procedure,
    Recipient,
    Referral,
    Respondent,
    Team,
)
from complaints.services.catalogue import load_catalogue
from tests.factories.complaints import ComplaintFactory

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


def test_a_text_that_somebody_agreed_to_is_never_rewritten(folder: Path) -> None:
    load_catalogue(folder=folder)
    complaint = ComplaintFactory(desk=Desk.objects.get())
    change(folder / "sixieme.toml", "Un texte.", "Un autre texte.")
    with pytest.raises(CatalogueError, match="donnez-en une nouvelle"):
        load_catalogue(folder=folder)
    change(folder / "sixieme.toml", 'version = "1"', 'version = "2"')
    load_catalogue(folder=folder)
    complaint.refresh_from_db()
    assert complaint.consent_text
    assert complaint.consent_text.body_fr == "Un texte."
    assert LegalText.objects.count() == 2


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


def test_the_demonstration_refuses_to_load_elsewhere(db: Any, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        call_command("load_demo")
    assert User.objects.count() == 0


@pytest.fixture(scope="class")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once: what a test of the class changes in it is undone."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        call_command("load_demo")
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestDemo:
    def test_each_desk_has_one_agent_who_may_handle_and_change_no_setting(self) -> None:
        for desk in Desk.objects.all():
            agent = desk.agents.get(email=f"agent.{desk.code}@demo.invalid")
            assert agent.is_staff
            assert agent.has_perm("complaints.handle")
            assert agent.has_perm("complaints.view_complaint")
            assert not any(
                name.split(".")[1].startswith(("add_", "change_", "delete_")) for name in agent.get_all_permissions()
            )

    def test_no_page_of_the_demonstration_is_empty(self) -> None:
        for model in (Recipient, Team, AssignmentRule, AnswerTemplate, Referral, Letter):
            assert model.objects.exists(), model
        assert Complaint.objects.exclude(held_at=None).exists()
        assert Event.objects.filter(kind=EventKind.ROUTED).exists()

    def test_demo_accounts_open_with_the_documented_password(self, settings: Any, rf: Any) -> None:
        request = rf.post("/")
        user = authenticate(request, username="superviseur@demo.invalid", password=settings.DEMO_PASSWORD)
        assert user is not None
        assert user.is_superuser

    def test_loading_the_demonstration_again_keeps_what_staff_have_changed(self) -> None:
        Category.objects.filter(desk__code="cpms", code="adhesion").update(name_fr="Adhésion et affiliation")
        before, accounts = counts(), User.objects.count()
        call_command("load_demo")
        assert Category.objects.get(desk__code="cpms", code="adhesion").name_fr == "Adhésion et affiliation"
        assert (counts(), User.objects.count()) == (before, accounts)

    def test_a_refresh_puts_the_files_back(self) -> None:
        Category.objects.filter(desk__code="cpms", code="adhesion").update(name_fr="Autre chose")
        call_command("load_demo", refresh=True)
        assert Category.objects.get(desk__code="cpms", code="adhesion").name_fr == "Adhésion"

    def test_loading_again_costs_a_handful_of_queries(self, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(12):
            call_command("load_demo")
