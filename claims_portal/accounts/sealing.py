"""Short secrets that the database holds without being able to read them: the keys of authenticator applications.

A sealed secret is a nonce of its own, then the secret added (XOR) to HMAC-SHA256 of that nonce under `SECRET_KEY`. Who
steals a table or a backup learns nothing. Nothing is authenticated: who can write the row could as well put their own
secret there. The standard library is enough, and the column of the second factor's library stays as it is.
"""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

NONCE = 16  # bytes
LONGEST = 32  # bytes: as many as the HMAC gives
SALT = "claims_portal.accounts.sealing"


def seal(*, secret: bytes, under: str) -> str:
    """The secret sealed under a secret key, in hexadecimal; ValueError when it is longer than `LONGEST`."""
    if len(secret) > LONGEST:
        raise ValueError(len(secret))
    nonce = secrets.token_bytes(NONCE)
    return (nonce + _added(secret, nonce, under)).hex()


def unseal(*, sealed: str, under: str) -> bytes:
    """What was sealed; nonsense under another secret key."""
    read = bytes.fromhex(sealed)
    return _added(read[NONCE:], read[:NONCE], under)


def _added(secret: bytes, nonce: bytes, under: str) -> bytes:
    pad = salted_hmac(SALT, nonce, secret=under, algorithm="sha256").digest()
    return bytes(one ^ two for one, two in zip(secret, pad[: len(secret)], strict=True))
