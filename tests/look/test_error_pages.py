"""Each error page says what happened and what to do, and gives the reference that is in the log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from structlog.testing import capture_logs

from claims_portal import views

SENTENCES = [
    (400, "Nous n’avons pas pu lire cette demande", {}),
    (403, "Cette page ne vous est pas ouverte", {}),
    (403, "Cette page n’est plus valable", {"csrf": True}),
    (404, "Cette page est introuvable", {}),
    (405, "Cette page s’ouvre avec un bouton", {}),
    (429, "Réessayez dans 7\u00a0minutes.", {"minutes": 7}),
    (429, "Réessayez dans 1\u00a0minute.", {"minutes": 1}),
    (500, "Un problème est survenu de notre côté", {}),
    (503, "Le service revient dans un instant", {}),
]


def error_page(status: int, **context: Any) -> HttpResponse:
    with translation.override("fr"):
        return views.error_page(RequestFactory().get("/reclamations/"), status, **context)


@pytest.mark.parametrize(("status", "sentence", "context"), SENTENCES)
def test_an_error_page_says_its_own_sentence(status: int, sentence: str, context: dict[str, Any]) -> None:
    response = error_page(status, **context)
    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_the_reference_on_an_error_page_is_the_one_in_the_log(status: int) -> None:
    with capture_logs() as lines:
        page = error_page(status, minutes=1).content.decode()
    shown = re.search(r'<bdi class="code">([0-9A-F]{8})</bdi>', page)
    assert shown
    assert [line["reference"] for line in lines if line["event"] == "error_page"] == [shown[1]]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 503])
def test_an_error_page_needs_no_database(status: int) -> None:
    # Without the mark django_db, pytest-django fails this test at the first query.
    assert error_page(status, minutes=1).status_code == status


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError(), 503), (InterfaceError(), 503), (DatabaseError("server closed"), 503), (DataError(), 500)],
    ids=repr,
)
def test_a_query_cut_by_a_server_that_dies_asks_to_come_back(error: Exception, status: int) -> None:
    try:
        raise ValueError from error
    except ValueError:
        assert views.server_error(RequestFactory().get("/reclamations/")).status_code == status


def test_an_agent_who_is_lost_is_led_back_to_the_cases() -> None:
    page = views.error_page(RequestFactory().get("/gestion/complaints/complaint/9/"), 404).content.decode()
    assert 'href="/gestion/"' in page
    assert "Suivre ma réclamation</a>" not in page.split("<main")[1].split("</main>")[0]


def test_an_arabic_error_page_runs_from_right_to_left() -> None:
    with translation.override("ar"):
        page = views.error_page(RequestFactory().get("/ar/"), 404).content.decode()
    assert '<html lang="ar" dir="rtl">' in page


@pytest.mark.django_db
def test_an_unknown_address_shows_the_page_and_its_status(client: Client) -> None:
    response = client.get("/rien/du/tout/")
    assert response.status_code == 404
    assert "Cette page est introuvable" in response.content.decode()


STORY = "Mon dossier est bloqué depuis trois mois malgré deux relances."


def kept_on(**request: Any) -> str:
    typed = {"facts": STORY, "new_password": f"secret {STORY}", "city": "Fès"}
    post = RequestFactory().post("/reclamations/", typed, **request)
    with translation.override("fr"):
        return views.error_page(post, 403, csrf=True).content.decode()


@pytest.mark.parametrize("header", [{"HTTP_SEC_FETCH_SITE": "same-origin"}, {"HTTP_ORIGIN": "http://testserver"}])
def test_an_error_page_gives_back_the_text_that_was_not_taken(header: dict[str, str]) -> None:
    page = kept_on(**header)
    assert f">{STORY}</textarea>" in page
    assert "secret" not in page


@pytest.mark.parametrize("header", [{"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"}, {}])
def test_an_error_page_shows_no_words_sent_by_another_site(header: dict[str, str]) -> None:
    assert STORY not in kept_on(**header)


def test_a_text_sent_after_the_access_ended_comes_with_what_happened() -> None:
    post = RequestFactory().post("/reclamations/", {"body": STORY}, HTTP_SEC_FETCH_SITE="same-origin")
    with translation.override("fr"):
        page = views.error_page(post, 404).content.decode()
    assert "Votre accès à cette page a pris fin" in page
    assert f">{STORY}</textarea>" in page


def test_a_false_host_gets_its_error_page_like_any_other() -> None:
    post = RequestFactory().post("/reclamations/", {"body": STORY}, HTTP_HOST="faux.exemple", HTTP_ORIGIN="http://faux")
    assert STORY not in views.error_page(post, 400).content.decode()
