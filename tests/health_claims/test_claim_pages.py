"""« Consulter mes dossiers »: what a member reads of their claims, and nobody else."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from claims_portal.accounts import audit
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.documents.models import Document, DocumentReading
from claims_portal.templatetags.portal import money
from claims_portal.wizards.models import Draft
from complaints import steps
from complaints.models import Complaint
from complaints.services.filing import submit_draft
from health_claims.models import Claim, ClaimDocument, Reason
from health_claims.printing import statement_html
from health_claims.services.claims import (
    ask_claim_complement,
    ask_counter_visit,
    refuse_claim,
    supply_claim_complement,
)
from membership.models import BaseRegime, Ceiling, KeyLetter, Member, MemberAccount
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.documents import DocumentFactory, upload
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line, pay
from tests.factories.membership import AccountFactory, BeneficiaryFactory, GuaranteeFactory, MemberFactory, enter_as
from tests.test_query_counts import cost, page

pytestmark = pytest.mark.django_db
MEMBER_PAGE = 9


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(activated=True)


@pytest.fixture
def inside(client: Client, member: Member) -> Client:
    enter_as(client, member)
    return client


@pytest.fixture
def claim(member: Member) -> Claim:
    """Radiology, paid at the rest up to a ceiling of 100."""
    member.policy.base_regime = BaseRegime.objects.create(code="amo", name_fr="AMO")
    member.policy.save()
    KeyLetter.objects.create(
        regime=member.policy.base_regime, letter="Z", name_fr="Radio", value=10, rate=70, valid_from=date(2006, 1, 1)
    )
    guarantee = GuaranteeFactory.create(policy=member.policy)
    Ceiling.objects.create(
        policy=member.policy,
        prestation=guarantee.prestation,
        scope="prestation",
        amount=100,
        period_months=12,
        valid_from=date(2020, 1, 1),
    )
    return ClaimFactory.create(member=member, guarantee=guarantee)


@pytest.fixture
def statement(claim: Claim) -> Any:
    return StatementFactory.create(
        claim=claim, lines=[line("Radio du genou", spent="400", letter="Z", coefficient="20")]
    )


def text(response: Any) -> str:
    """What is read on a page, on one line, ordinary spaces."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main", 1)[1])
    return re.sub(r"\s+", " ", html.unescape(body).replace("\u00a0", " ").replace("\u202f", " "))


def address(name: str, claim: Claim, *more: Any) -> str:
    return reverse(f"health_claims:{name}", args=[claim.number, *more])


@pytest.mark.req("D149", "E11")
def test_the_list_tells_each_claim_with_its_state_and_what_is_paid(inside, statement):
    shown = text(inside.get(reverse("health_claims:claims")))
    for word in (statement.claim.number, "3 mars 2026", "500,00 MAD", "100,00 MAD", "Décompte établi"):
        assert word in shown


def test_a_member_without_a_claim_is_told_where_they_come_from(inside):
    assert "Aucun dossier pour l’instant" in text(inside.get(reverse("health_claims:claims")))


def test_a_long_list_goes_on_by_key(inside, member):
    guarantee = GuaranteeFactory.create(policy=member.policy)
    claims = ClaimFactory.create_batch(21, member=member, guarantee=guarantee)
    first = inside.get(reverse("health_claims:claims"))
    assert claims[0].number not in text(first)
    assert claims[0].number in text(inside.get(first.context["older_url"]))


def test_a_key_that_is_none_is_not_found(inside):
    assert inside.get(reverse("health_claims:claims"), {"apres": "hier"}).status_code == 404


ROUTES = ["claim", "claim-complement", "statement", "statement-pdf", "contest"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_of_somebody_else_is_found(client, member, claim, statement, method):
    enter_as(client, MemberFactory.create(activated=True, policy=member.policy))
    piece = ClaimDocument.objects.create(case=claim, document=DocumentFactory.create())
    urls = [address(name, claim) for name in ROUTES]
    urls += [address("contest-line", claim, 1), address("claim-document", claim, piece.pk)]
    answers = {getattr(client, method)(url).status_code for url in urls}
    assert answers <= {404, 405}
    assert claim.number not in text(client.get(reverse("health_claims:claims")))


def test_care_is_not_shown_to_who_has_no_password_yet(client, claim):
    other = MemberFactory.create()
    AccountFactory.create(member=other)
    enter_as(client, other)
    assert client.get(reverse("health_claims:claims")).status_code == 403


def test_a_document_is_given_to_its_member_only_through_its_own_claim(inside, member, claim):
    piece = ClaimDocument.objects.create(case=claim, document=DocumentFactory.create())
    other = ClaimFactory.create(member=member, guarantee=claim.guarantee)
    assert inside.get(address("claim-document", claim, piece.pk)).status_code == 200
    assert inside.get(address("claim-document", other, piece.pk)).status_code == 404
    assert [each.reader for each in DocumentReading.objects.all()] == ["member"]


@pytest.fixture
def agent(claim: Claim) -> Any:
    give_reasons()
    return AgentFactory.create(desks=[claim.desk])


@pytest.mark.req("E124")
def test_a_complement_is_asked_and_answered_online(inside, claim, agent):
    reason = Reason.objects.get(use="complement", code="prescription")
    ask_claim_complement(claim_id=claim.pk, user=agent, reason=reason, body="Celle du 3 mars.")
    assert f"Dossier n° {claim.number} : lisez ce qui manque" in text(inside.get(reverse("membership:home")))
    asked = text(inside.get(address("claim", claim)))
    for word in ("L’ordonnance manque", "Celle du 3 mars.", "Qui doit agir : vous"):
        assert word in asked
    sent = {"body": "La voici.", "files": upload(name="ordonnance.pdf")}
    answered = text(inside.post(address("claim-complement", claim), sent, follow=True))
    claim.refresh_from_db()
    assert (claim.state, claim.reason) == ("opened", None)
    assert "ordonnance.pdf" in answered
    assert claim.documents.get().document.claimed_at is not None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"body": " "}, "Écrivez votre réponse, ou joignez un document."),
        ({"body": "Oui", "files": b"PK\x03\x04 un document"}, "ne sont pas acceptés"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_explained_and_kept(inside, claim, agent, sent, sentence):
    ask_claim_complement(claim_id=claim.pk, user=agent, reason=Reason.objects.filter(use="complement")[0])
    if "files" in sent:
        sent = sent | {"files": upload(sent["files"], name="facture.docx")}
    shown = inside.post(address("claim-complement", claim), sent)
    assert sentence in text(shown)
    assert sent["body"].strip() in shown.content.decode()
    claim.refresh_from_db()
    assert claim.state == "complement"


def test_one_more_file_after_the_answer_is_not_taken_for_the_same_answer(inside, claim, agent):
    ask_claim_complement(claim_id=claim.pk, user=agent, reason=Reason.objects.filter(use="complement")[0])
    supply_claim_complement(claim_id=claim.pk, documents=[DocumentFactory(sha256="a" * 64)])
    supply_claim_complement(claim_id=claim.pk, documents=[DocumentFactory(sha256="a" * 64)])
    with pytest.raises(TransitionNotAllowed):
        supply_claim_complement(claim_id=claim.pk, documents=[DocumentFactory(sha256="b" * 64)])
    assert claim.documents.count() == 1
    assert not Document.objects.filter(claimed_at=None, sha256="a" * 64).exists()


def test_an_answer_nobody_waits_for_is_not_written(inside, claim):
    shown = inside.post(address("claim-complement", claim), {"body": "Bonjour"})
    assert "Aucun complément n’est plus attendu" in html.unescape(shown.content.decode())
    assert not claim.events.filter(kind="supply").exists()


@pytest.mark.req("E62", "E66")
def test_a_counter_visit_says_what_it_means(inside, claim, agent):
    ask_counter_visit(claim_id=claim.pk, user=agent, body="Le 12 mars à 10 h, rue des Orangers.")
    shown = text(inside.get(address("claim", claim)))
    assert "Le 12 mars à 10 h" in shown
    assert "L’avis reste entre médecins" in shown


@pytest.mark.req("E123")
def test_a_refusal_says_why_and_how_to_contest_it(inside, claim, agent):
    refuse_claim(claim_id=claim.pk, user=agent, reason=Reason.objects.get(use="refusal", code="duplicate"))
    shown = text(inside.get(address("claim", claim)))
    assert "Soins déjà remboursés" in shown
    assert "Contester cette décision" in shown


@pytest.mark.req("E125")
def test_a_statement_without_a_bank_account_waits_for_it(inside, member, statement):
    Member.objects.filter(pk=member.pk).update(rib="")
    shown = text(inside.get(address("claim", statement.claim)))
    assert "En attente de RIB" in shown
    assert "Qui doit agir : vous" in shown


def test_a_paid_claim_says_when_and_how(inside, statement):
    pay(statement.claim)
    shown = text(inside.get(address("claim", statement.claim)))
    assert "Votre dossier est réglé par virement sur votre compte." in shown
    assert "Réglé le" in shown


@pytest.mark.req("E106", "E107", "E108", "E109", "E110", "E111", "E112", "F38")
def test_the_statement_shows_each_line_with_its_rates_and_the_reason_of_its_cut(inside, statement):
    shown = text(inside.get(address("statement", statement.claim)))
    for word in ("Radio du genou", "Z 20", "10,00 MAD", "200,00 MAD", "70 %", "100 %", "140,00 MAD", "−160,00 MAD"):
        assert word in shown
    assert "Plafond de la prestation atteint" in shown


@pytest.mark.req("N1", "E10")
def test_each_line_replays_its_computation_in_words(inside, statement):
    shown = text(inside.get(address("statement", statement.claim)))
    for sentence in (
        "Tarif de référence, en vigueur depuis le 1er janvier 2006 : Z 20 × 10,00 = 200,00 MAD .",
        "Part du régime de base : 70 % de 200,00 MAD , soit 140,00 MAD .",
        "ce qui reste à votre charge ( 400,00 − 140,00 = 260,00 MAD ), soit 260,00 MAD .",
        "100,00 MAD au plus du 1er janvier 2026 au 31 décembre 2026 , dont 0,00 MAD déjà payés.",
        "Votre contrat vous rembourse 100,00 MAD .",
    ):
        assert sentence in shown


def test_a_rate_or_a_base_that_counted_for_nothing_is_not_shown(inside, claim):
    """The base regime's own statement says what it paid: no rate of ours led there, nor a base of zero dirhams."""
    StatementFactory.create(claim=claim, lines=[line(spent="400", base_paid="90", base_rate="0")])
    shown = text(inside.get(address("statement", claim)))
    assert "contrat 100 %" in shown and "base 0 %" not in shown
    assert "– – 400,00 MAD – contrat" in shown  # nor a « forfait »


@pytest.mark.req("F38")
def test_an_amount_that_was_changed_shows_what_was_asked_what_is_retained_and_why(inside, claim):
    changed = line(spent="400", asked="500", adjustment="invoice", adjustment_note="Facture de 400.")
    statement = StatementFactory.create(claim=claim, lines=[changed, line("Verres", spent="100")])
    assert (statement.spent, statement.lines.first().asked) == (500, 500)
    shown = text(inside.get(address("statement", claim)))
    for words in (
        "Montant demandé 600,00 MAD Frais retenus 500,00 MAD",
        "400,00 MAD demandé 500,00 MAD",
        "Montant modifié Montant différent de la pièce fournie",
        "Vous avez demandé 500,00 MAD . Sont retenus 400,00 MAD : Montant différent de la pièce fournie.",
        "Facture de 400.",
    ):
        assert words in shown
    assert shown.count("Vous avez demandé") == 1
    kept = claim.statements.prefetch_related("lines__abatements").first()
    assert "500,00" in statement_html(claim=claim, statement=kept, language="fr")


def test_a_claim_without_a_statement_has_none_to_show(inside, claim):
    assert inside.get(address("statement", claim)).status_code == 404


def test_what_an_agent_writes_is_shown_as_text(inside, claim):
    StatementFactory.create(claim=claim, lines=[line("<script>alert(1)</script>")])
    assert b"<script>alert" not in inside.get(address("statement", claim)).content


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_statement_is_printed_for_screen_readers_too(inside, statement, language):
    with translation.override(language):
        response = inside.get(address("statement-pdf", statement.claim))
    with pikepdf.open(BytesIO(response.content)) as pdf:
        assert str(pdf.Root.Lang) == language
        assert pdf.Root.MarkInfo.Marked


@pytest.mark.req("E115")
def test_a_contested_line_becomes_a_complaint_that_holds_it_and_whose_care_it_is(inside, statement, member):
    child = BeneficiaryFactory.create(member=member)
    Claim.objects.update(patient=child)
    location = inside.post(address("contest-line", statement.claim, 1))["Location"]
    assert inside.get(location).status_code == 200
    draft = Draft.objects.get(wizard="complaint")
    facts = draft.answers["faits"]["facts"][0].replace("\u00a0", " ")
    for word in (f"la ligne 1 du décompte de mon dossier n° {statement.claim.number}", "100,00 MAD", "Radio du genou"):
        assert word in facts
    draft.answers["reclamation"]["category"] = [str(draft.desk.categories.earliest("pk").pk)]
    draft.answers["reclamant"] |= {"city": ["Rabat"]}
    draft.save()
    submit_draft(draft_id=draft.pk, wants_sms=False)
    complaint = Complaint.objects.get()
    assert complaint.claim_reference == statement.claim.number
    assert (complaint.desk, complaint.complainant.email) == (member.policy.complaint_desk, member.account.email)
    named = complaint.dependants.values_list("last_name", "first_name", "relation", "birth_date")
    assert [*named] == [(child.last_name, child.first_name, child.relation, child.birth_date)]


@pytest.mark.req("E115")
def test_complaints_begun_in_the_space_are_listed_and_opened_there_and_nobody_elses_are(inside, member, client):
    here, stranger = reverse("health_claims:complaints"), Client()
    assert inside.post(here).status_code == 302
    draft = Draft.objects.get(wizard="complaint")
    assert draft.answers["reclamant"]["last_name"] == [member.last_name]
    assert "Aucune réclamation" in text(inside.get(here))
    sent = ComplaintFactory.create(desk=member.policy.complaint_desk)
    Complaint.objects.filter(pk=sent.pk).update(draft_id=draft.pk)
    assert str(sent) in inside.get(here).content.decode()
    opened = inside.post(here, {"number": sent.number})["Location"]
    assert inside.get(opened).status_code == 200
    enter_as(stranger, MemberFactory.create(activated=True))
    assert str(sent) not in stranger.get(here).content.decode()
    assert [stranger.post(here, {"number": each}).status_code for each in (sent.number, "\x00")] == [404, 404]
    MemberAccount.objects.update(identity_checked_at=timezone.now())
    assert str(sent) not in inside.get(here).content.decode()


def test_a_desk_that_does_not_ask_for_the_reference_keeps_the_one_it_was_given(inside, statement):
    inside.post(address("contest-line", statement.claim, 1))
    draft = Draft.objects.get(wizard="complaint")
    form = steps.SUBJECT.form(draft)
    assert form is not None
    assert "claim_reference" in form.fields
    assert "claim_reference" not in steps.SUBJECT.form(Draft(desk=draft.desk)).fields


@pytest.mark.parametrize("position", [2, 0])
def test_a_line_that_is_not_there_cannot_be_contested(inside, statement, position):
    assert inside.post(address("contest-line", statement.claim, position)).status_code == 404


def test_nothing_is_contested_where_nobody_receives_complaints(inside, statement, member):
    member.policy.complaint_desk = None
    member.policy.save()
    assert "Contester" not in text(inside.get(address("statement", statement.claim)))
    assert inside.post(address("contest-line", statement.claim, 1)).status_code == 404


def opened(claim: Claim, agent: Any) -> None:
    audit.record(action=audit.Action.CASE_OPENED, user=agent, about=claim, reference=claim.number, desk=claim.desk)


@pytest.mark.req("N9")
def test_the_member_reads_who_opened_what_without_names(inside, claim, agent):
    opened(claim, agent)
    piece = ClaimDocument.objects.create(case=claim, document=DocumentFactory.create(label="irm.pdf"))
    for reader in ("agent", "medical", "member"):
        DocumentReading.objects.create(document=piece.document, user=None, reader=reader)
    opened(ClaimFactory.create(), agent)
    response = inside.get(reverse("health_claims:readings"))
    assert [str(row.who) for row in response.context["rows"]] == ["Un médecin-conseil", "Un agent", "Un agent"]
    shown = text(response)
    assert claim.number in shown
    assert "irm.pdf" in shown
    assert agent.last_name not in shown


def test_who_opened_what_goes_on_by_key_without_a_gap(inside, claim, agent):
    piece = ClaimDocument.objects.create(case=claim, document=DocumentFactory.create())
    for _number in range(20):
        opened(claim, agent)
    DocumentReading.objects.bulk_create(DocumentReading(document=piece.document, reader="agent") for _ in range(20))
    first = inside.get(reverse("health_claims:readings"))
    second = inside.get(first.context["older_url"])
    keys = [row.key for response in (first, second) for row in response.context["rows"]]
    assert len(keys) == len(set(keys)) == 40
    assert second.context["older_url"] == ""


@pytest.mark.parametrize(
    "path",
    [
        *(f"{list}/?apres={day}_1" for list in ("suivi", "dossiers") for day in ("0001-01-01T00:00:00%2B23:59", "%00")),
        *(f"qui-a-vu/?apres={day}_read_1" for day in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59")),
        *(f"{list}/{number}/" for list in ("suivi", "dossiers") for number in ("%00", "9" * 15, "x")),
    ],
)
def test_a_key_or_a_number_that_nothing_has_is_no_page(inside, path):
    expected = (400,) if "apres=%00" in path else (200, 404)  # no query string holds a NUL
    assert inside.get(f"/sante/{path}").status_code in expected


def test_the_pages_cost_the_same_with_one_line_or_thirty(inside, member, claim, agent):
    lines = [line("Radio", spent="400", letter="Z", coefficient="20")]
    urls = [reverse("health_claims:claims"), address("claim", claim), address("statement", claim)]
    urls.append(reverse("health_claims:readings"))
    StatementFactory.create(claim=claim, lines=lines, agent=agent)
    piece = ClaimDocument.objects.create(case=claim, document=DocumentFactory.create())
    DocumentReading.objects.create(document=piece.document, reader="agent")
    opened(claim, agent)
    few = [cost(page(inside, url)) for url in urls]
    StatementFactory.create(claim=claim, lines=lines * 30, agent=agent)
    for document in DocumentFactory.create_batch(5):
        ClaimDocument.objects.create(case=claim, document=document)
        DocumentReading.objects.create(document=document, reader="agent")
    ClaimFactory.create_batch(5, member=member, guarantee=claim.guarantee)
    opened(claim, agent)
    assert [cost(page(inside, url)) for url in urls] == few
    assert max(few) <= MEMBER_PAGE


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_thousands_are_grouped_in_both_languages(language):
    with translation.override(language):
        assert money(Decimal("1234.5")).replace("\u202f", "\u00a0").startswith("1\u00a0234,50")
