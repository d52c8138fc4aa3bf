"""What members and the agents of their insurer do: declare with two photographs, follow up, decide."""

from __future__ import annotations

import functools
import html
import random
import re
import threading
import time
from datetime import date, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image

from membership.access import SESSION_KEY
from membership.models import Member

from .client import JPEG, Browser, Fields, Unexpected
from .declarations import next_members

BEGIN = "/sante/declaration/"
DECLARATIONS = "/gestion/health_claims/declaration/"
CLAIMS = "/gestion/health_claims/claim/"
# A photograph of eight million pixels, which weighs two megabytes.
PHOTOGRAPH_SIZE = (3264, 2448)
_choosing = threading.Lock()
_chosen: set[str] = set()  # agents at work at once decide different declarations


@functools.cache
def photograph() -> bytes:
    """Soft shapes in all colours, as a telephone compresses them."""
    width, height = (side // 8 for side in PHOTOGRAPH_SIZE)
    shapes = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    output = BytesIO()
    shapes.resize(PHOTOGRAPH_SIZE, Image.Resampling.BICUBIC).save(output, "JPEG", quality=85)
    return output.getvalue()


def enter_as(browser: Browser, member: Member) -> None:
    """Begin the session of this member as the portal does once everything it asks was shown: no SMS is read here."""
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = {"id": member.pk, "proof": member.account.session_proof(), "seen": int(time.time())}
    session.save()
    browser.cookies.clear()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def enter(browser: Browser) -> None:
    """As another loaded member each time."""
    enter_as(browser, next_members(1)[0])


def own_pages(browser: Browser, cases: int) -> None:
    """What the member has sent, and what became of it."""
    page = browser.get("/sante/suivi/", "follow-up")
    further = re.search(r'href="(\?apres=[^"]*)"', page.text)
    if further is None:
        raise Unexpected("no further page")
    browser.get("/sante/suivi/" + html.unescape(further[1]), "follow-up, further")
    browser.get("/sante/dossiers/", "claims of a member")


def declaration(browser: Browser, cases: int) -> None:
    """A whole declaration, from « Envoi Dossier » to its reference."""
    before = browser.spent
    browser.get("/sante/suivi/")  # its form hands out the CSRF cookie
    at = browser.post(BEGIN, {}).location.removesuffix("nature/")
    page = browser.get(f"{at}nature/", "declaration nature")
    natures = re.findall(r'name="prestation" value="([^"]+)"', page.text)
    care_date = date.today() - timedelta(days=random.randrange(1, 50))
    answer(browser, at, "nature", {"prestation": random.choice(natures)})
    browser.get(f"{at}pieces/", "declaration pieces")
    for _each in range(2):
        browser.upload(f"{at}pieces/", {"action": "upload"}, photograph(), "photograph", JPEG)
    browser.get(f"{at}pieces/", "declaration pieces, filled")
    answer(browser, at, "pieces", {})
    browser.get(f"{at}personne/", "declaration personne")
    answer(browser, at, "personne", {"patient": "member"})
    browser.get(f"{at}donnees/", "declaration donnees")
    answer(browser, at, "donnees", {"care_date": care_date.isoformat(), "amount": "2 100,50"})
    browser.get(f"{at}validation/", "check page, declaration")
    sent = answer(browser, at, "validation", {}, "last step, declaration")
    browser.get(sent, "confirmation, declaration")
    browser.seconds["whole declaration"].append(browser.spent - before)


def answer(browser: Browser, at: str, step: str, fields: Fields, label: str = "") -> str:
    """Send a step; gives where it leads. Unexpected when it does not lead on."""
    label = label or f"post declaration {step}"
    got = browser.post(f"{at}{step}/", fields | {"action": "next"}, label)
    if got.status != 302 or "revoir" in got.location:
        raise Unexpected(f"{step}: {got.status} {got.location}")
    return got.location


def desk_lists(browser: Browser, cases: int) -> None:
    """The queue of declarations, all of them, a page further down, and the claims; the figures of the desk."""
    browser.get(f"{DECLARATIONS}chiffres/", "figures, declarations")
    browser.get(DECLARATIONS, "list declarations")
    page = browser.get(f"{DECLARATIONS}?file=toutes", "list declarations, all")
    further = re.search(r'href="([^"]*apres=[^"]*)"', page.text)
    if further is None:
        raise Unexpected("no further page")
    browser.get(DECLARATIONS + html.unescape(further[1]), "list declarations, further")
    browser.get(CLAIMS, "list claims")
    browser.get(f"{CLAIMS}?file=tous", "list claims, all")


def decision(browser: Browser, cases: int) -> None:
    """The queue, a declaration, « Valider »."""
    queue = browser.get(DECLARATIONS, "list declarations")
    waiting = re.findall(rf'href="({DECLARATIONS}\d+/)"', queue.text)
    with _choosing:
        at = next((each for each in waiting if each not in _chosen), "")
        _chosen.add(at)
    if not at:
        raise Unexpected("nothing is left to decide: load more declarations")
    page = browser.get(at, "case page, declaration")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    done = browser.post(f"{at}valider/", {"seen": seen[1] if seen else ""}, "validate")
    if done.status != 302:
        raise Unexpected(f"{at}: not validated")
