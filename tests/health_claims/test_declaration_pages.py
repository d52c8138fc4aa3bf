"""The five étapes in a browser: what each shows and asks, whose drafts are whose, and what is lost: nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.wizards.models import Draft
from health_claims.models import Declaration
from membership.models import Guarantee, Member, Prestation
from tests.factories.documents import image_bytes, page_of_text, upload
from tests.factories.health_claims import DeclarationDraftFactory, DeclarationFactory, guarantee_of, typed
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory, PrestationFactory, enter_as
from tests.factories.papers import papers_of

pytestmark = pytest.mark.django_db
CODES = {
    "accouchement-normal": "Accouchement normal",
    "accouchement-cesarienne": "Accouchement par césarienne",
    "hospitalisation": "Hospitalisation",
    "irm": "IRM",
    "odf": "ODF",
    "optique": "Optique",
    "protheses-auditives": "Prothèses auditives",
    "reeducation": "Rééducation",
    "scanner": "Scanner",
    "ald-alc": "Soins liés aux ALD-ALC",
}


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory.create(activated=True)
    papers_of(member)
    enter_as(client, member)
    return member


def at(draft: Draft, step: str) -> str:
    return f"/sante/declaration/{draft.pk}/{step}/"


def page(client: Client, url: str, **data: Any) -> str:
    """The words of a page, its spaces as one."""
    answer = client.post(url, data) if data else client.get(url)
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def draft_of(member: Member, **given: Any) -> Draft:
    return DeclarationDraftFactory.create(member=member, **given)


@pytest.mark.req("D75", "D76", "D77", "D88", "D89")
def test_the_first_etape_offers_what_the_policy_guarantees_today_each_with_its_drawing(client, member):
    GuaranteeFactory(policy=member.policy, prestation__code="optique", prestation__drawing="optique")
    ended = PrestationFactory(code="scanner", name_fr="Scanner")
    GuaranteeFactory(policy=member.policy, prestation=ended, valid_to=timezone.localdate() - timedelta(days=1))
    shown = page(client, at(draft_of(member, answers={}), "nature"))
    assert all(words in shown for words in ("Choisissez la nature du dossier", "Type de dossier", "rejeter", "Suivant"))
    assert re.findall(r'name="prestation" value="([^"]+)"', shown) == ["optique"]
    assert 'viewBox="0 0 64 64"' in shown


@pytest.mark.req("D78", "D79", "D80", "D81", "D82", "D83", "D84", "D85", "D86", "D87")
def test_the_ten_prestations_of_the_guide_have_their_cards(client, member):
    for position, (code, name) in enumerate(CODES.items()):
        prestation = PrestationFactory(code=code, name_fr=name, drawing=code, position=position)
        GuaranteeFactory(policy=member.policy, prestation=prestation)
    shown = page(client, at(draft_of(member, answers={}), "nature"))
    found = re.findall(r'name="prestation" value="([^"]+)".*?<svg.*?viewBox="0 0 64 64".*?choice-text">([^<]+)<', shown)
    assert dict(found) == CODES
    assert list(dict(found)) == list(CODES)


@pytest.mark.req("D90", "D91", "D92", "D93", "D94", "D95", "D98", "D100", "D101")
def test_the_pieces_of_the_prestation_are_listed_each_under_its_name(client, member):
    guarantee = GuaranteeFactory(policy=member.policy, pieces=2)
    shown = page(client, at(draft_of(member, answers=typed(guarantee), documents=0), "pieces"))
    assert re.findall(r"<strong[^>]*>Optique</strong> (Pièce \d)", shown) == ["Pièce 1", "Pièce 2"]
    words = ("Prière de vous assurer que vous avez bien en votre possession", "10 fichiers au plus", "lisibles")
    assert all(each in shown for each in (*words, "Choisir un fichier", "Charger", "Précédent", "Suivant"))


@pytest.mark.req("D96", "D97")
def test_a_file_is_charged_shown_by_name_and_taken_out_again(client, member):
    url = at(draft_of(member, documents=0), "pieces")
    assert client.post(url, {"action": "upload", "files": upload(name="Facture opticien.pdf")}).status_code == 302
    shown = page(client, url)
    assert "Facture opticien.pdf" in shown
    [document] = re.findall(r'name="remove" value="([^"]+)"', shown)
    client.post(url, {"remove": document})
    assert "Facture opticien.pdf" not in page(client, url)


@pytest.mark.req("D99")
def test_a_file_that_is_neither_image_nor_pdf_is_refused_with_a_sentence(client, member):
    sent = {"action": "upload", "files": upload(b"MZ\x90 a program", name="facture.exe")}
    assert "Seules les images" in page(client, at(draft_of(member, documents=0), "pieces"), **sent)


@pytest.mark.req("D100")
def test_advice_on_a_piece_hard_to_read_is_given_on_the_spot_and_again_before_sending(client, member):
    draft = draft_of(member, documents=0)
    sideways = image_bytes(page_of_text().rotate(90, expand=True).convert("RGB"))
    client.post(at(draft, "pieces"), {"action": "upload", "files": upload(sideways, name="facture.jpg")})
    assert "couchée sur le côté" in page(client, at(draft, "pieces"))
    assert "Pièces difficiles à lire" in page(client, at(draft, "validation"))


def test_a_declaration_does_not_go_on_without_any_file(client, member):
    shown = page(client, at(draft_of(member, documents=0), "pieces"), action="next")
    assert "Joignez au moins une pièce" in shown


@pytest.mark.req("D102", "D103", "D104", "D105", "D106", "D107")
def test_the_member_is_chosen_beforehand_and_the_family_stands_in_its_groups(client, member):
    spouse = BeneficiaryFactory(member=member, relation="spouse", first_name="Fati")
    child = BeneficiaryFactory(member=member, first_name="Yassine")
    BeneficiaryFactory(first_name="Étranger")
    shown = page(client, at(draft_of(member, answers={}), "personne"))
    assert "Prière de choisir le membre de votre famille à charge concerné par le dossier" in shown
    assert re.search(r'value="member"[^>]*checked', shown)
    groups = re.findall(r'<h2 id="groupe-\d">([^<]+)</h2> <p[^>]*>Nom & Prénom</p>.*?value="(\d+)"', shown)
    assert groups == [("Conjoint", str(spouse.pk)), ("Enfants", str(child.pk))]
    assert "Étranger" not in shown


@pytest.mark.req("F44")
def test_who_has_no_rights_today_is_said_and_may_still_be_chosen(client, member):
    child = BeneficiaryFactory(member=member, rights_to=date(2025, 12, 31))
    draft = draft_of(member, answers={})
    assert "Pas de droits ouverts aujourd’hui" in page(client, at(draft, "personne"))
    assert client.post(at(draft, "personne"), {"patient": str(child.pk)}).status_code == 302


@pytest.mark.req("F44")
def test_once_the_date_of_care_is_given_the_family_shows_the_rights_of_that_day(client, member):
    left = BeneficiaryFactory(member=member, rights_to=date(2025, 12, 31))
    came = BeneficiaryFactory(member=member, rights_from=date(2026, 1, 1))

    def without_rights(care_date: str) -> list[str]:
        draft = draft_of(member, answers={"donnees": {"care_date": [care_date], "amount": ["300"]}})
        shown = page(client, at(draft, "personne"))
        people = re.findall(r'value="(\d+)".*?</label>', shown, re.DOTALL)
        marked = re.findall(r'value="(\d+)"(?:(?!</label>).)*date des soins', shown, re.DOTALL)
        assert {str(left.pk), str(came.pk)} <= set(people)
        return marked

    assert without_rights("2025-12-31") == [str(came.pk)]
    assert without_rights("2026-01-01") == [str(left.pk)]


def test_somebody_elses_child_is_refused_with_a_sentence(client, member):
    shown = page(client, at(draft_of(member), "personne"), patient=str(BeneficiaryFactory().pk))
    assert "ne fait pas partie de votre famille à charge" in shown


@pytest.mark.req("D108", "D109", "D110", "D113", "D114", "D115", "D116")
def test_the_fourth_etape_asks_date_and_amount_and_shows_the_activated_contacts(client, member):
    shown = page(client, at(draft_of(member), "donnees"))
    words = ("Prière de compléter les données suivantes", "Date de consultation de médecin", "Frais engagés (MAD)")
    contacts = ("Numéro Téléphone", "+212 6", "Adresse e-mail :", "salma.essai@exemple.ma", "médecin traitant")
    assert [each for each in (*words, *contacts) if each not in shown.replace("\u00a0", " ")] == []


@pytest.mark.req("D111", "D112")
@pytest.mark.parametrize(
    ("which", "words"),
    [
        (Prestation.DateHelp.ADMISSION, "Date début hospitalisation"),
        (Prestation.DateHelp.HALF_YEAR, "date d’exécution du semestre"),
    ],
)
def test_the_help_with_the_date_is_that_of_the_prestation(client, member, which, words):
    guarantee = GuaranteeFactory(policy=member.policy, prestation__code="special", prestation__date_help=which)
    shown = page(client, at(draft_of(member, answers=typed(guarantee)), "donnees"))
    assert words in shown.replace("\u00a0", " ")


@pytest.mark.req("D117", "D118", "D119", "D120", "D121", "D122", "D123", "D124", "D125")
def test_the_recap_shows_every_element_in_the_order_of_the_guide(client, member):
    child = BeneficiaryFactory(member=member, first_name="Yassine")
    draft = draft_of(member, answers=typed(guarantee_of(member), patient=str(child.pk)))
    shown = page(client, at(draft, "validation")).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Prière de valider les éléments du dossier que vous voulez déclarer" in shown
    rows = re.findall(r"<dt>([^<]+)</dt> <dd>(?:<bdi>)?([^<]+)(?:</bdi>)?</dd>", shown)
    assert rows == [
        ("Type de dossier", "Optique"),
        ("Date de consultation de médecin", "27 février 2026"),
        ("Frais engagés", "2 100,00 MAD"),
        ("Personne Traitée", "Yassine Essai"),
        ("Lien", "Enfant"),
        ("GSM", "+212 6 12 34 56 78"),
        ("Adresse e-mail :", "salma.essai@exemple.ma"),
    ]
    assert "Fichier attaché" in shown
    assert draft.documents.get().document.label in shown


@pytest.mark.req("D126", "D127", "D129")
def test_terminer_sends_and_shows_the_reference_and_a_second_one_leads_to_the_follow_up(client, member):
    draft = draft_of(member)
    answer = client.post(at(draft, "validation"), follow=True)
    declaration = Declaration.objects.get()
    words = re.sub(r"\s+", " ", answer.content.decode())
    assert f"Votre demande référence {declaration.number} est en cours d’étude" in words
    assert re.search(r'href="/sante/suivi/">Terminer<', words)


def test_terminer_again_after_back_shows_the_same_reference(client, member):
    draft = draft_of(member)
    first = client.post(at(draft, "validation"))
    again = client.post(at(draft, "validation"))
    assert first["Location"] == again["Location"] == at(draft, "envoyee")
    assert Declaration.objects.count() == 1


def test_an_unfinished_declaration_leads_back_from_the_last_etape(client, member):
    draft = draft_of(member, answers={})
    assert client.get(at(draft, "validation"))["Location"] == at(draft, "nature") + "?revoir"


@pytest.mark.parametrize("step", ["nature", "pieces", "personne", "donnees", "validation", "envoyee"])
def test_the_draft_of_another_member_does_not_exist(client, member, step):
    draft = DeclarationDraftFactory.create()
    assert client.get(at(draft, step)).status_code == 404
    assert client.post(at(draft, step)).status_code in (404, 405)


def test_a_draft_follows_its_member_to_another_device(member):
    draft = draft_of(member)
    phone = Client()
    enter_as(phone, member)
    shown = page(phone, "/sante/declaration/")
    assert "Vous avez une déclaration commencée" in shown
    assert f'href="{at(draft, "validation")}"' in shown


def test_a_first_declaration_begins_at_once_and_is_not_begun_twice(client, member):
    first = client.get("/sante/declaration/")["Location"]
    assert client.get("/sante/declaration/")["Location"] == first
    assert Draft.objects.get().owner == f"member:{member.pk}"


def test_beginning_again_gives_an_empty_draft_and_nothing_of_another_member(client, member):
    draft, other = draft_of(member), DeclarationDraftFactory.create()
    assert client.post("/sante/declaration/", {"again": other.pk}).status_code == 404
    assert client.post("/sante/declaration/", {"again": "x"}).status_code == 404
    client.post("/sante/declaration/", {"again": draft.pk})
    assert Draft.objects.exclude(pk=other.pk).get().answers == {}


def test_leaving_keeps_what_was_typed_and_says_where_it_is(client, member):
    draft = draft_of(member, answers={})
    answer = client.post(at(draft, "donnees"), {"amount": "12", "action": "later"}, follow=True)
    assert "Envoi Dossier" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.answers["donnees"]["amount"] == ["12"]


@pytest.mark.req("D4")
def test_who_is_not_signed_in_or_activated_or_has_sent_no_paper_declares_nothing(client):
    assert client.get("/sante/declaration/")["Location"] == "/sante/"
    enter_as(client, MemberFactory.create())
    assert client.get("/sante/declaration/")["Location"] == "/sante/activation/"
    enter_as(client, MemberFactory.create(activated=True))
    assert client.get("/sante/declaration/")["Location"] == "/sante/premier-envoi/"
    assert not Draft.objects.exists()


def test_envoi_dossier_leads_to_the_declaration_once_everything_is_there(client, member):
    assert client.get("/sante/envoi/")["Location"] == "/sante/declaration/"


@pytest.mark.parametrize("step", ["nature", "pieces", "personne", "donnees", "validation"])
def test_an_etape_costs_the_same_with_a_small_family_or_a_large_one(client, member, step):
    guarantee_of(member)
    draft = draft_of(member)
    few = cost(client, at(draft, step))
    BeneficiaryFactory.create_batch(5, member=member)
    for code in CODES:
        GuaranteeFactory(policy=member.policy, prestation__code=code, prestation__drawing=code)
    DeclarationFactory.create_batch(3, member=member)
    large = draft_of(member, documents=9)
    assert cost(client, at(large, step)) == few <= (9 if step == "validation" else 8)


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    queries = [each["sql"] for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len(queries)


def test_a_guarantee_that_begins_tomorrow_is_not_offered(member):
    GuaranteeFactory(policy=member.policy, valid_from=timezone.localdate() + timedelta(days=1))
    assert not Guarantee.objects.on(timezone.localdate()).exists()
