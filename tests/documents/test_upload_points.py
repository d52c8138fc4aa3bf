"""Each page that receives files, sent forms that no browser sends: a sentence, and nothing else is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.documents.models import Document
from tests.backoffice import test_intake as intake
from tests.backoffice.conftest import signed_in
from tests.complaints.public import at, begin, dashboard, follow
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.documents import pdf_bytes
from tests.factories.health_claims import DeclarationFactory
from tests.factories.membership import AccountFactory, GuaranteeFactory, MemberFactory, PolicyFactory, enter_as

pytestmark = pytest.mark.django_db

BOUNDARY = b"limite"
WORDS = "Ma facture n’est pas remboursée."
EMPTY = "Ce fichier est vide."
UNUSABLE = ("Seules les images", "son contenu est autre chose", "Ce fichier n’est ni un CSV")


@dataclass
class Point:
    """A page that receives files: who sends what, and under which field."""

    client: Client
    url: str
    files: str = "files"
    fields: dict[str, Any] = field(default_factory=dict)

    def send(self, *parts: bytes, end: bytes = b"--limite--\r\n") -> Any:
        texts = [part(f'name="{name}"'.encode(), str(value).encode()) for name, value in self.fields.items()]
        body = b"".join([*texts, *parts]) + end
        return self.client.generic("POST", self.url, body, "multipart/form-data; boundary=limite")

    def file(self, disposition: bytes, content: bytes) -> bytes:
        return part(b'name="' + self.files.encode() + b'"; ' + disposition, content)


def part(disposition: bytes, content: bytes) -> bytes:
    return b"--limite\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"


def draft_step(client: Client) -> Point:
    return Point(client, at(begin(client, DeskFactory.create()), "pieces"), fields={"kind": "evidence"})


def message(client: Client) -> Point:
    complaint = ComplaintFactory.create()
    follow(client, complaint)
    return Point(client, dashboard(complaint, "echange/"), fields={"body": WORDS})


def answer_of_an_agent(_client: Client) -> Point:
    complaint = ComplaintFactory.create(state="in-progress")
    url = f"/gestion/complaints/complaint/{complaint.pk}/message/"
    staff = signed_in(AgentFactory.create(desks=[complaint.desk]))
    return Point(staff, url, "documents", {"body": WORDS, "seen": complaint.events.latest("pk").pk})


def paper_intake(_client: Client) -> Point:
    desk = DeskFactory.create()
    fields = intake.typed(desk, **{"faits-facts": WORDS})
    return Point(signed_in(AgentFactory.create(desks=[desk])), intake.address(desk), "pieces-documents", fields)


def complement(client: Client) -> Point:
    member = MemberFactory.create(activated=True)
    enter_as(client, member)
    declaration = DeclarationFactory.create(member=member, asked=True, documents=0)
    return Point(client, f"/sante/suivi/{declaration.number}/complement/", fields={"body": WORDS})


def identity_papers(client: Client) -> Point:
    account = AccountFactory.create(activated=True)
    enter_as(client, account.member)
    return Point(client, reverse("health_claims:papers"), "cin")


def quote(client: Client) -> Point:
    member = MemberFactory.create(activated=True)
    GuaranteeFactory.create(policy=member.policy, prestation__code="optique")
    enter_as(client, member)
    fields = {"patient": "member", "prestation": "optique", "care_date": timezone.localdate().isoformat()}
    fields |= {"spent": "2 000,00", "base_paid": "400", "base": "", "action": "send"}
    return Point(client, reverse("health_claims:estimate"), fields=fields)


def list_of_members(_client: Client) -> Point:
    policy = PolicyFactory.create()
    clerk = AgentFactory.create(desks=[policy.desk])
    names = ["import_members", "view_member"]
    clerk.user_permissions.add(*Permission.objects.filter(content_type__app_label="membership", codename__in=names))
    client = Client()
    client.force_login(clerk)
    return Point(client, reverse("admin:membership_member_import"), "list", {"policy": policy.pk})


SEVERAL = [draft_step, message, answer_of_an_agent, paper_intake, complement]
ONE = [identity_papers, quote]
EVERY = [*SEVERAL, *ONE, list_of_members]
MakePoint = Callable[[Client], Point]

NAMES = {
    "not UTF-8": b'filename="facture_\xe9.pdf"',
    "a slash at the end": b'filename="facture/"',
    "a backslash at the end": b'filename="facture\\\\"',
    "nothing": b'filename=""',
    "an override": b'filename="\xe2\x80\xae"',
    "600 bytes": b'filename="' + "ف".encode() * 300 + b'.pdf"',
    "a NUL": b'filename="\x00"',
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("make", [*SEVERAL, *ONE])
def test_a_file_of_any_name_is_kept(client: Client, make: MakePoint, name: bytes) -> None:
    point = make(client)
    answer = point.send(point.file(name, pdf_bytes()))
    assert answer.status_code in (200, 302)
    assert Document.objects.count() == 1


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("make", EVERY)
def test_an_unusable_file_of_any_name_gets_a_sentence(client: Client, make: MakePoint, name: bytes) -> None:
    point = make(client)
    answer = point.send(point.file(name, b"\x00ni PDF, ni image, ni tableau"))
    shown = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert any(sentence in shown for sentence in UNUSABLE)
    assert "body" not in point.fields or WORDS in shown


@pytest.mark.parametrize("make", SEVERAL)
def test_an_empty_file_beside_a_good_one_is_named(client: Client, make: MakePoint) -> None:
    point = make(client)
    files = [point.file(b'filename="vide.pdf"', b""), point.file(b'filename="bonne.pdf"', pdf_bytes())]
    shown = point.send(*files).content.decode()
    assert "vide.pdf" in shown
    assert EMPTY in shown
    assert "body" not in point.fields or WORDS in shown


@pytest.mark.parametrize("make", [draft_step, paper_intake])
@pytest.mark.parametrize("bad", [b"", b"%PDF" + bytes(10 * 1024 * 1024)], ids=["empty", "too large"])
def test_a_good_file_beside_a_bad_one_is_kept(client: Client, make: MakePoint, bad: bytes) -> None:
    point = make(client)
    files = [point.file(b'filename="mauvaise.pdf"', bad), point.file(b'filename="bonne.pdf"', pdf_bytes())]
    shown = point.send(*files).content.decode()
    assert "mauvaise.pdf" in shown
    assert "bonne.pdf" in shown
    assert [document.label for document in Document.objects.all()] == ["bonne.pdf"]


@pytest.mark.parametrize("make", [*SEVERAL, *ONE])
def test_a_form_that_ends_too_early_loses_no_file_without_a_word(client: Client, make: MakePoint) -> None:
    point = make(client)
    half = point.file(b'filename="coupee.pdf"', pdf_bytes()[:300])
    shown = point.send(half, end=b"").content.decode()
    assert "coupee.pdf" in shown
    assert "incomplet ou abîmé" in shown


@pytest.mark.parametrize("make", EVERY)
def test_a_form_damaged_anywhere_gets_a_page_that_is_no_fault_of_ours(client: Client, make: MakePoint) -> None:
    point = make(client)
    chance = random.Random(make.__name__)
    whole = point.file(b'filename="a.pdf"', b"%PDF-1.7") + point.file(b"filename*=UTF-8''b%20.pdf", b"")
    for _form in range(15):
        damaged = bytearray(whole)
        for _byte in range(chance.randint(1, 6)):
            place = chance.randrange(len(damaged))
            piece = chance.choice([b"", b"\x00", b"\r\n", b'"', b";", b"\xff", b"=", b"--limite", b"*0*", b"%", b"\\"])
            damaged[place : place + chance.randint(0, 3)] = piece
        answer = point.send(bytes(damaged), end=chance.choice([b"--limite--\r\n", b"", b"--limite"]))
        assert answer.status_code < 500, bytes(damaged)
        assert answer.status_code == 302 or answer.content
