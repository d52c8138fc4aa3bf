"""E-services, sectors and legal texts, as anybody sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories.organisations import DeskFactory, LegalTextFactory, OrganisationFactory, SectorFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("A1", "A16")
def test_the_first_page_is_e_services_of_the_complaints_platform(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "<title>E-services · Plateforme de gestion des réclamations</title>" in page
    assert 'aria-current="page">E-services</a>' in page


@pytest.mark.req("A7", "A8", "A17", "A18", "A19")
def test_the_choice_of_the_sector_comes_first(client: Client) -> None:
    SectorFactory(code="assurance", name_fr="E-réclamation Assurance", position=1)
    SectorFactory(code="prevoyance", name_fr="E-réclamation Prévoyance Sociale", position=2)
    page = client.get("/").content.decode()
    insurance, welfare = page.index('href="/secteurs/assurance/"'), page.index('href="/secteurs/prevoyance/"')
    assert insurance < page.index("E-réclamation Assurance") < welfare < page.index("E-réclamation Prévoyance Sociale")
    assert welfare < page.index("Comment ça marche")


@pytest.mark.req("A3", "A4", "A5")
def test_the_first_page_says_who_may_complain(client: Client) -> None:
    page = client.get("/").content.decode()
    for who in ("les assurés", "les affiliés", "les adhérents", "ayants droit"):
        assert f"<strong>{who}</strong>" in page


@pytest.mark.req("A42", "A43")
def test_the_first_page_tells_who_wrote_on_paper_how_to_follow_online(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "saisie par un agent sur cette même plateforme" in page
    assert "communiquez votre e-mail ou votre numéro de mobile" in page


def test_the_first_page_without_a_sector_says_so(client: Client) -> None:
    assert "Aucun service n’est ouvert pour le moment" in client.get("/").content.decode()


def test_the_first_page_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    SectorFactory.create_batch(3)
    with django_assert_num_queries(1):
        client.get("/")


def test_a_sector_costs_two_queries_however_many_desks_it_has(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sector = SectorFactory()
    DeskFactory.create_batch(12, sectors=[sector])
    with django_assert_num_queries(2):
        client.get(f"/secteurs/{sector.code}/")


def test_a_sector_shows_its_open_desks_and_no_other(client: Client) -> None:
    sector = SectorFactory()
    DeskFactory(sectors=[sector], name_fr="Guichet ouvert")
    DeskFactory(sectors=[sector], name_fr="Guichet fermé", is_open=False)
    DeskFactory(sectors=[sector], name_fr="Guichet retiré", organisation__is_active=False)
    DeskFactory(sectors=[SectorFactory()], name_fr="Guichet d’à côté")
    page = client.get(f"/secteurs/{sector.code}/").content.decode()
    assert "Guichet ouvert" in page
    assert not any(name in page for name in ("Guichet fermé", "Guichet retiré", "Guichet d’à côté"))


@pytest.mark.req("A6", "A44")
def test_a_desk_shows_the_site_and_the_address_of_its_organisation(client: Client) -> None:
    sector = SectorFactory()
    DeskFactory(sectors=[sector], email="helpdesk_reclamation@acaps.ma", organisation__website="https://www.acaps.ma")
    page = client.get(f"/secteurs/{sector.code}/").content.decode()
    assert 'href="https://www.acaps.ma"' in page
    assert 'href="mailto:helpdesk_reclamation@acaps.ma"' in page


def test_a_sector_without_a_desk_shows_the_way_back(client: Client) -> None:
    page = client.get(f"/secteurs/{SectorFactory().code}/").content.decode()
    assert "Aucun guichet n’est ouvert dans ce secteur" in page
    assert "Voir tous les secteurs" in page


def test_an_unknown_sector_is_not_found(client: Client) -> None:
    assert client.get("/secteurs/inconnu/").status_code == 404


def test_the_arabic_page_runs_from_right_to_left_in_arabic(client: Client) -> None:
    SectorFactory()
    page = client.get("/ar/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "bootstrap.rtl" in page
    assert "شكاية إلكترونية: التأمين" in page


def test_each_page_offers_itself_in_the_other_language(client: Client) -> None:
    sector = SectorFactory()
    french, arabic = f"/secteurs/{sector.code}/", f"/ar/secteurs/{sector.code}/"
    assert f'href="{arabic}" lang="ar"' in client.get(french).content.decode()
    assert f'href="{french}" lang="fr"' in client.get(arabic).content.decode()


def test_a_legal_text_shows_its_version_in_force(client: Client) -> None:
    now = timezone.now()
    organisation = OrganisationFactory()
    LegalTextFactory(organisation=organisation, version="0.9", valid_to=now - timedelta(days=1), body_fr="Ancien")
    LegalTextFactory(organisation=organisation, version="1.0", valid_from=now - timedelta(days=2))
    LegalTextFactory(organisation=organisation, version="2.0", valid_from=now + timedelta(days=1), body_fr="À venir")
    page = client.get(f"/textes/{organisation.code}/data-protection/").content.decode()
    assert "Version 1.0, en vigueur depuis le" in page
    assert "<p>Elles sont ensuite effacées.</p>" in page
    assert "Ancien" not in page
    assert "À venir" not in page


def test_a_legal_text_cannot_bring_markup_of_its_own(client: Client) -> None:
    text = LegalTextFactory(body_fr="<script>alert(1)</script>")
    page = client.get(f"/textes/{text.organisation.code}/data-protection/").content.decode()
    assert "<script>alert" not in page


def test_the_texts_of_a_kind_are_listed_by_organisation_in_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = LegalTextFactory(), LegalTextFactory()
    LegalTextFactory(organisation=first.organisation)
    with django_assert_num_queries(1):
        page = client.get("/textes/data-protection/").content.decode()
    for text in (first, second):
        assert page.count(f'href="/textes/{text.organisation.code}/data-protection/"') == 1


@pytest.mark.parametrize("address", ["/textes/inconnu/", "/textes/personne/data-protection/"])
def test_a_text_that_does_not_exist_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_colour_of_an_organisation_is_allowed_by_the_nonce_alone(client: Client) -> None:
    text = LegalTextFactory(organisation__primary_colour="#003781")
    response = client.get(f"/textes/{text.organisation.code}/data-protection/")
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.split("style-src", 1)[1].split("'nonce-", 1)[1].split("'", 1)[0]
    assert f'<style nonce="{nonce}">' in response.content.decode()
    assert "unsafe-inline" not in policy


def test_the_public_pages_say_in_their_head_what_they_are_for(client: Client) -> None:
    assert '<meta name="description" content="Déposez une réclamation' in client.get("/").content.decode()
    assert '<meta name="description" content="Déclarez vos soins' in client.get("/sante/").content.decode()
