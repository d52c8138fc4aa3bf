"""The way in: choosing a desk, its two tabs, and the words of the guides."""

from __future__ import annotations

import re

import pytest

from claims_portal.organisations.models import LegalText
from tests.factories.complaints import ComplaintSectorFactory, DeskFactory
from tests.factories.organisations import LegalTextFactory

from .public import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return DeskFactory.create(
        email="reclamations@atlas.example", phone="0522 00 00 00", postal_address_fr="1, rue X\nCasablanca"
    )


@pytest.mark.req("A20")
def test_filing_begins_with_the_desk_it_is_for(client, desk):
    page = read(client, "/reclamations/")
    assert "Déposer une réclamation" in page
    assert desk.name_fr in page
    assert f'href="/reclamations/{desk.code}/"' in client.get("/reclamations/").content.decode()


@pytest.mark.req("A17", "A18", "A19")
def test_desks_stand_under_their_sectors_in_order(client):
    later = ComplaintSectorFactory(name_fr="E-réclamation Prévoyance Sociale", position=2)
    first = ComplaintSectorFactory(name_fr="E-réclamation Assurance", position=1)
    desks = [DeskFactory(sectors=[later]), DeskFactory(sectors=[first])]
    page = read(client, "/reclamations/")
    order = [first.name_fr, desks[1].name_fr, later.name_fr, desks[0].name_fr]
    assert sorted(order, key=page.index) == order


def test_a_desk_that_is_closed_or_has_no_procedure_is_not_offered(client):
    hidden = [DeskFactory(is_open=False), DeskFactory(procedure=False), DeskFactory(organisation__is_active=False)]
    page = read(client, "/reclamations/")
    for desk in hidden:
        assert desk.name_fr not in page
        assert client.get(f"/reclamations/{desk.code}/").status_code == 404
        assert client.get(f"/reclamations/{desk.code}/suivre/").status_code == 404


def test_without_an_open_desk_the_page_says_so(client):
    assert "Aucun guichet n’est ouvert" in read(client, "/reclamations/")


@pytest.mark.req("A21", "A22")
def test_the_first_tab_is_to_submit_and_begins_with_a_button(client, desk):
    html = client.get(f"/reclamations/{desk.code}/").content.decode()
    assert re.search(r'aria-current="page">Soumettre une réclamation<', html)
    assert re.search(r"<button[^>]*>Commencer la démarche</button>", html)
    assert f'action="/reclamations/{desk.code}/commencer/"' in html


@pytest.mark.req("A26", "A27")
def test_the_second_tab_is_to_follow_and_gives_access(client, desk):
    html = client.get(f"/reclamations/{desk.code}/suivre/").content.decode()
    assert re.search(r'aria-current="page">Suivre ma réclamation<', html)
    assert re.search(r'<a[^>]*href="/reclamations/suivi/"[^>]*>Accéder</a>', html)


@pytest.mark.req("A43", "A44")
def test_who_wrote_by_post_is_told_where_to_send_a_contact(client, desk):
    page = read(client, f"/reclamations/{desk.code}/suivre/")
    assert "Vous avez écrit par courrier" in page
    assert "communiquer votre adresse e-mail ou votre téléphone portable" in page
    assert desk.email in page


@pytest.mark.req("C14", "C15", "C16", "C17", "C18", "C19")
def test_every_channel_of_the_desk_is_named(client, desk):
    page = read(client, f"/reclamations/{desk.code}/")
    for words in ("Par téléphone", desk.phone, "Par e-mail", desk.email, "Par courrier", "1, rue X Casablanca"):
        assert words in page


@pytest.mark.req("C1", "C2", "C4")
def test_the_guide_in_force_is_shown_before_beginning(client, desk):
    kind = LegalText.Kind.COMPLAINT_GUIDE
    LegalTextFactory(organisation=desk.organisation, kind=kind, title_fr="Comment effectuer une réclamation ?")
    desk.version += 1
    desk.save()
    page = read(client, f"/reclamations/{desk.code}/")
    assert page.index("Comment effectuer une réclamation ?") < page.index("Commencer la démarche")


@pytest.mark.req("C34", "C36", "C37", "N7")
def test_the_delays_are_said_before_anything_is_asked(client, desk):
    page = read(client, f"/reclamations/{desk.code}/")
    assert "Prise en charge 10 jours ouvrables" in page
    assert "Réponse 30 jours ouvrables" in page


def test_pages_of_a_desk_answer_to_reading_only(client, desk):
    for address in ("/reclamations/", f"/reclamations/{desk.code}/", f"/reclamations/{desk.code}/suivre/"):
        assert client.post(address).status_code == 405


@pytest.mark.req("F36")
def test_the_journey_can_be_begun_without_javascript(client, desk):
    answer = client.post(f"/reclamations/{desk.code}/commencer/", follow=True)
    html = answer.content.decode()
    assert '<form method="post"' in html
    assert 'type="submit"' in html
    assert "onclick" not in html


def test_drafts_begun_from_one_address_are_limited(client, desk, settings):
    settings.THROTTLES = settings.THROTTLES | {"draft-address": (1, 3600)}
    statuses = [client.post(f"/reclamations/{desk.code}/commencer/").status_code for _ in range(2)]
    assert statuses == [302, 429]


def test_a_page_costs_the_same_whatever_the_number_of_desks(client, django_assert_max_num_queries):
    DeskFactory.create_batch(6)
    with django_assert_max_num_queries(4):
        client.get("/reclamations/")
