"""« Suivi des dossiers envoyés »: what the member sees of their declarations, does about them, and never of others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from claims_portal.documents.models import Document, DocumentReading
from claims_portal.wizards.models import Draft
from health_claims.models import Claim, Declaration
from membership.models import Member
from tests.factories.documents import pdf_bytes, upload
from tests.factories.health_claims import CARE_DATE, DeclarationFactory, lead
from tests.factories.membership import MemberFactory, enter_as

pytestmark = pytest.mark.django_db
LIST = "/sante/suivi/"


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory.create(activated=True)
    enter_as(client, member)
    return member


def words(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return re.sub(r"[\s\u00a0\u202f]+", " ", answer.content.decode())


def detail(declaration: Declaration, page: str = "") -> str:
    return f"{LIST}{declaration.number}/{page}"


@pytest.mark.req("D131", "D132", "D133", "D134", "D135", "D136", "D138")
def test_every_declaration_stands_in_the_list_under_the_columns_of_the_guide(client, member):
    declaration = DeclarationFactory(member=member)
    Declaration.objects.update(opened_at=datetime(2026, 7, 6, 17, 49, 30, tzinfo=UTC))
    shown = words(client, LIST)
    assert "Suivi des dossiers envoyés" in shown
    columns = re.findall(r'<th scope="col">([^<]+)</th>', shown)
    assert columns == ["Date demande", "Type Dossier", "Frais Engagé", "Statut Motif", "ID demande", "N° Déclaration"]
    cells = ("06/07/2026 18:49:30", "Optique", "2 100,00 MAD", "Créée", declaration.number)
    assert [each for each in cells if each not in shown] == []


@pytest.mark.req("D141", "D142", "D143")
def test_the_legend_has_the_words_of_the_guide(client, member):
    shown = words(client, LIST)
    legend = {
        "Créée": "Demande de déclaration en ligne créée en attente de confirmation",
        "Validée": "Demande de déclaration en ligne validée",
        "Rejetée": "Demande de déclaration en ligne rejetée",
    }
    assert "Légende" in shown
    assert dict(re.findall(r"<dt><span[^>]*>([^<]+)</span> ?</dt> ?<dd>([^<]+)</dd>", shown)) == legend


@pytest.mark.req("D137", "D144", "D150")
def test_a_rejected_one_shows_its_reason_and_its_advice(client, member):
    declaration = DeclarationFactory(member=member, rejected=True)
    shown = words(client, LIST)
    assert "Rejetée" in shown
    assert "Pièce illisible" in shown
    shown = words(client, detail(declaration))
    assert "Photographiez la pièce à la lumière du jour" in shown
    assert "Déclarer de nouveau" in shown


@pytest.mark.req("D139", "D147", "D149")
def test_a_validated_one_shows_the_number_of_the_claim_it_opened(client, member):
    declaration = DeclarationFactory(member=member)
    lead(declaration, "validate", "", decided_at=timezone.now())
    Claim.objects.create(
        number="20260706000007",
        declaration=declaration,
        desk=declaration.desk,
        member=member,
        prestation=declaration.prestation,
        guarantee=declaration.guarantee,
        care_date=CARE_DATE,
        amount=declaration.amount,
        opened_at=timezone.now(),
    )
    assert "20260706000007" in words(client, LIST)
    assert "20260706000007" in words(client, detail(declaration))


@pytest.mark.req("D140", "D145")
def test_the_status_shown_is_the_one_of_now(client, member):
    declaration = DeclarationFactory(member=member)
    chip = re.compile(r'data-label="Statut Motif">.*?chip-\w+">([^<]+)<')
    assert chip.findall(words(client, LIST)) == ["Créée"]
    lead(declaration, "validate", "")
    assert chip.findall(words(client, LIST)) == ["Validée"]


def test_an_empty_list_says_where_to_begin(client, member):
    assert "Vous n’avez encore envoyé aucun dossier" in words(client, LIST)


def test_older_ones_are_paged_by_key_and_a_made_up_key_is_not_found(client, member):
    made = [DeclarationFactory(member=member, documents=0).number for _number in range(22)]
    first = words(client, LIST)
    [older] = re.findall(r'href="(\?apres=[^"]+)"', first)
    second = words(client, LIST + older)
    found = [re.findall(r"/sante/suivi/(\d{14})/", page) for page in (first, second)]
    assert [len(each) for each in found] == [20, 2]
    assert found[0] + found[1] == made[::-1]
    assert client.get(LIST + "?apres=rien").status_code == 404


def test_what_is_asked_is_shown_and_answered_with_text_and_files(client, member):
    declaration = DeclarationFactory(member=member, asked=True)
    assert "Il manque la facture." in words(client, detail(declaration))
    sent = {"body": "La voici.", "files": upload(name="facture.pdf")}
    answer = client.post(detail(declaration, "complement/"), sent, follow=True)
    shown = answer.content.decode()
    assert "Votre complément est envoyé" in shown
    assert "La voici." in shown
    assert "facture.pdf" in shown


def test_what_is_asked_is_told_first_at_home_until_it_is_answered(client, member):
    declaration = DeclarationFactory(member=member, asked=True)
    DeclarationFactory(asked=True)
    home = reverse("membership:home")
    shown = words(client, home)
    assert shown.count("Un complément vous est demandé") == 1
    assert f"Demande n° {declaration.number} :" in shown and detail(declaration) in shown
    client.post(detail(declaration, "complement/"), {"body": "La voici."})
    assert "Un complément vous est demandé" not in words(client, home)


def test_an_answer_without_text_or_file_is_asked_for_with_a_sentence(client, member):
    declaration = DeclarationFactory(member=member, asked=True)
    answer = client.post(detail(declaration, "complement/"), {"body": " "})
    assert answer.context["form"].errors == {"body": ["Écrivez votre réponse, ou joignez au moins un document."]}


def test_a_refused_file_is_told_beside_its_field_and_the_text_is_kept(client, member):
    declaration = DeclarationFactory(member=member, asked=True)
    sent = {"body": "La voici.", "files": [upload(), upload(b"GIF89a nothing", name="photo.jpg")]}
    shown = client.post(detail(declaration, "complement/"), sent).content.decode()
    beside = shown.partition('id="id_files_error"')[2].partition("<input")[0]
    assert "photo.jpg" in beside and "Rien n’est encore envoyé" in beside
    assert "La voici.</textarea>" in shown
    assert Document.objects.count() == declaration.documents.count()


def test_a_complement_sent_by_two_presses_is_one_and_both_are_told_so(client, member):
    declaration, file = DeclarationFactory(member=member, asked=True), pdf_bytes()
    for _twice in range(2):
        sent = {"body": "La voici.", "files": upload(file, name="facture.pdf")}
        answer = client.post(detail(declaration, "complement/"), sent, follow=True)
        assert "Votre complément est envoyé." in answer.content.decode()
    assert declaration.documents.filter(kind="complement").count() == 1
    assert declaration.events.filter(kind="supply").count() == 1
    assert not Document.objects.filter(claimed_at=None).exists()


def test_a_complement_nobody_waits_for_is_told_and_leaves_no_file(client, member):
    declaration = DeclarationFactory(member=member, documents=0)
    sent = {"body": "Voici.", "files": upload()}
    answer = client.post(detail(declaration, "complement/"), sent, follow=True)
    assert "n’est plus attendu" in answer.content.decode()
    assert not Document.objects.exists()


def test_declaring_again_leads_to_the_pieces_of_a_draft_that_is_filled_in(client, member):
    declaration = DeclarationFactory(member=member, rejected=True)
    answer = client.post(detail(declaration, "de-nouveau/"))
    draft = Draft.objects.get()
    assert answer["Location"] == f"/sante/declaration/{draft.pk}/pieces/"
    assert client.post(detail(DeclarationFactory(member=member), "de-nouveau/")).status_code == 404


def test_a_piece_is_given_to_its_owner_and_the_reading_is_logged(client, member):
    declaration = DeclarationFactory(member=member)
    answer = client.get(detail(declaration, f"pieces/{declaration.documents.get().pk}/"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert DocumentReading.objects.get().reader == "member"


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("declaration-detail", "get"),
        ("declaration-complement", "get"),
        ("declaration-complement", "post"),
        ("declare-again", "get"),
        ("declare-again", "post"),
        ("declaration-document", "get"),
    ],
)
def test_the_declaration_of_another_member_does_not_exist(client, member, name, method):
    theirs = DeclarationFactory(rejected=True)
    arguments: list[Any] = [theirs.number]
    if name == "declaration-document":
        arguments.append(theirs.documents.get().pk)
    assert getattr(client, method)(reverse(f"health_claims:{name}", args=arguments)).status_code == 404
    assert not Draft.objects.exists()


def test_a_piece_of_another_member_is_not_found_through_ones_own_declaration(client, member):
    mine, theirs = DeclarationFactory(member=member), DeclarationFactory()
    assert client.get(detail(mine, f"pieces/{theirs.documents.get().pk}/")).status_code == 404


def test_the_sent_page_of_another_member_does_not_exist(client, member):
    theirs = DeclarationFactory(draft_id=uuid4())
    assert client.get(f"/sante/declaration/{theirs.draft_id}/envoyee/").status_code == 404


@pytest.mark.parametrize("page", ["list", "detail"])
def test_the_pages_cost_the_same_whatever_they_hold(client, member, page):
    small = DeclarationFactory(member=member)
    few = cost(client, LIST if page == "list" else detail(small))
    large = DeclarationFactory(member=member, documents=9, rejected=True, care_date=date(2026, 1, 5))
    DeclarationFactory.create_batch(4, member=member, asked=True)
    assert cost(client, LIST if page == "list" else detail(large)) == few <= 8


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len([each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])
