"""Drawing a PDF: its limits, the page that says to come back, and no word of what was typed in the logs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from claims_portal.bounded_processes import BoundReached, stop
from claims_portal.pdf import allowance, joined, pdf_of
from claims_portal.pdf_drawing import TEMPORARY, DrawingError, draw_pdf, use_own_temporary_folder
from tests.complaints.public import follow
from tests.factories.complaints import ComplaintFactory

SHORT = '<html lang="fr"><title>t</title><p>Bonjour</p></html>'


@pytest.fixture
def limits(settings: Any) -> Any:
    """Limits of this test alone; the processes they start end with it."""
    settings.PDF_LIMITS = settings.PDF_LIMITS | {"niceness": 6}
    yield settings.PDF_LIMITS
    stop(allowance())


def test_a_page_that_takes_too_long_is_given_up(limits: Any) -> None:
    pdf_of(SHORT)
    limits["seconds"] = 0.3
    with pytest.raises(BoundReached, match="too_slow"):
        pdf_of(f"<html lang=fr><title>t</title>{'<p>Bonjour à toutes et à tous' * 20_000}")
    limits["seconds"] = 20
    assert pdf_of(SHORT).startswith(b"%PDF")


def test_a_page_that_takes_too_much_memory_is_given_up(limits: Any) -> None:
    limits["memory_bytes"] = 150 * 1024**2
    with pytest.raises(BoundReached):
        pdf_of(f"<html lang=fr><title>t</title>{'<p>Bonjour à toutes et à tous' * 20_000}")


def test_papers_that_take_too_long_together_are_given_up(settings: Any) -> None:
    settings.PDF_LIMITS = settings.PDF_LIMITS | {"batch_seconds": 0}
    drawn = []

    def papers() -> Any:
        for paper in (pdf_of(SHORT), pdf_of(SHORT)):
            drawn.append(paper)
            yield paper

    with pytest.raises(BoundReached, match="too_slow"):
        joined(papers())
    assert len(drawn) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "seconds", "sentence"),
    [
        ("busy", "10", "D’autres documents sont en préparation"),
        ("too_slow", "60", "n’a pas pu être préparé"),
    ],
)
def test_who_asks_for_a_pdf_too_many_is_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, code: str, seconds: str, sentence: str
) -> None:
    def refuse(*_arguments: Any, **_given: Any) -> bytes:
        raise BoundReached(code)

    complaint = ComplaintFactory()
    address = f"/reclamations/suivi/{complaint.number}/accuse.pdf"
    monkeypatch.setattr("claims_portal.pdf.run_bounded", refuse)
    follow(client, complaint)
    response = client.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, seconds)
    assert sentence in response.content.decode()
    assert f'href="{address}"' in response.content.decode()


@pytest.mark.django_db
def test_who_waits_is_known_by_the_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def draw(*_arguments: Any, person: str) -> bytes:
        asked.append(person)
        return b"%PDF"

    complaint = ComplaintFactory()
    monkeypatch.setattr("claims_portal.pdf.run_bounded", draw)
    follow(client, complaint)
    client.get(f"/reclamations/suivi/{complaint.number}/dossier.pdf", REMOTE_ADDR="192.0.2.7")
    assert asked == ["192.0.2.7"]


def test_an_error_of_the_engine_does_not_quote_the_page(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    import weasyprint

    def fail(*_arguments: Any, **_given: Any) -> bytes:
        raise ValueError("Amina El Amrani")

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", fail)
    with pytest.raises(DrawingError, match=r"^ValueError$") as failure:
        draw_pdf(SHORT, str(settings.STATICFILES_DIRS[0]))
    assert "Amina" not in "".join(traceback.format_exception(failure.value))


def test_the_libraries_that_read_texts_and_files_log_nothing() -> None:
    names = ["weasyprint", "weasyprint.progress", "fontTools.subset", "pikepdf._core", "PIL.Image"]
    program = (
        "import django, logging; django.setup()\n"
        f"for name in {names}: logging.getLogger(name).error('Amina')\n"
        "logging.getLogger('another').error('Youssef')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Amina" not in done.stdout + done.stderr
    assert "Youssef" in done.stdout + done.stderr


def test_the_fonts_of_a_process_that_was_stopped_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, used = tmp_path / f"{TEMPORARY}{ended.pid}-a", tmp_path / f"{TEMPORARY}1-b"
    left.mkdir()
    used.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    use_own_temporary_folder()
    assert not left.exists()
    assert used.exists()
