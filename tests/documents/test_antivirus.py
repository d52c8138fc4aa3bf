"""Documents wait for the antivirus: clean only when it has said so, refused and deleted when it found something."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from kombu.exceptions import OperationalError

from claims_portal.documents.antivirus import ScannerUnavailable, is_infected
from claims_portal.documents.models import Document
from claims_portal.documents.services import receive_document, scan_document, scan_pending_documents
from claims_portal.documents.serving import document_response
from claims_portal.documents.tasks import scan_pending
from claims_portal.local import free_port
from tests.factories.documents import DocumentFactory, pdf_bytes, upload

SIGNATURE = "PORTAL-TEST-SIGNATURE"


class Scanner(socketserver.StreamRequestHandler):
    """Speaks clamd's INSTREAM: finds one signature, refuses more than 300 kB, says nonsense when asked to."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        received = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            received += self.rfile.read(length)
        if len(received) > 300_000:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif SIGNATURE.encode() in received:
            self.wfile.write(b"stream: Portal.Test FOUND\0")
        else:
            self.wfile.write(b"" if b"SILENCE" in received else b"stream: OK\0")


def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def scanner(settings) -> Iterator[str]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner)
    settings.DOCUMENT_SCAN_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    for _ in serving(server):
        yield settings.DOCUMENT_SCAN_URL


@pytest.fixture
def scanner_away(settings) -> None:
    settings.DOCUMENT_SCAN_URL = f"tcp://127.0.0.1:{free_port()}"


def waiting(text: str = "Bonjour") -> Document:
    return DocumentFactory(state=Document.State.PENDING, data=pdf_bytes() + text.encode())


def page(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def state(document: Document) -> str:
    document.refresh_from_db()
    return document.state


def test_a_clean_stream_is_told_clean(scanner: str) -> None:
    assert is_infected([b"Bonjour", b" Madame"], url=scanner) is False


def test_a_signature_across_two_chunks_is_found(scanner: str) -> None:
    assert is_infected([SIGNATURE[:5].encode(), SIGNATURE[5:].encode()], url=scanner) is True


def test_a_scanner_behind_a_unix_socket_is_asked(tmp_path: Path) -> None:
    server = socketserver.ThreadingUnixStreamServer(str(tmp_path / "clamd"), Scanner)
    for _ in serving(server):
        assert is_infected([SIGNATURE.encode()], url=f"unix://{tmp_path}/clamd") is True


@pytest.mark.parametrize("chunks", [[bytes(400_000)], [b"SILENCE"]], ids=["an error", "silence"])
def test_any_other_answer_means_that_nothing_is_known(scanner: str, chunks: list[bytes]) -> None:
    with pytest.raises(ScannerUnavailable):
        is_infected(chunks, url=scanner)


@pytest.mark.parametrize("url", [f"tcp://127.0.0.1:{free_port()}", "unix:///nowhere/clamd"], ids=["tcp", "unix"])
def test_a_scanner_that_is_away_is_told(url: str) -> None:
    with pytest.raises(ScannerUnavailable):
        is_infected([b"Bonjour"], url=url)


def test_a_new_document_waits_and_is_not_served(db: None, scanner: str) -> None:
    document = receive_document(upload=upload())
    assert document.state == Document.State.PENDING
    response = document_response(document=document, reader="complainant")
    assert response.status_code == 409
    assert "en cours de vérification" in page(response)
    assert not document.readings.exists()


def test_a_document_found_clean_becomes_clean(db: None, scanner: str) -> None:
    document = waiting()
    assert scan_document(document_id=document.pk) == Document.State.CLEAN
    assert state(document) == Document.State.CLEAN


def test_an_infected_document_is_refused_and_its_file_deleted(db: None, scanner: str) -> None:
    document = waiting(SIGNATURE)
    scan_document(document_id=document.pk)
    assert state(document) == Document.State.REFUSED
    assert not default_storage.exists(document.storage_name)
    response = document_response(document=document, reader="agent")
    assert response.status_code == 409
    assert "Document refusé" in page(response)


def test_the_scheduled_task_scans_all_that_waits(db: None, scanner: str) -> None:
    clean, infected = waiting(), waiting(SIGNATURE)
    scan_pending()
    assert (state(clean), state(infected)) == (Document.State.CLEAN, Document.State.REFUSED)


def test_a_document_whose_file_is_missing_does_not_hold_the_others(db: None, scanner: str) -> None:
    lost, next_one = waiting(), waiting()
    default_storage.delete(lost.storage_name)
    assert scan_pending_documents() == 1
    assert (state(lost), state(next_one)) == (Document.State.PENDING, Document.State.CLEAN)


def test_while_the_scanner_is_away_documents_go_on_waiting(db: None, scanner_away: None) -> None:
    document = receive_document(upload=upload())
    assert scan_pending_documents() == 0
    assert state(document) == Document.State.PENDING


def test_scanning_twice_changes_nothing(db: None, scanner: str) -> None:
    document = waiting(SIGNATURE)
    scan_document(document_id=document.pk)
    assert scan_document(document_id=document.pk) == Document.State.REFUSED


def test_what_still_waits_is_clean_when_no_scanner_is_configured_any_more(db: None) -> None:
    document = waiting()
    scan_pending()
    assert state(document) == Document.State.CLEAN


def test_receiving_does_not_ask_the_scanner_and_survives_without_a_broker(
    db: None, scanner_away: None, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    def away(name: str) -> None:
        raise OperationalError(name)

    monkeypatch.setattr(current_app._get_current_object(), "send_task", away)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        receive_document(upload=upload())
    assert len(callbacks) == 1
    assert Document.objects.pending().count() == 1


def test_without_a_scanner_nothing_waits(db: None, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        assert receive_document(upload=upload()).state == Document.State.CLEAN
    assert not callbacks
