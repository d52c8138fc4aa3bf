"""A person at the public pages: their browser, and the journey of filing at any desk."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from claims_portal.accounts import human
from claims_portal.organisations.models import Desk
from claims_portal.wizards.models import Draft
from complaints import access
from complaints.models import Complaint
from tests.factories.wizards import FACTS, PERSON

# What each demonstration desk asks beside the rest.
ASKED: dict[str, str] = {
    "respondent": "",
    "policy_number": "ATL-2024-001234",
    "registration_number": "AF 77120",
    "subscriber": "Menuiserie du Détroit",
    "claim_reference": "DS-2026-118",
    "cin": "BK123456",
    "cnss_number": "123456789",
    "nir": "1 85 05 78 006 084 91",
    "address": "5, rue des Oliviers",
    "postal_code": "20000",
    "city": "Casablanca",
}
STORY = {name: values[0] for name, values in FACTS.items()}


def at(draft: Draft, step: str) -> str:
    return f"/reclamations/depot/{draft.pk}/{step}/"


def begin(client: Client, desk: Desk) -> Draft:
    """« Commencer la démarche »."""
    client.post(f"/reclamations/{desk.code}/commencer/")
    return Draft.objects.latest("created_at")


def answer_all(client: Client, draft: Draft, **changed: Any) -> Draft:
    """Fill every page in turn, as its desk asks; `reclamant={…}` types something else there."""
    desk = draft.desk
    asked = ASKED | {"respondent": "other", "respondent_other": "Caisse des métiers", "category": _first_subject(desk)}
    person = {name: values[0] for name, values in PERSON.items()} | asked
    pages = {
        "demande": {"kind": "complaint"},
        "reclamation": asked,
        "faits": STORY,
        "reclamant": person,
        "ayants-droit": {},
        "pieces": {},
    }
    for step, typed in pages.items():
        answer = client.post(at(draft, step), typed | changed.get(step, {}))
        assert answer.status_code == 302, (step, answer.context["form"].errors)
    return draft


def _first_subject(desk: Desk) -> str:
    return str(desk.categories.order_by("position", "code").values_list("pk", flat=True)[0])


def send(client: Client, draft: Draft, **typed: Any) -> Any:
    """The last page's button, pressed by who waited long enough; the answer."""
    data = {"consent": "on", "waiting": human.patience(str(draft.pk))} | typed
    return client.post(at(draft, "verification"), data)


def file(client: Client, desk: Desk, **changed: Any) -> Complaint:
    """The whole journey."""
    draft = answer_all(client, begin(client, desk), **changed)
    answer = send(client, draft)
    assert answer.status_code == 302, answer.context["form"].errors
    client.get(answer.headers["Location"])  # where the browser goes, and gets its right to follow
    return Complaint.objects.get(draft_id=draft.pk)


def follow(client: Client, complaint: Complaint, **contact: str) -> Any:
    """« Suivi de ma réclamation : » filled in; the e-mail given when filing, unless another contact is given."""
    contact = contact or {"email": complaint.complainant.email}
    return client.post("/reclamations/suivi/", {"number": complaint.number} | contact)


def right_to(complaint: Complaint) -> dict[str, Any]:
    """Return the right to follow a case as a session holds it, without an end in sight."""
    return {"until": 2**40, "contact": access.contact_proof(complaint)}


def dashboard(complaint: Complaint, page: str = "") -> str:
    return f"/reclamations/suivi/{complaint.number}/{page}"


def read(client: Client, address: str) -> str:
    """Return the text of a page, without its tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub("<[^>]+>", " ", answer.content.decode())).split())
