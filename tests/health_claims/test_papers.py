"""The first sending: a password and two papers, asked once; a paper refused by an agent is asked again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from health_claims.models import IdentityPaper, Reason
from health_claims.services import papers
from membership.models import Member
from tests.factories.complaints import AgentFactory
from tests.factories.documents import DocumentFactory, upload
from tests.factories.membership import PASSWORD, AccountFactory, MemberFactory, enter_as
from tests.factories.papers import PaperFactory, papers_of
from tests.together import at_once

pytestmark = pytest.mark.django_db

SEND, PAPERS = "health_claims:send", "health_claims:papers"
TWICE = {"password": PASSWORD, "confirmation": PASSWORD}


@pytest.fixture
def member() -> Member:
    """Activated, without a password yet."""
    account = AccountFactory.create(activated=True, password="", member__policy__card_name_fr="Carte Fondation d’essai")
    return account.member


@pytest.fixture
def client(client: Client, member: Member) -> Client:
    enter_as(client, member)
    return client


def send(client: Client, **given: Any) -> Any:
    return client.post(reverse(PAPERS), given)


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.req("D64", "D65", "D66", "D68", "D69", "D70", "D72")
def test_the_first_file_asks_for_a_password_and_two_papers_in_the_words_of_the_guide(client: Client):
    assert client.get(reverse(SEND))["Location"] == reverse(PAPERS)
    shown = text(client.get(reverse(PAPERS)))
    for words in (
        "Prière de charger les documents obligatoires",
        ">Mot de passe<",
        ">Confirmer Mot de passe<",
        ">Copie CIN<",
        ">Copie carte Fondation d’essai<",
        "risque d’être rejetée",
        ">Valider<",
    ):
        assert words in shown


@pytest.mark.req("D71", "D74")
def test_all_given_once_leads_on_and_is_never_asked_again(client: Client, member: Member):
    response = send(client, **TWICE, cin=upload(name="CIN.pdf"), card=upload(name="carte.pdf"))
    assert response["Location"] == reverse(SEND)
    assert client.get(reverse(SEND))["Location"] == reverse("health_claims:begin")
    member.account.refresh_from_db()
    assert member.account.check_password(PASSWORD)
    assert {paper.kind: paper.document.label for paper in member.papers.all()} == {
        "cin": "CIN.pdf",
        "card": "carte.pdf",
    }
    assert not Document.objects.filter(claimed_at=None).exists()
    assert client.get(reverse(PAPERS))["Location"] == reverse(SEND)  # this session goes on with its new password


@pytest.mark.req("D68", "D73")
def test_a_refused_password_loses_no_file(client: Client, member: Member):
    shown = text(send(client, password="Oranger-27", confirmation="Oranger-28", cin=upload(name="CIN.pdf")))
    assert "Les deux mots de passe ne sont pas les mêmes." in shown
    assert "Choisissez un fichier" in shown  # the card
    assert "CIN.pdf" in shown
    assert PASSWORD not in shown
    shown = text(send(client, password="abc", confirmation="abc", card=upload(name="carte.pdf")))
    assert "6 caractères" in shown
    assert "CIN.pdf" in shown and "carte.pdf" in shown
    assert send(client, **TWICE)["Location"] == reverse(SEND)


def test_a_refused_file_loses_neither_the_password_nor_the_other_file(client: Client, member: Member):
    shown = text(send(client, **TWICE, cin=upload(b"MZ not a paper", name="CIN.exe"), card=upload()))
    assert "«\u00a0\u2068CIN.exe\u2069\u00a0»" in shown
    assert "Votre mot de passe est enregistré." in shown
    assert 'type="password"' not in shown
    assert send(client, cin=upload())["Location"] == reverse(SEND)
    assert papers.is_complete(Member.objects.get(pk=member.pk))


def test_an_empty_file_is_refused_with_a_sentence(client: Client):
    assert "«\u00a0\u2068vide.pdf\u2069\u00a0»" in text(send(client, cin=upload(b"", name="vide.pdf")))


def test_another_file_takes_the_place_of_one_not_checked_yet(client: Client, member: Member):
    first = PaperFactory.create(member=member)
    papers.keep_paper(member_id=member.pk, kind="cin", document=DocumentFactory.create(label="lisible.pdf"))
    assert [paper.document.label for paper in member.papers.all()] == ["lisible.pdf"]
    assert not Document.objects.filter(pk=first.document_id).exists()


def test_the_page_never_changes_a_password_that_exists(client: Client):
    member = MemberFactory.create(activated=True)
    enter_as(client, member)
    shown = send(client, password="Autre-Mot-27", confirmation="Autre-Mot-27")
    assert "Choisissez un fichier" in text(shown)
    member.account.refresh_from_db()
    assert member.account.check_password(PASSWORD)
    papers.set_first_password(account_id=member.account.pk, password="Autre-Mot-27")
    member.account.refresh_from_db()
    assert member.account.check_password(PASSWORD)


def refused(member: Member, **why: Any) -> IdentityPaper:
    paper, _card = papers_of(member)
    return papers.refuse_paper(paper_id=paper.pk, user=AgentFactory.create(), **why)


def test_a_paper_an_agent_refused_is_asked_again_with_the_reason_and_no_password(client: Client):
    member = MemberFactory.create(activated=True)
    enter_as(client, member)
    words = {"label_fr": "Copie illisible", "advice_fr": "Photographiez à plat."}
    reason = Reason.objects.create(use="paper", code="flou", **words)
    refused(member, reason=reason, note="Le recto manque.")
    assert client.get(reverse(SEND))["Location"] == reverse(PAPERS)
    assert "Une copie est à renvoyer" in text(client.get(reverse("membership:home")))
    shown = text(client.get(reverse(PAPERS)))
    for sentence in ("Copie CIN\u00a0: à renvoyer", *words.values(), "Le recto manque."):
        assert sentence in shown
    assert 'type="password"' not in shown
    assert send(client, cin=upload())["Location"] == reverse(SEND)
    assert [paper.state for paper in member.papers.order_by("pk").filter(kind="cin")] == ["refused", "pending"]
    assert "Une copie est à renvoyer" not in text(client.get(reverse("membership:home")))


def test_the_mail_about_a_refused_paper_names_neither_the_paper_nor_the_person():
    member = MemberFactory.create(activated=True)
    refused(member, note="Le recto manque.")
    mail = Message.objects.get()
    whole = f"{mail.subject} {mail.body_text} {mail.body_html}"
    assert mail.recipient == member.account.email
    assert "/sante/envoi/" in whole
    for personal in (member.number, member.cin, member.last_name, "CIN", "recto"):
        assert personal not in whole


def test_a_refusal_needs_a_reason_and_a_decision_is_taken_once():
    paper, card = papers_of(MemberFactory.create(activated=True))
    agent = AgentFactory.create()
    with pytest.raises(ValueError, match="reason"):
        papers.refuse_paper(paper_id=paper.pk, user=agent, note=" ")
    papers.accept_paper(paper_id=card.pk, user=agent)
    with pytest.raises(papers.PaperSettled):
        papers.refuse_paper(paper_id=card.pk, user=agent, note="Trop tard")
    with pytest.raises(papers.PaperSettled):
        papers.keep_paper(member_id=card.member_id, kind="card", document=DocumentFactory.create())


def test_a_paper_the_antivirus_refused_is_asked_again(client: Client):
    member = MemberFactory.create(activated=True)
    enter_as(client, member)
    paper, _card = papers_of(member)
    default_storage.delete(paper.document.storage_name)
    Document.objects.filter(pk=paper.document_id).update(state="refused")
    assert "L’antivirus a trouvé un danger" in text(client.get(reverse(PAPERS)))
    assert send(client, cin=upload())["Location"] == reverse(SEND)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_sending_at_once_leave_one_paper_of_a_kind():
    member = MemberFactory.create(activated=True)
    documents = DocumentFactory.create_batch(3)
    ends = at_once(
        *[lambda each=each: papers.keep_paper(member_id=member.pk, kind="cin", document=each) for each in documents]
    )
    assert [end for end in ends if isinstance(end, Exception)] == []
    assert member.papers.count() == Document.objects.count() == 1


def test_papers_are_asked_of_who_is_activated_only(client: Client):
    account = AccountFactory.create()
    enter_as(client, account.member)
    assert client.get(reverse(PAPERS))["Location"] == reverse("health_claims:activation")
    assert send(client, **TWICE)["Location"] == reverse("health_claims:activation")


def test_the_page_costs_a_few_queries(client: Client, member: Member, django_assert_max_num_queries: Any):
    papers_of(member)
    with django_assert_max_num_queries(8):
        assert client.get(reverse(PAPERS)).status_code == 200
