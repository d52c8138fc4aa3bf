"""An account somebody else had is given back: they are out, the member begins anew, and neither reads the other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from claims_portal.accounts.codes import CodeUnusable, use_code
from claims_portal.accounts.links import LinkUnusable, peek_link
from claims_portal.accounts.models import AuditEntry
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.documents.serving import document_response
from claims_portal.notifications.models import Message
from claims_portal.wizards.models import Draft
from health_claims.models import Declaration, PriorApproval
from health_claims.readings import readings_of
from health_claims.services import deciding, giving_back, papers, quoting
from health_claims.services.usage import Care
from membership.models import KnownBrowser, Member, MemberAccount
from membership.services import credentials, signing_in
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.documents import DocumentFactory
from tests.factories.health_claims import DeclarationDraftFactory, DeclarationFactory
from tests.factories.health_claims_claims import give_reasons
from tests.factories.membership import PASSWORD, GuaranteeFactory, MemberFactory, enter_as
from tests.factories.papers import PaperFactory, papers_of
from tests.membership.conftest import say_cin

pytestmark = pytest.mark.django_db
RIGHTS = ["membership.give_back_account", "membership.view_member"]
HANDLES = ["health_claims.view_declaration", "health_claims.handle"]


@pytest.fixture
def member(settings: Any) -> Member:
    """Whose account somebody else activated, with papers and a declaration of their own."""
    settings.PATIENCE_SECONDS = 0
    member = MemberFactory.create(activated=True)
    papers_of(member)
    give_reasons()
    return member


@pytest.fixture
def sent(member: Member) -> Declaration:
    return DeclarationFactory.create(member=member)


def page(client: Client, address: str) -> str:
    """What a page shows."""
    return " ".join(client.get(address).content.decode().split())


def account_page(member: Member) -> str:
    return reverse("admin:membership_memberaccount_change", args=[member.pk])


def give_back(member: Member, user: Any = None) -> None:
    giving_back.give_back(account_id=member.account.pk, user=user or AgentFactory.create(), note="Reconnu au guichet")
    member.account.refresh_from_db()


def checked_anew(member: Member) -> Any:
    """The member has activated again, and both new papers are accepted; gives the agent."""
    account, agent = member.account, AgentFactory.create(desks=[member.policy.desk], permissions=HANDLES)
    account.mobile, account.email = "+212698765432", "la.vraie@exemple.ma"
    account.activated_at = account.terms_accepted_at = account.created_at
    account.password = "x"
    account.save()
    for kind in ("cin", "card"):
        papers.accept_paper(paper_id=PaperFactory.create(member=member, kind=kind).pk, user=agent)
    account.refresh_from_db()
    return agent


@pytest.mark.req("F49")
def test_whoever_had_the_account_is_out_and_nothing_of_theirs_works_any_more(client: Client, member: Member):
    account = member.account
    enter_as(client, member)
    code = signing_in.send_browser_code(account=account, address="127.0.0.1", language="fr")
    token = credentials.links.create_link(purpose=credentials.FORGOTTEN, subject=str(account.pk), hours=1)
    signing_in.remember_browser(account=account)
    draft = DeclarationDraftFactory.create(member=member)
    give_back(member)
    assert client.get(reverse("membership:home"))["Location"] == reverse("membership:sign-in")
    with pytest.raises(CodeUnusable):
        use_code(request_id=code, purpose=signing_in.BROWSER_CODE, subject=f"account:{account.pk}", code="000000")
    with pytest.raises(LinkUnusable):
        peek_link(purpose=credentials.FORGOTTEN, token=token)
    assert not account.check_password(PASSWORD)
    assert account.is_untouched and not account.is_checked and not account.is_activated
    assert not KnownBrowser.objects.exists() and not Draft.objects.filter(pk=draft.pk).exists()
    told = Message.objects.filter(notice="membership.account_reset")
    assert {each.channel for each in told} == {"email", "sms"}
    assert not any(member.last_name in each.body_text or member.number in each.body_text for each in told)


def test_what_was_under_way_at_that_moment_gives_no_secret_and_no_paper(member: Member):
    give_back(member)
    with pytest.raises(credentials.GivenBack):
        papers.set_first_password(account_id=member.account.pk, password=PASSWORD)
    with pytest.raises(credentials.GivenBack):
        credentials.replace_password(account_id=member.account.pk, password=PASSWORD)
    theirs = {"account": member.account, "language": "fr"}
    with pytest.raises(credentials.GivenBack):
        credentials.ask_mobile(**theirs, mobile="+212698765432", address="192.0.2.1")
    with pytest.raises(credentials.GivenBack):
        credentials.ask_email(**theirs, email="un.autre@exemple.ma")
    assert MemberAccount.objects.get(pk=member.account.pk).is_untouched
    with pytest.raises(papers.PaperSettled):
        papers.keep_paper(member_id=member.pk, kind="cin", document=DocumentFactory.create())


def test_the_member_comes_in_with_number_and_cin_and_begins_with_the_terms(client: Client, member: Member):
    give_back(member)
    assert say_cin(client, member)["Location"] == reverse("membership:home")
    assert client.get(reverse("membership:home"))["Location"] == reverse("membership:terms")
    client.post(reverse("membership:terms"), {"certified": "on"})
    assert client.get(reverse("health_claims:activation"))["Location"].endswith("/regles/")
    with pytest.raises(giving_back.NothingToGiveBack):  # an agent who presses once more
        other = MemberFactory.create(account=None)
        account = signing_in.open_account(member=other, language="fr")
        giving_back.give_back(account_id=account.pk, user=AgentFactory.create(), note="x")


def test_neither_reads_what_the_other_sent(client: Client, member: Member, sent: Declaration):
    claim = deciding.validate_declaration(declaration_id=sent.pk, user=AgentFactory.create())
    piece = sent.documents.get()
    AuditEntry.objects.create(action="case-opened", object_type="health_claims.claim", object_id=str(claim.pk))
    give_back(member)
    assert papers.missing(papers.newest(member)) == ["cin", "card"]
    checked_anew(member)
    enter_as(client, member)
    addresses = [
        reverse("health_claims:declaration-detail", args=[sent.number]),
        reverse("health_claims:declaration-document", args=[sent.number, piece.pk]),
        reverse("health_claims:claim", args=[claim.number]),
        reverse("health_claims:claim-document", args=[claim.number, piece.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    for name in ("follow-up", "claims"):
        assert sent.number not in page(client, reverse(f"health_claims:{name}"))
        assert claim.number not in page(client, reverse(f"health_claims:{name}"))
    assert readings_of(member=member).rows == []


def test_a_quote_of_whoever_had_the_account_is_neither_read_nor_in_the_way(member: Member):
    guarantee = GuaranteeFactory.create(policy=member.policy)
    care = Care(member, None, guarantee.prestation, date(2026, 9, 1))
    given = {"care": care, "amount": Decimal(500), "estimated": None}
    theirs = quoting.send_quote(**given, document=DocumentFactory.create(label="devis d’un autre.pdf", sha256="a" * 64))
    document_response(document=theirs.document, reader="agent")
    assert [row.name for row in readings_of(member=member).rows] == ["devis d’un autre.pdf"]
    give_back(member)
    checked_anew(member)
    assert readings_of(member=member).rows == []
    mine = quoting.send_quote(**given, document=DocumentFactory.create(sha256="a" * 64))
    assert list(PriorApproval.objects.sent_by(member)) == [mine]


def test_nobody_is_told_of_it_and_it_opens_no_claim_before_it_is_attached(member: Member, sent: Declaration):
    give_back(member)
    agent, before = AgentFactory.create(), Message.objects.count()
    with pytest.raises(TransitionNotAllowed):
        deciding.validate_declaration(declaration_id=sent.pk, user=agent)
    with pytest.raises(TransitionNotAllowed):
        deciding.ask_declaration_complement(declaration_id=sent.pk, user=agent, note="La facture ?")
    reason = deciding.Reason.objects.filter(use="rejection").first()
    deciding.reject_declaration(declaration_id=sent.pk, user=agent, reason=reason)
    assert Message.objects.count() == before


def test_an_agent_who_compared_the_papers_attaches_it_to_the_member(client: Client, member: Member, sent: Declaration):
    give_back(member)
    address = reverse("admin:health_claims_declaration_change", args=[sent.pk])
    attach = reverse("admin:health_claims_declaration_attach", args=[sent.pk])
    agent = AgentFactory.create(desks=[sent.desk], permissions=HANDLES)
    staff = signed_in(agent)
    shown = page(staff, address)
    assert "À rattacher à l’adhérent" in shown and "Mise de côté" in shown
    assert "pas encore acceptées" in shown and "Valider" not in shown
    staff.post(attach)
    sent.refresh_from_db()
    assert sent.set_aside_at is not None
    checked_anew(member)
    assert "C’est bien l’adhérent" in page(staff, address)
    staff.post(attach)
    sent.refresh_from_db()
    assert (sent.set_aside_at, sent.email) == (None, "la.vraie@exemple.ma")
    assert [event.kind for event in sent.events.all()] == ["sent", "set_aside", "attach"]
    enter_as(client, member)
    assert sent.number in page(client, reverse("health_claims:follow-up"))


def test_giving_back_needs_its_own_right_a_confirmation_and_a_reason(member: Member, sent: Declaration):
    desk = member.policy.desk
    for stranger in (AgentFactory.create(desks=[desk], permissions=HANDLES), AgentFactory.create(permissions=RIGHTS)):
        assert signed_in(stranger).get(account_page(member)).status_code == 404
        assert signed_in(stranger).post(f"{account_page(member)}rendre/").status_code == 404
    supervisor = AgentFactory.create(desks=[desk], permissions=RIGHTS)
    unconfirmed = Client()
    unconfirmed.force_login(supervisor, backend="django.contrib.auth.backends.ModelBackend")
    for answer in (unconfirmed.get(account_page(member)), unconfirmed.post(f"{account_page(member)}rendre/")):
        assert answer["Location"].startswith(reverse("admin:confirm"))
    staff = signed_in(supervisor)
    shown = page(staff, account_page(member))
    assert "1 déclaration lui est cachée" in shown and str(member.account.mobile) not in shown
    assert staff.post(f"{account_page(member)}rendre/").status_code == 422
    reason = deciding.Reason.objects.get(use="account", code="stranger")
    staff.post(f"{account_page(member)}rendre/", {"reason": reason.pk})
    member.account.refresh_from_db()
    assert member.account.is_untouched
    line = AuditEntry.objects.get(action="account-returned")
    assert (line.user, line.details) == (supervisor, {"reason": "stranger", "declarations": 1})
    shown = page(staff, account_page(member))
    assert "Activé par une autre personne" in shown and sent.number in shown
    assert "Compte en ligne" in page(staff, reverse("admin:membership_member_change", args=[member.pk]))


def test_who_never_chose_a_password_reads_whom_to_call(client: Client, member: Member):
    desk = member.policy.desk
    desk.phone = "05 22 00 00 00"
    desk.save()
    say_cin(client, member)
    shown = page(client, reverse("membership:password"))
    assert "Vous n’avez jamais choisi de mot de passe" in shown and "05 22 00 00 00" in shown
