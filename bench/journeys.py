"""What people do, page by page: file with a 200 kB PDF, follow a case, work through a list."""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count

import pikepdf

from .client import Answer, Browser, Fields, Unexpected
from .load import COMMON, any_of, email_of, name_of, number_of

DESK = "acaps"
LIST = "/gestion/complaints/complaint/"
PDF_SIDE = 258  # a picture of 258 × 258 pixels in three colours weighs 200 kB
# The worker sends the receipt at once: on two cores, whatever is measured meanwhile is measured with it.
WORKER_SECONDS = 0.3
# No two filings are by the same person or tell the same story.
_turns: Iterator[int] = count()


@functools.cache
def pdf() -> bytes:
    """A page with a picture that no compression makes smaller."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(595, 842))
    picture = made.make_stream(random.Random(1).randbytes(PDF_SIDE * PDF_SIDE * 3))
    for key, value in {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/Width": PDF_SIDE,
        "/Height": PDF_SIDE,
        "/ColorSpace": pikepdf.Name.DeviceRGB,
        "/BitsPerComponent": 8,
    }.items():
        picture[key] = value
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.obj.Contents = made.make_stream(b"q 400 0 0 400 90 300 cm /Im0 Do Q")
    output = BytesIO()
    made.save(output)
    return output.getvalue()


def floor_page(browser: Browser, cases: int) -> None:
    browser.get("/page/", "floor page")


def floor_post(browser: Browser, cases: int) -> None:
    browser.upload("/post/", {"facts": "Mon dossier a été déposé il y a trois mois."}, pdf(), "floor post")


PUBLIC_PAGES = {
    "home": "/",
    "desks": "/reclamations/",
    "desk": f"/reclamations/{DESK}/",
    "tracking form": "/reclamations/suivi/",
    "home, Arabic": "/ar/",
}


def public_pages(browser: Browser, cases: int) -> None:
    for label, path in PUBLIC_PAGES.items():
        browser.get(path, label)


@dataclass
class Filing:
    """A complaint on its way; `at` is the draft's address, up to the step."""

    browser: Browser
    at: str = ""

    def begin(self) -> None:
        self.browser.get(f"/reclamations/{DESK}/")
        self.browser.get("/reclamations/suivi/")  # hands out the CSRF cookie when the desk's page does not
        location = self.browser.post(f"/reclamations/{DESK}/commencer/", {}).location
        self.at = location.rsplit("/", 2)[0]

    def see(self, step: str, label: str = "") -> Answer:
        return self.browser.get(f"{self.at}/{step}/", label)

    def answer(self, step: str, fields: Fields, label: str = "") -> Answer:
        answer = self.browser.post(f"{self.at}/{step}/", fields | {"action": "next"}, label)
        if answer.status != 302:
            errors = re.findall(r'class="error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
            raise Unexpected(f"{step}: {answer.status} {errors}")
        return answer

    def answers(self, label: str = "") -> None:
        """Every step before the documents."""
        for step in ("demande", "reclamation", "faits", "reclamant", "ayants-droit"):
            page = self.see(step)
            self.answer(step, ANSWERS[step](page), label and f"{label} {step}")


def subject(page: Answer) -> Fields:
    """A subject of the desk's list; the other organisation by its name, where it is asked."""
    category = re.search(r'name="category".*?<option value="(\d+)"', page.text, re.DOTALL)
    if category is None:
        raise Unexpected("no category to choose")
    return {
        "category": category[1],
        "respondent": "other",
        "respondent_other": "Mutuelle du Rif",
        "policy_number": "POL-2026-001",
        "registration_number": "123456",
    }


def complainant(page: Answer) -> Fields:
    turn = next(_turns)
    return {
        "quality": "insured",
        "last_name": "Bennis",
        "first_name": "Samira",
        "email": f"samira{turn}@exemple.ma",
        "mobile": "0661234567",
        "city": "Rabat",
    }


def facts(page: Answer) -> Fields:
    return {"facts": f"Mon remboursement n’est pas arrivé, dossier {next(_turns)}. " * 8, "event_date": "2026-03-03"}


ANSWERS = {
    "demande": lambda page: {"kind": "complaint"},
    "reclamation": subject,
    "faits": facts,
    "reclamant": complainant,
    "ayants-droit": lambda page: {},
}


def proof_of(page: Answer) -> str:
    """Do the work that `static/js/proof.js` does."""
    found = re.search(r'data-proof="([^"]+)"', page.text)
    if found is None:
        raise Unexpected("no proof of work on the page")
    asked = json.loads(html.unescape(found[1]))
    start = hashlib.sha256(asked["salt"].encode())
    for number in range(asked.get("max_number", asked.get("maxnumber", 10**6)) + 1):
        tried = start.copy()
        tried.update(str(number).encode())
        if tried.hexdigest() == asked["challenge"]:
            break
    solution = {key: asked[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
    return base64.b64encode(json.dumps(solution).encode()).decode()


def filing(browser: Browser, cases: int) -> None:
    """A whole filing; what the client computes is not counted, only what it waits for.

    A request after a pause finds everything cold, whatever program answers it. The floor is asked several times in a
    row: where the client computes or waits, one page more is read before the one that is measured.
    """
    browser.cookies.clear()
    before = browser.spent
    journey = Filing(browser)
    journey.begin()
    journey.answers("post")
    journey.see("pieces")
    browser.upload(f"{journey.at}/pieces/", {"action": "upload", "kind": "evidence"}, pdf(), "upload step")
    journey.see("pieces", "step pieces, filled")
    journey.answer("pieces", {})
    review = journey.see("verification", "check page")
    waiting = re.search(r'name="waiting" value="([^"]*)"', review.text)
    sent = {"consent": "on", "waiting": waiting[1] if waiting else "", "proof": proof_of(review)}
    waited = browser.spent
    journey.see("verification")
    before += browser.spent - waited
    done = journey.answer("verification", sent, "last step").location
    browser.get(done)
    browser.seconds["whole filing"].append(browser.spent - before)
    time.sleep(WORKER_SECONDS)
    browser.get(done)
    browser.get(done, "confirmation")


def empty_steps(browser: Browser, cases: int) -> None:
    """Each step as a newcomer sees it."""
    browser.cookies.clear()
    journey = Filing(browser)
    journey.begin()
    for step in (*ANSWERS, "pieces"):
        journey.see(step, f"step {step}")


def tracking(browser: Browser, cases: int) -> None:
    """Number and e-mail, then the dashboard."""
    identifier = any_of(cases)
    browser.cookies.clear()
    browser.get("/reclamations/suivi/")
    asked = {"number": number_of(identifier), "email": email_of(identifier)}
    answer = browser.post("/reclamations/suivi/", asked, "tracking")
    if answer.status != 302:
        raise Unexpected("the case was not found")
    browser.get(answer.location, "dashboard")


def sign_in(browser: Browser, email: str, password: str) -> None:
    """As an agent; the session stays in the browser."""
    browser.get("/gestion/login/")
    answer = browser.post("/gestion/login/", {"username": email, "password": password, "next": "/gestion/"})
    if answer.status != 302:
        raise Unexpected("sign-in refused")


def agent_list(browser: Browser, cases: int) -> None:
    """The queues, and a page further down; the figures of the desk."""
    browser.get("/gestion/", "front page")
    browser.get("/gestion/tableau-de-bord/", "figures")
    browser.get(LIST, "list")
    page = browser.get(f"{LIST}?file=toutes", "list, all")
    further = re.search(r'href="([^"]*apres=[^"]*)"', page.text)
    if further is None:
        raise Unexpected("no further page")
    browser.get(LIST + html.unescape(further[1]), "list, further")


def agent_search(browser: Browser, cases: int) -> None:
    """By e-mail address, by a rare name, by a common one, by number (which opens the case)."""
    identifier = any_of(cases)
    asked = {
        "search e-mail": email_of(identifier),
        "search name": " ".join(name_of(identifier | 1)),
        "search common name": COMMON[0],
    }
    for label, text in asked.items():
        location = browser.post(f"{LIST}recherche/", {"texte": text}).location
        browser.get(location, label)


def agent_case(browser: Browser, cases: int) -> None:
    """A case page of the agent's own desk."""
    found = re.findall(rf'href="{LIST}(\d+)/', browser.sizes["list, all"].decode())
    browser.get(f"{LIST}{random.choice(found)}/", "case page")
