"""Is there a person? A proof of work by the browser (ALTCHA, nobody else involved), or a short wait without JavaScript.

Both are bound to what is being sent (`subject`), which can be sent only once: a proof that is
replayed has nothing left to open, so that nothing needs remembering (docs/adr/0003).
"""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import altcha
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

PROOF_MINUTES = 60
PROOF_EFFORT = 20_000  # SHA-256 rounds at most: some seconds on a modest phone, in a worker beside the page
SALT = "claims_portal.accounts.human"


def _key() -> str:
    return salted_hmac(SALT, "proof", algorithm="sha256").hexdigest()


class NotYetHuman(Exception):
    """No proof came and the wait is not over; `seconds` are left."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def challenge(subject: str) -> str:
    """The work for the browser, as JSON for `static/js/proof.js`."""
    made = altcha.create_challenge(
        altcha.ChallengeOptions(
            hmac_key=_key(),
            max_number=PROOF_EFFORT,
            expires=timezone.now() + timedelta(minutes=PROOF_MINUTES),
            params={"subject": subject},
        )
    )
    return json.dumps(made.__dict__)


def patience(subject: str, kept: str = "") -> str:
    """A signed note of when the waiting began, for a browser that does no work.

    `kept` is the note a page came back with: it stays while it counts, so that nobody waits twice.
    """
    if kept and _waited(subject, kept) is not None:
        return kept
    return signing.dumps({"subject": subject, "since": time.time()}, salt=SALT)


def _note(waiting: str) -> dict[str, Any]:
    """Return what a signed note says, nothing for one that is too old or forged."""
    try:
        note: dict[str, Any] = signing.loads(waiting, salt=SALT, max_age=timedelta(minutes=PROOF_MINUTES))
    except signing.BadSignature:
        return {}
    return note


def noted_subject(waiting: str) -> str:
    """Return what the wait of a signed note is about; "" for a note that is too old or forged."""
    return str(_note(waiting).get("subject", ""))


def _waited(subject: str, waiting: str) -> float | None:
    """Return how many seconds ago the waiting began; None for a note that is too old, forged or of something else."""
    note = _note(waiting)
    return float(time.time() - note["since"]) if note.get("subject") == subject else None


def _proved(subject: str, proof: str) -> bool:
    try:
        solution = json.loads(base64.b64decode(proof, validate=True))
        bound_to = parse_qs(solution["salt"].partition("?")[2]).get("subject")
        solved, _error = altcha.verify_solution(solution, _key(), check_expires=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return bool(solved) and bound_to == [subject]


def check(*, subject: str, proof: str, waiting: str) -> bool:
    """True when the browser proved its work, False when the person waited long enough instead.

    NotYetHuman when neither holds. `waiting` is what `patience()` gave when the page was first shown.
    """
    if _proved(subject, proof):
        return True
    waited = _waited(subject, waiting) or 0.0
    if waited < settings.PATIENCE_SECONDS:
        raise NotYetHuman(int(settings.PATIENCE_SECONDS - waited) + 1)
    return False
