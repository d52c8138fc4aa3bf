"""The receipt and the case on paper."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from django.conf import settings
from django.utils import timezone, translation

from claims_portal.documents.models import Document
from claims_portal.pdf import pdf_of
from claims_portal.pdf_drawing import draw_pdf, load_engine, read_static
from complaints import printing
from complaints.models import Complaint, ComplaintDocument, Event, EventKind
from complaints.references import spoken
from complaints.services.following import write_to_desk
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.documents import DocumentFactory, pdf_bytes

pytestmark = pytest.mark.django_db
STATIC = str(settings.STATICFILES_DIRS[0])


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(data))


def language_of(data: bytes) -> str:
    with opened(data) as pdf:
        return str(pdf.Root.Lang)


def fonts_of(pdf: pikepdf.Pdf) -> set[str]:
    fonts = [font for page in pdf.pages for font in page.resources.get("/Font", {}).values()]
    return {str(font.BaseFont).partition("+")[2] for font in fonts}


def with_internal_note(complaint: Complaint) -> tuple[str, Document]:
    """A note between agents, with a document of its own."""
    note = Event.objects.create(
        case=complaint,
        kind=EventKind.NOTE,
        at=timezone.now(),
        user=AgentFactory(),
        to_state=complaint.state,
        body="Dossier à surveiller.",
        is_public=False,
    )
    document = DocumentFactory(data=pdf_bytes(text="Interne"), label="interne.pdf")
    ComplaintDocument.objects.create(case=complaint, document=document, event=note)
    return note.body, document


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("draw", [printing.receipt_pdf, printing.case_pdf])
def test_a_paper_is_an_accessible_pdf_that_says_its_title_and_language(draw, language):
    complaint = ComplaintFactory(language=language, documents=1)
    pdf = opened(draw(complaint))
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert spoken(complaint.number) in metadata["dc:title"]
    assert str(pdf.Root.Lang) == language
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_an_arabic_paper_is_written_from_right_to_left_with_our_own_fonts():
    complaint = ComplaintFactory(language="ar", facts__facts="تم إيداع ملف التعويض ولم أتوصل بأي جواب.")
    assert '<html lang="ar" dir="rtl">' in printing.case_html(complaint)
    fonts = fonts_of(opened(printing.case_pdf(complaint)))
    assert "Portal-Arabic" in fonts
    assert all(font.startswith("Portal-") for font in fonts)


def test_names_with_letters_from_elsewhere_need_no_font_of_the_machine():
    complaint = ComplaintFactory(complainant__last_name="Şahin Łukaszewicz")
    assert all(font.startswith("Portal-") for font in fonts_of(opened(printing.receipt_pdf(complaint))))


def test_the_receipt_says_number_reception_desk_and_person():
    complaint = ComplaintFactory()
    html = printing.receipt_html(complaint)
    for text in (spoken(complaint.number), str(complaint.desk), "Assurances de l’Atlas", "Amina El Amrani"):
        assert text in html


@pytest.mark.req("C34")
@pytest.mark.req("C37")
def test_the_receipt_says_what_happens_next_and_how_each_date_is_counted():
    html = printing.receipt_html(ComplaintFactory())
    assert "10 jours ouvrables à compter du" in html
    assert "30 jours ouvrables à compter du" in html
    assert html.count("Au plus tard le") == 2


def test_the_receipt_lists_the_documents_of_the_filing_with_their_fingerprints():
    complaint = ComplaintFactory(documents=2)
    later = DocumentFactory(data=pdf_bytes(text="Facture"))
    write_to_desk(complaint_id=complaint.pk, body="La facture.", documents=[later])
    html = printing.receipt_html(complaint)
    filed = [joined.document for joined in complaint.documents.select_related("document") if joined.document != later]
    assert len(filed) == 2
    assert all(document.sha256 in html and document.label in html for document in filed)
    assert later.sha256 not in html


def test_the_code_on_the_receipt_leads_to_the_public_page_in_the_language_of_the_case():
    complaint = ComplaintFactory(language="ar")
    address = f"{settings.PUBLIC_URL}/ar/reclamations/verification/{complaint.verification_code}/"
    with translation.override("ar"):
        code = printing.qr_code(address)
    html = printing.receipt_html(complaint)
    assert code in html
    assert address in html


def test_the_receipt_tells_the_time_of_the_organisation():
    complaint = ComplaintFactory(desk__organisation__time_zone="Pacific/Noumea")
    shown = timezone.localtime(complaint.opened_at, ZoneInfo("Pacific/Noumea"))
    assert f"à {shown:%H:%M}" in printing.receipt_html(complaint)


def test_the_case_holds_everything_that_was_told_and_exchanged():
    complaint = ComplaintFactory(dependants=2, messages=4, state="answered")
    html = printing.case_html(complaint)
    person = complaint.complainant
    told = [complaint.policy_number, complaint.prior_steps, complaint.desired_outcome, complaint.category.name]
    told += [person.full_name, person.email, person.mobile.as_international, person.cin, person.city]
    told += ["Réponse apportée"]
    told += [str(dependant) for dependant in complaint.dependants.all()]
    told += [line for event in complaint.events.all() for line in event.body.splitlines()]
    told += complaint.facts.splitlines()
    assert [text for text in told if text not in html] == []


def test_the_case_numbers_every_document_and_says_with_which_message_it_came():
    complaint = ComplaintFactory(documents=2)
    later = DocumentFactory.create_batch(2)
    write_to_desk(complaint_id=complaint.pk, body="Les deux factures.", documents=later)
    html = printing.case_html(complaint)
    assert "pièces 3, 4" in html
    assert html.count('<div class="code hash" dir="ltr">') == 4


@pytest.mark.parametrize("write", [printing.case_html, printing.receipt_html])
def test_internal_notes_and_their_documents_stay_out(write):
    complaint = ComplaintFactory(documents=1)
    note, document = with_internal_note(complaint)
    html = write(complaint)
    assert note not in html
    assert document.sha256 not in html
    assert document.label not in html


def test_agents_are_named_by_their_organisation():
    agent = AgentFactory(first_name="Salma", last_name="Idrissi Kaddouri")
    html = printing.case_html(ComplaintFactory(state="answered", agent=agent))
    assert "Kaddouri" not in html
    assert "Atlas" in html


def test_a_long_case_runs_over_pages_that_say_their_number():
    complaint = ComplaintFactory(messages=40)
    pdf = opened(printing.case_pdf(complaint))
    assert len(pdf.pages) >= 4
    assert '<span class="page"></span> / <span class="pages"></span>' in printing.case_html(complaint)


def test_what_a_person_typed_is_text_never_markup():
    typed = '<img src="file:///etc/hostname"><script>1</script>'
    html = printing.case_html(ComplaintFactory(facts__facts=typed))
    assert typed not in html
    assert "&lt;img" in html


@pytest.mark.parametrize(
    ("text", "direction"),
    [("Bonjour", "ltr"), ("شكاية", "rtl"), ("12 – تأخر", "rtl"), ("+212612345678", "ltr"), ("", "ltr")],
)
def test_each_text_runs_in_its_own_direction(text, direction):
    assert printing.text_direction(text) == direction


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1/",
        "https://static.invalid.example/css/print.css",
        "data:text/css,body{}",
        "https://static.invalid/../manage.py",
        "https://static.invalid//etc/hostname",
        "https://static.invalid/",
        "https://static.invalid/css/absent.css",
        "css/print.css",
    ],
)
def test_a_pdf_reads_nothing_but_our_static_files(url):
    with pytest.raises(Exception, match=r".") as refusal:
        read_static(url, STATIC)
    assert isinstance(refusal.value, OSError)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_printing_engine_understands_everything_it_is_given(language, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("weasyprint"), "propagate", True)
    load_engine.cache_clear()  # the stylesheet is read again
    complaint = ComplaintFactory(language=language, documents=2, dependants=1, messages=2, state="answered")
    for html in (printing.receipt_html(complaint), printing.case_html(complaint)):
        draw_pdf(html, STATIC)  # in this process: the others say nothing
    assert [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")] == []


def test_drawing_a_pdf_opens_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        drawn = pdf_of(
            f'<html lang="fr"><title>t</title><link rel="stylesheet" href="http://127.0.0.1:{port}/a.css">'
            f'<img alt="a" src="http://127.0.0.1:{port}/a.png"><p>Texte</p></html>'
        )
        with pytest.raises(TimeoutError):
            server.accept()
    assert drawn.startswith(b"%PDF")


def test_two_papers_asked_for_at_once_are_both_drawn():
    pages = [
        '<html lang="fr"><title>un</title><p>Un</p></html>',
        '<html lang="ar" dir="rtl"><title>ب</title><p>ب</p></html>',
    ]
    with ThreadPoolExecutor(max_workers=settings.PDF_LIMITS["waiting"]) as pool:
        drawn = list(pool.map(pdf_of, pages * 4))
    assert [language_of(pdf) for pdf in drawn] == ["fr", "ar"] * 4


def test_a_web_worker_starts_without_the_printing_engine():
    program = "import django; django.setup(); import complaints.printing, sys; print('weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("write", "queries"), [(printing.receipt_html, 3), (printing.case_html, 6)])
def test_a_paper_costs_the_same_whatever_the_case_holds(write, queries, django_assert_num_queries):
    little: dict[str, Any] = {"documents": 1}
    much: dict[str, Any] = {"documents": 5, "dependants": 4, "messages": 12, "state": "answered"}
    for given in (little, much):
        complaint = ComplaintFactory(**given)
        with django_assert_num_queries(queries):
            write(complaint)
