"""A document leaves only through one door: logged, uncached, as a download or a page that can do nothing."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document, DocumentReading
from claims_portal.documents.services import collect_orphans, discard_document, receive_document
from claims_portal.documents.serving import document_response
from tests.factories.documents import DocumentFactory, image_bytes, upload

pytestmark = pytest.mark.django_db


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_download_is_an_attachment_that_no_cache_keeps() -> None:
    document = DocumentFactory(label="ordonnance.pdf")
    response = document_response(document=document, reader="complainant")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="ordonnance.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert int(response["Content-Length"]) == document.size
    assert body(response).startswith(b"%PDF-")


def test_a_preview_is_shown_in_place_and_can_do_nothing() -> None:
    response = document_response(document=DocumentFactory(), reader="agent", preview=True)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("وصل.pdf", "attachment; filename*=utf-8''%D9%88%D8%B5%D9%84.pdf"),
        ('a"; filename=b.exe', 'attachment; filename="a\\"; filename=b.exe.pdf"'),
        ("a\r\nX-Evil: 1.pdf", 'attachment; filename="a X-Evil: 1.pdf"'),
    ],
)
def test_a_file_name_cannot_break_the_header(name: str, header: str) -> None:
    sent = upload()
    sent._name = name
    document = receive_document(upload=sent)
    assert document_response(document=document, reader="complainant")["Content-Disposition"] == header


def test_a_photo_received_as_heic_is_downloaded_as_jpeg() -> None:
    document = receive_document(upload=upload(image_bytes(kind="HEIF"), "IMG_0042.HEIC"))
    response = document_response(document=document, reader="complainant")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'attachment; filename="IMG_0042.jpg"'


def test_every_serving_is_logged_with_who_and_when(django_assert_num_queries) -> None:
    agent = User.objects.create_user("agent@example.org")
    document = DocumentFactory()
    before = timezone.now()
    with django_assert_num_queries(1):
        document_response(document=document, reader="agent", user=agent)
    document_response(document=document, reader="complainant")
    last, first = DocumentReading.objects.filter(document=document)
    assert (first.user, first.reader) == (agent, "agent")
    assert (last.user, last.reader) == (None, "complainant")
    assert before <= first.at <= last.at


def test_behind_nginx_the_bytes_are_left_to_it(settings) -> None:
    settings.PRIVATE_FILES_REDIRECT = "/private/"
    document = DocumentFactory(label="ordonnance.pdf")
    response = document_response(document=document, reader="complainant")
    assert response["X-Accel-Redirect"] == f"/private/{document.storage_name}"
    assert response["Content-Disposition"] == 'attachment; filename="ordonnance.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    assert response.content == b""


@pytest.fixture(scope="module")
def object_storage() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # seconds that only the process which runs these tests has to pay

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(settings, object_storage: str) -> str:
    import boto3

    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "eu-west-3"}
    client = boto3.client("s3", endpoint_url=object_storage, **keys)
    client.create_bucket(Bucket="papiers", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "papiers",
                "endpoint_url": object_storage,
                "region_name": "eu-west-3",
                "access_key": "key",
                "secret_key": "secret",
                "default_acl": "private",
                "file_overwrite": False,
                "querystring_auth": True,
                "querystring_expire": 300,
            },
        }
    }
    yield object_storage
    for stored in client.list_objects_v2(Bucket="papiers").get("Contents", []):
        client.delete_object(Bucket="papiers", Key=stored["Key"])
    client.delete_bucket(Bucket="papiers")


def test_object_storage_answers_through_a_signed_address_of_five_minutes(bucket: str) -> None:
    document = receive_document(upload=upload(name="وصل.pdf"))
    response = document_response(document=document, reader="complainant")
    assert response.status_code == 302
    assert response["Cache-Control"] == "no-store"
    address = urlsplit(response["Location"])
    assert response["Location"].startswith(bucket)
    assert 0 < int(_lifetime(parse_qs(address.query))) <= 300
    with urllib.request.urlopen(response["Location"], timeout=10) as answer:
        assert answer.read().startswith(b"%PDF-")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''%D9%88%D8%B5%D9%84.pdf"
        assert answer.headers["Content-Type"] == "application/pdf"


def _lifetime(query: dict[str, list[str]]) -> float:
    if "X-Amz-Expires" in query:
        return float(query["X-Amz-Expires"][0])
    return float(query["Expires"][0]) - timezone.now().timestamp()


def test_in_object_storage_row_and_file_live_and_die_together(bucket: str, django_capture_on_commit_callbacks) -> None:
    document = receive_document(upload=upload())
    assert default_storage.exists(document.storage_name)
    with django_capture_on_commit_callbacks(execute=True):
        discard_document(document=document)
    assert not default_storage.exists(document.storage_name)
    assert not Document.objects.exists()


def test_the_collector_works_in_object_storage(bucket: str) -> None:
    document = receive_document(upload=upload())
    folder = document.storage_name.rpartition("/")[0]
    default_storage.save(f"{folder}/orphan.pdf", upload())
    assert collect_orphans(today=timezone.now() + timedelta(days=3)) == 1
    assert default_storage.exists(document.storage_name)
    assert not default_storage.exists(f"{folder}/orphan.pdf")
