"""Opening pages without cookies writes nothing: no session, no draft, no count of a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims_portal.accounts.models import Throttle
from claims_portal.wizards.models import Draft
from complaints.models import Complaint
from tests.factories.complaints import ComplaintFactory
from tests.factories.membership import MemberFactory

pytestmark = pytest.mark.django_db
LINK = re.compile(r'(?:href|action)="(/[^"#?]*)(?:\?[^"]*)?(?:#[^"]*)?"')
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def complaint() -> Complaint:
    MemberFactory.create(activated=True)
    return ComplaintFactory.create(documents=1)


def crawl(*starts: str) -> Iterator[tuple[str, list[str]]]:
    """Open every page that these lead to, with a new browser for each; gives its address and what it wrote."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        address = waiting.pop()
        with CaptureQueriesContext(connection) as captured:
            response = Client().get(address)
        yield address, [query["sql"][:80] for query in captured.captured_queries if query["sql"].startswith(WRITES)]
        if "text/html" not in response.headers.get("Content-Type", "") or response.streaming:
            continue
        for found in map(unescape, LINK.findall(response.content.decode())):
            if found not in seen and not found.startswith("/static/"):
                seen.add(found)
                waiting.append(found)


def test_no_page_that_anybody_can_open_writes_a_row(complaint: Complaint):
    written = {}
    seen = []
    verification = reverse("complaints:verify", args=[complaint.verification_code])
    for address, writes in crawl("/", "/ar/", verification):
        seen.append(address)
        if writes:
            written[address] = writes
    assert written == {}
    assert len(seen) > 30
    desk = complaint.desk.code
    names = ("complaints:track", "complaints:mine", "complaints:online-tracking", "my-data", "membership:sign-in")
    walked = {reverse(name) for name in names} | {reverse(name, args=[desk]) for name in ("complaints:desk",)}
    assert walked | {f"/ar{address}" for address in walked} <= set(seen)
    assert reverse("membership:forgotten") in seen
    assert [model.objects.count() for model in (Session, Draft, Throttle)] == [0, 0, 0]


def test_a_journey_begins_with_a_button_only(complaint: Complaint):
    address = reverse("complaints:begin", args=[complaint.desk.code])
    assert Client().get(address).headers["Location"] == reverse("complaints:desk", args=[complaint.desk.code])
    assert not Draft.objects.exists()
    assert not Session.objects.exists()
    assert Client().post(address).status_code == 302
    assert Draft.objects.count() == Session.objects.count() == 1
