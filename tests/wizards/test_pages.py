"""Going through a draft in a browser: whose it is, leaving it, and taking it up elsewhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from claims_portal.wizards.models import Draft
from claims_portal.wizards.services import erase_draft
from claims_portal.wizards.steps import SEVERAL_MAX
from tests.factories.complaints import DeskFactory
from tests.factories.documents import DocumentFactory, upload
from tests.factories.wizards import DraftDocumentFactory

pytestmark = pytest.mark.django_db
LINA = {"first_name": "Lina", "last_name": "El Amrani", "relation": "child", "birth_date": ""}


@pytest.fixture
def draft(client: Client) -> Draft:
    """Begin a draft in this browser."""
    desk = DeskFactory.create()
    client.post(f"/reclamations/{desk.code}/commencer/")
    return Draft.objects.get()


def at(draft: Draft, step: str) -> str:
    return f"/reclamations/depot/{draft.pk}/{step}/"


def later(draft: Draft) -> str:
    return f"/brouillons/{draft.pk}/plus-tard/"


def link_in_the_mail() -> str:
    text = Message.objects.get(notice="wizards.resume").body_text
    found = re.search(r"/brouillons/reprendre/[\w-]+/", text)
    assert found
    return found[0]


@pytest.mark.parametrize("step", ["demande", "faits", "pieces", "verification", "autre-chemin", "fait"])
def test_a_draft_of_another_browser_does_not_exist(draft, step):
    assert Client().get(at(draft, step)).status_code == 404
    assert Client().get(later(draft)).status_code == 404


def test_an_expired_draft_does_not_exist_any_more_and_says_so(client, draft):
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    shown = client.get(at(draft, "faits"))
    assert shown.status_code == 404
    assert "Ce brouillon n’est pas ouvert ici" in shown.content.decode()
    assert client.post(at(draft, "faits"), {"facts": "x"}).status_code == 404
    assert client.get(later(draft)).status_code == 404


def test_a_step_nobody_wrote_does_not_exist(client, draft):
    assert client.get(at(draft, "inconnu")).status_code == 404


@pytest.mark.req("F1")
def test_what_was_typed_is_there_after_going_back(client, draft):
    client.post(at(draft, "faits"), {"facts": "Depuis mars, rien."})
    assert "Depuis mars, rien." in client.get(at(draft, "faits")).content.decode()


def test_an_error_is_said_beside_the_field_and_on_top_and_nothing_typed_is_lost(client, draft):
    page = client.post(at(draft, "faits"), {"facts": "", "prior_steps": "Deux appels."}).content.decode()
    assert page.count("Racontez ce qui s’est passé, même en quelques lignes.") == 2
    assert 'href="#id_facts"' in page
    assert "Deux appels." in page
    assert Draft.objects.get().answers == {}


@pytest.mark.req("F1")
def test_leaving_keeps_what_was_typed_even_when_it_is_not_in_order(client, draft):
    answer = client.post(at(draft, "reclamant"), {"email": "amina@", "action": "later"})
    assert answer.headers["Location"] == later(draft)
    assert Draft.objects.get().answers["reclamant"]["email"] == ["amina@"]


@pytest.mark.req("F1")
def test_the_page_of_later_says_until_when_the_draft_is_kept(client, draft):
    page = client.get(later(draft)).content.decode()
    assert "Tout est enregistré" in page
    assert at(draft, "demande") in page


@pytest.mark.req("F1", "N10")
def test_a_mailed_link_takes_the_draft_to_another_device_once(client, draft):
    client.post(at(draft, "demande"), {"kind": "complaint"})
    client.post(later(draft), {"email": "Amina@Exemple.ma"})
    assert Message.objects.get().recipient == "amina@exemple.ma"
    link, phone, scanner = link_in_the_mail(), Client(), Client()
    assert scanner.get(link).status_code == 200  # opening is not using
    answer = phone.post(link)
    assert answer.headers["Location"] == at(draft, "reclamation")
    assert phone.get(at(draft, "reclamation")).status_code == 200
    assert scanner.post(link).status_code == 404
    assert "ne fonctionne plus" in phone.get(link).content.decode()


@pytest.mark.req("F1")
def test_a_mailed_link_ends_after_three_days(client, draft):
    client.post(later(draft), {"email": "amina@exemple.ma"})
    with time_machine.travel(timezone.now() + timedelta(hours=72, seconds=5)):
        assert Client().post(link_in_the_mail()).status_code == 404


def test_the_message_of_a_link_holds_no_answer(client, draft):
    client.post(at(draft, "faits"), {"facts": "Mon diabète n’est pas remboursé."})
    client.post(later(draft), {"email": "amina@exemple.ma"})
    message = Message.objects.get()
    assert "diabète" not in message.body_text + message.body_html
    assert message.sensitive


def test_a_wrong_address_for_the_link_is_said_and_nothing_leaves(client, draft):
    page = client.post(later(draft), {"email": "amina@"}).content.decode()
    assert "n’est pas complète" in page
    assert not Message.objects.exists()


def test_links_to_one_address_are_limited(client, draft, settings):
    settings.THROTTLES = settings.THROTTLES | {"link-recipient": (2, 3600)}
    statuses = [client.post(later(draft), {"email": "amina@exemple.ma"}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]


def test_a_draft_is_erased_from_a_shared_device(client, draft, django_capture_on_commit_callbacks):
    DraftDocumentFactory(draft=draft)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(later(draft), {"action": "destroy"})
    assert not Draft.objects.exists()
    assert not Document.objects.exists()
    assert client.get(at(draft, "demande")).status_code == 404


def test_what_was_sent_meanwhile_is_not_erased(client, draft, monkeypatch):
    def sent_just_before(*, draft_id: Any) -> None:
        Draft.objects.filter(pk=draft_id).update(submitted_at=timezone.now())
        erase_draft(draft_id=draft_id)

    monkeypatch.setattr("claims_portal.wizards.views.services.erase_draft", sent_just_before)
    assert client.post(later(draft), {"action": "destroy"}).status_code == 302
    assert Draft.objects.get().submitted_at is not None


@pytest.mark.req("A25")
def test_people_are_added_shown_and_taken_out(client, draft):
    client.post(at(draft, "ayants-droit"), LINA | {"action": "add"})
    assert "Lina El Amrani" in client.get(at(draft, "ayants-droit")).content.decode()
    client.post(at(draft, "ayants-droit"), {"remove": "0"})
    assert "Lina El Amrani" not in client.get(at(draft, "ayants-droit")).content.decode()


@pytest.mark.parametrize("position", ["", "-1", "x", "²", "99999999999999999999", "\x00"])
def test_taking_out_a_position_that_is_none_changes_nothing(client, draft, position):
    client.post(at(draft, "ayants-droit"), LINA | {"action": "add"})
    assert client.post(at(draft, "ayants-droit"), {"remove": position}).status_code == 302
    assert len(Draft.objects.get().answers["ayants-droit"]) == 1


@pytest.mark.req("A25")
def test_going_on_with_somebody_half_typed_adds_them_or_says_what_is_missing(client, draft):
    page = client.post(at(draft, "ayants-droit"), LINA | {"last_name": ""}).content.decode()
    assert "Indiquez son nom." in page
    assert 'value="Lina"' in page
    client.post(at(draft, "ayants-droit"), LINA)
    assert len(Draft.objects.get().answers["ayants-droit"]) == 1


def test_one_person_too_many_is_said_and_stays_typed(client, draft):
    draft.answers = {"ayants-droit": [{name: [value] for name, value in LINA.items()}] * SEVERAL_MAX}
    draft.save()
    page = client.post(at(draft, "ayants-droit"), LINA | {"first_name": "Vingt", "action": "add"}).content.decode()
    assert f"Vous pouvez en ajouter {SEVERAL_MAX} au plus." in page
    assert 'value="Vingt"' in page


@pytest.mark.req("A15", "C33")
def test_files_are_joined_with_what_they_show(client, draft):
    client.post(at(draft, "pieces"), {"kind": "mandate", "files": [upload(name="mandat.pdf")]})
    joined = draft.documents.get()
    assert (joined.kind, joined.document.label) == ("mandate", "mandat.pdf")
    assert "mandat.pdf" in client.get(at(draft, "pieces")).content.decode()


@pytest.mark.req("C33")
def test_a_file_that_cannot_be_taken_is_named_and_the_others_are_kept(client, draft):
    bad = SimpleUploadedFile("photo.jpg", b"GIF89a nothing")
    page = client.post(at(draft, "pieces"), {"files": [upload(), bad]}).content.decode()
    assert "« \u2068photo.jpg\u2069 »" in page.replace("\u00a0", " ")
    assert draft.documents.count() == 1


@pytest.mark.req("C33")
def test_the_file_past_the_limit_is_refused_with_what_to_do_and_not_kept(client, draft, settings):
    settings.DOCUMENT_LIMITS = settings.DOCUMENT_LIMITS | {"files": 1}
    page = client.post(at(draft, "pieces"), {"files": [upload(name="a.pdf"), upload(name="b.pdf")]}).content.decode()
    assert "Vous pouvez joindre 1 fichiers au plus" in page
    assert [each.label for each in Document.objects.all()] == ["a.pdf"]


def test_a_draft_erased_in_another_tab_while_a_file_arrives_is_said_to_be_gone(client, draft, monkeypatch):
    def received(*, upload: Any, sender: str) -> Document:
        Draft.objects.filter(pk=draft.pk).delete()
        return DocumentFactory.create()

    monkeypatch.setattr("claims_portal.wizards.views.receive_document", received)
    answered = client.post(at(draft, "pieces"), {"files": [upload()]})
    assert answered.status_code == 404
    assert "Ce brouillon n’est pas ouvert ici" in answered.content.decode()


def test_a_file_is_taken_out(client, draft):
    client.post(at(draft, "pieces"), {"files": [upload()]})
    client.post(at(draft, "pieces"), {"remove": str(draft.documents.get().document_id)})
    assert not Document.objects.exists()
    assert client.post(at(draft, "pieces"), {"remove": "x"}).status_code == 404


def test_loading_without_choosing_a_file_says_so(client, draft):
    page = client.post(at(draft, "pieces"), {"action": "upload"}).content.decode()
    assert "Choisissez un fichier, puis chargez-le." in page


def test_uploads_of_one_address_are_limited_by_their_number(client, draft, settings):
    settings.THROTTLES = settings.THROTTLES | {"upload-address": (1, 3600)}
    answer = client.post(at(draft, "pieces"), {"files": [upload(), upload()]})
    assert answer.status_code == 429
    assert not Document.objects.exists()


@pytest.mark.req("C33")
def test_who_joins_nothing_goes_on(client, draft):
    assert client.post(at(draft, "pieces"), {}).headers["Location"] == at(draft, "verification")
