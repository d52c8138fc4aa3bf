"""The pieces of pages say what they are given, and nothing that a strict policy would refuse."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from claims_portal.templatetags.portal import ICONS, file_size, icon, prose
from tests.factories.organisations import DeskFactory, LegalTextFactory, SectorFactory

TEMPLATES = Path(settings.BASE_DIR) / "templates"
AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def piece(name: str, **context: Any) -> str:
    with translation.override("fr"):
        return render_to_string(f"components/{name}.html", context)


def test_a_step_page_says_which_step_of_how_many() -> None:
    steps = [{"label": "Récit", "state": "done", "url": "/1/"}, {"label": "Pièces", "state": "current"}]
    html = piece("step_header", step_number=2, step_total=5, step_label="Pièces", steps=steps)
    assert "Étape 2 sur 5 · Pièces" in html
    assert '<progress class="bar" value="2" max="5"' in html
    assert '<a href="/1/">Récit</a>' in html
    assert html.count('aria-current="step"') == 1


def test_a_file_shows_its_size_its_state_and_what_could_be_better() -> None:
    file = {"id": 7, "label": "scan.pdf", "size": 248_000, "content_type": "application/pdf", "state": "pending"}
    html = piece("file_list", files=[file | {"advice": ["La page paraît vide."], "removable": True}])
    assert "248\u00a0ko" in html
    assert "vérification en cours" in html
    assert "La page paraît vide." in html
    assert re.search(r'name="remove" value="7" formnovalidate', html)


def test_the_name_of_a_file_cannot_bring_markup() -> None:
    html = piece("file_list", files=[{"id": 1, "label": "<img src=x>.pdf", "size": 1, "state": "clean"}])
    assert "<img" not in html


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1\u00a0ko"), (248_000, "248\u00a0ko"), (1_250_000, "1,2\u00a0Mo"), (10_485_760, "10,5\u00a0Mo")],
)
def test_a_size_is_written_as_people_read_it(size: int, words: str) -> None:
    with translation.override("fr"):
        assert file_size(size) == words


def test_a_clock_shows_its_date_in_full_and_how_it_was_counted() -> None:
    clock = {"label": "Réponse avant le", "state": "soon", "due": AT, "fraction": 0.5, "explanation": "10 jours"}
    html = piece("clock", clock=clock)
    assert "mardi 3 mars 2026" in html
    assert 'value="0.500" max="1"' in html
    assert "Comment cette date est calculée" in html


def test_what_is_not_filled_in_is_said_on_the_check_page() -> None:
    html = piece("summary_list", rows=[{"label": "Téléphone", "value": "", "change_url": "/etape/"}])
    assert "Non renseigné" in html
    assert 'href="/etape/">Modifier<span class="visually-hidden"> Téléphone</span>' in html


def test_a_confirmation_shows_the_number_and_offers_to_copy_it() -> None:
    html = piece("confirmation", title="Déposée", number="R26-48A7")
    assert ">R26-48A7</bdi>" in html
    assert 'data-copy="numero-valeur"' in html


def test_words_exchanged_keep_their_lines_and_lose_their_markup() -> None:
    html = piece("conversation", exchange=[{"mine": True, "author": "Vous", "at": AT, "text": "Un\n\n<b>Deux</b>"}])
    assert "<p>Un</p>" in html
    assert "<b>" not in html


def test_a_text_written_by_staff_gets_its_headings_lists_and_paragraphs() -> None:
    text = "Qui les lit\nLes agents, et eux seuls.\n\nSi vous voulez :\n• une date.\n• un <b>nom</b>.\nAlors écrivez."
    assert prose(text, 3) == (
        "<h3>Qui les lit</h3><p>Les agents, et eux seuls.</p>"
        "<p>Si vous voulez :</p><ul><li>une date.</li><li>un &lt;b&gt;nom&lt;/b&gt;.</li></ul><p>Alors écrivez.</p>"
    )


def test_an_address_in_a_text_is_no_heading() -> None:
    assert prose("Service réclamations\n649, boulevard Mohamed V\nCasablanca").count("<h2>") == 0


def test_an_unknown_icon_is_nothing_and_no_name_leaves_the_folder() -> None:
    assert icon("n-existe-pas") == ""
    assert icon("../base") == ""


def test_an_arrow_turns_with_the_direction_of_the_page() -> None:
    assert 'class="icon icon-turns"' in icon("arrow-right")
    assert 'class="icon"' in icon("clock")


def test_every_icon_named_in_a_template_is_there() -> None:
    sources = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    named = {name for source in sources for name in re.findall(r'{% icon "([a-z0-9-]+)" %}', source)}
    assert named <= {path.stem for path in ICONS.glob("*.svg")}


def test_no_template_has_an_inline_style_or_handler() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if path.is_relative_to(TEMPLATES / "notices") or path.is_relative_to(TEMPLATES / "pdf"):
            continue  # an e-mail client or a PDF has no style sheet of ours
        source = path.read_text()
        assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", source), path
        assert not re.search(r"<(?:script|style)(?![^>]*(?:src|nonce|type=\"application/json\"))[^>]*>", source), path


@pytest.mark.django_db
def test_no_public_page_renders_an_inline_style_or_handler(client: Client) -> None:
    sector = SectorFactory()
    text = LegalTextFactory(organisation=DeskFactory(sectors=[sector]).organisation)
    for address in ("/", f"/secteurs/{sector.code}/", f"/textes/{text.organisation.code}/data-protection/", "/rien/"):
        page = client.get(address).content.decode()
        assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", page), address
        assert not re.search(r"<script(?![^>]*src=)", page), address


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/ar"])
def test_the_first_visit_weighs_less_than_100_kilobytes(client: Client, language: str) -> None:
    SectorFactory.create_batch(2)
    page = client.get(f"{language}/").content
    linked = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', page.decode())
    assert linked
    files = [(Path(settings.STATIC_ROOT) / name).read_bytes() for name in linked]
    assert sum(len(brotli.compress(each)) for each in [page, *files]) < 100_000


@pytest.mark.django_db
def test_the_frame_of_a_page_asks_the_database_nothing(rf: Any) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    with CaptureQueriesContext(connection) as queries:
        engines["django"].get_template("base.html").render({}, request)
    assert len(queries) == 0
