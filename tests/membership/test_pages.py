"""The pages of the space: their content from data, and for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from claims_portal.organisations.models import LegalText, Organisation
from membership import cover
from membership.menu import tabs_for
from membership.models import Ceiling, Deductible, DepositPoint, Guarantee, Member, MemberAccount, PracticalText
from membership.urls import urlpatterns
from tests.factories.documents import DocumentFactory
from tests.factories.membership import AccountFactory, BeneficiaryFactory, GuaranteeFactory, MemberFactory, enter_as
from tests.test_query_counts import cost, page

pytestmark = pytest.mark.django_db
CERTIFIED = "Je certifie que les informations saisies (n° de SOM, n° de CIN) me concernent personnellement."
PAGES = ("home", "downloads", "practical", "membership", "card", "deposit-points")
PRIVATE = (
    *("home", "practical", "membership", "card", "deposit-points", "terms"),
    *("change-password", "change-mobile", "change-mobile-code", "change-email"),
)
MOST = 8


def read(client: Client, name: str) -> str:
    return client.get(reverse(f"membership:{name}")).content.decode()


def legal_text(member, kind: str, version: str = "1", **more: object) -> LegalText:
    begin = datetime(2024, 1, 1, tzinfo=timezone.get_default_timezone())
    body = {"title_fr": "Titre du texte", "body_fr": "Corps du texte", "valid_from": begin}
    return LegalText.objects.create(
        organisation=member.policy.organisation, kind=kind, version=version, **(body | more)
    )


@pytest.mark.req("D19", "D20", "D21", "D30", "D32")
def test_the_terms_are_shown_with_who_it_is_and_accepted_by_the_certification(client: Client) -> None:
    member = MemberFactory()
    text = legal_text(member, LegalText.Kind.MEMBER_TERMS)
    enter_as(client, AccountFactory(member=member, terms_accepted_at=None).member)
    assert client.get(reverse("membership:home"))["Location"] == reverse("membership:terms")
    shown = read(client, "terms")
    for words in (
        "Conditions générales d’utilisation et protection des données personnelles",
        "Organisme d’affiliation",
        member.policy.number,
        "Nom & prénom",
        f"{member.last_name} {member.first_name}",
        "Corps du texte",
        CERTIFIED,
    ):
        assert words in shown
    assert "Cochez cette case" in client.post(reverse("membership:terms")).content.decode()
    client.post(reverse("membership:terms"), {"certified": "on"})
    assert MemberAccount.objects.get(member=member).terms == text
    assert client.get(reverse("membership:home")).status_code == 200


@pytest.mark.req("D32")
def test_a_new_version_of_the_terms_is_asked_again(client: Client, member) -> None:
    enter_as(client, member)
    assert client.get(reverse("membership:home")).status_code == 200
    legal_text(member, LegalText.Kind.MEMBER_TERMS)
    assert client.get(reverse("membership:home"))["Location"] == reverse("membership:terms")


@pytest.mark.req("D33", "D34", "D35", "D36", "D40", "D41")
def test_each_page_has_the_tabs_and_the_banner(client: Client, member) -> None:
    enter_as(client, member)
    for name in PAGES:
        shown = read(client, name)
        for words in (
            member.policy.organisation.name_fr,
            "Bienvenue dans l’espace",
            ">Téléchargement<",
            ">Données pratiques<",
            ">Consulter mon adhésion<",
            ">Point de dépôt<",
            ">Déconnexion<",
        ):
            assert words in shown


@pytest.mark.req("D5", "D37", "D38", "D39", "T7")
def test_the_tabs_stand_in_the_order_of_the_guide_and_the_follow_up_comes_with_the_e_mail(member) -> None:
    always = ["Accueil", "Téléchargement", "Données pratiques", "Consulter mon adhésion", "Consulter mes dossiers"]
    with translation.override("fr"):
        assert [str(tab.label) for tab in tabs_for(member)] == [
            *always,
            "Point de dépôt",
            "Suivi dossiers",
            "Envoi Dossier",
        ]
        member.account.email_asked_at = None
        assert [str(tab.label) for tab in tabs_for(member)] == [*always, "Point de dépôt", "Envoi Dossier"]


@pytest.mark.req("D154")
def test_the_legal_notice_of_the_insurer_ends_each_page(client: Client, member) -> None:
    legal_text(member, LegalText.Kind.LEGAL_NOTICE, body_fr="Entreprise privée régie par la loi n° 17-99")
    enter_as(client, member)
    assert "régie par la loi n° 17-99" in read(client, "home")
    assert "régie par la loi n° 17-99" in Client().get(reverse("membership:sign-in")).content.decode()


def full(member) -> None:
    """A family, guarantees of every kind, ceilings, texts and places."""
    policy = member.policy
    BeneficiaryFactory.create_batch(4, member=member)
    for number, mode in enumerate(Guarantee.Mode):
        made = GuaranteeFactory(
            policy=policy, prestation__code=f"soin-{number}", mode=mode, rate=80, flat_amount=1500, declaration_days=90
        )
        Ceiling.objects.create(
            policy=policy, prestation=made.prestation, scope="act", amount=2000, valid_from="2020-01-01"
        )
    Ceiling.objects.create(policy=policy, scope="person", period_months=12, amount=1_000_000, valid_from="2020-01-01")
    Deductible.objects.create(policy=policy, amount=100, valid_from="2020-01-01")
    for kind in PracticalText.Page:
        for number in range(3):
            PracticalText.objects.create(
                policy=policy, page=kind, title_fr=f"Texte {number}", body_fr="Corps", document=DocumentFactory()
            )
    DepositPoint.objects.create(
        policy=policy, name_fr="Agence Maârif", address_fr="1, rue X", city_fr="Casablanca", hours_fr="9 h – 16 h"
    )


@pytest.mark.req("D36", "E68")
def test_the_membership_page_says_in_words_who_is_covered_and_what_is_paid(client: Client, member) -> None:
    full(member)
    enter_as(client, member)
    shown = read(client, "membership").replace("\u00a0", " ").replace("\u202f", " ")
    for words in (
        "80 % du ticket modérateur",
        "Un forfait de 1 500,00 MAD",
        "2 000,00 MAD au plus par acte",
        "1 000 000,00 MAD au plus par année civile et par personne",
        "Franchise de 100,00 MAD",
        "90 jours après les soins",
        "Droits ouverts",
        "Virement",
        "4921",
    ):
        assert words in shown
    assert member.rib not in shown


def test_rights_are_those_of_the_day_it_is_where_the_insurer_is(client: Client, member) -> None:
    Organisation.objects.update(time_zone="Asia/Tokyo")
    Member.objects.update(rights_from=date(2026, 7, 2))
    with time_machine.travel(datetime(2026, 7, 1, 18, 0, tzinfo=UTC)):
        enter_as(client, member)
        assert "Droits ouverts" in read(client, "membership")


@pytest.mark.req("D34", "D35", "D40")
def test_pages_without_content_say_what_to_do(client: Client, member) -> None:
    enter_as(client, member)
    assert "Aucun document pour le moment" in read(client, "downloads")
    assert "Aucune information pour le moment" in read(client, "practical")
    assert "Aucun point de dépôt" in read(client, "deposit-points")
    full(member)
    assert "Agence Maârif" in read(client, "deposit-points")
    assert "Texte 2" in read(client, "practical")


@pytest.mark.req("D14")
def test_a_visitor_reads_the_public_documents_and_no_other(client: Client, member) -> None:
    texts = [
        PracticalText.objects.create(
            policy=member.policy, page="downloads", title_fr=title, is_public=public, document=DocumentFactory()
        )
        for title, public in (("Guide", True), ("Réservé", False))
    ]
    shown = read(client, "downloads")
    assert "Guide" in shown
    assert "Réservé" not in shown
    files = [reverse("membership:download", args=[text.pk]) for text in texts]
    assert [client.get(file).status_code for file in files] == [200, 404]
    enter_as(client, member)
    assert [client.get(file).status_code for file in files] == [200, 200]
    enter_as(client, MemberFactory(activated=True))
    assert [client.get(file).status_code for file in files] == [404, 404]


@pytest.mark.req("D3")
def test_nobody_opens_a_page_of_the_space_and_every_page_is_known_here(client: Client) -> None:
    for name in PRIVATE:
        assert client.get(reverse(f"membership:{name}"))["Location"] == reverse("membership:sign-in")
    ways_in = {
        "sign-in",
        "identity",
        "password",
        "browser-code",
        "code-first",
        "forgotten",
        "forgotten-new",
        "forgotten-link",
    }
    public = ways_in | {"email-link", "not-me", "card-check", "sign-out", "downloads", "download"}
    child = reverse("membership:family-card", args=[BeneficiaryFactory().pk])
    assert client.get(child)["Location"] == reverse("membership:sign-in")
    assert {pattern.name for pattern in urlpatterns} == public | {*PRIVATE, "family-card"}


@pytest.mark.req("T5")
def test_without_a_password_the_family_and_the_bank_account_stay_closed(client: Client) -> None:
    member = MemberFactory()
    child = BeneficiaryFactory(member=member, first_name="Aya")
    enter_as(client, member)
    assert client.get(reverse("membership:family-card", args=[child.pk])).status_code == 403
    for name in ("membership", "card", "change-password", "change-mobile", "change-email", "change-mobile-code"):
        answer = client.get(reverse(f"membership:{name}"))
        assert answer.status_code == 403
        assert "Aya" not in answer.content.decode()
    assert [client.get(reverse(f"membership:{name}")).status_code for name in ("home", "practical")] == [200, 200]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_with_little_or_much_on_it(client: Client, member, name: str) -> None:
    enter_as(client, member)
    address = reverse(f"membership:{name}")
    few = cost(page(client, address))
    full(member)
    assert cost(page(client, address)) == few <= MOST


@pytest.mark.parametrize(
    ("months", "expected"), [(24, "par période de 2 ans"), (6, "par période de 6 mois"), (12, "par période de 1 an")]
)
def test_a_frequency_is_said_in_years_when_it_is_whole_years(months: int, expected: str) -> None:
    assert expected in cover.frequency(months)


def test_a_version_that_ended_is_no_guarantee_any_more(member) -> None:
    GuaranteeFactory(policy=member.policy, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
    assert cover.guarantees(member.policy, date(2020, 6, 1))[0].paid.startswith("Tout ce qui reste")
    assert cover.guarantees(member.policy, date(2022, 6, 1)) == []
    assert cover.paid(Guarantee(mode="tariff", rate=Decimal("112.50"))).startswith("Jusqu’à 112,5\u00a0%")
