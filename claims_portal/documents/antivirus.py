"""The few words of clamd's protocol that the portal needs (man clamd, « INSTREAM »)."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterable
from urllib.parse import urlsplit

CHUNK = 64 * 1024
CONNECT_SECONDS = 5
# A large PDF takes clamd some seconds; a silent one must not hold the worker.
ANSWER_SECONDS = 60


class ScannerUnavailable(Exception):
    """clamd is away, silent or could not look at the file: nothing is known about it."""


def is_infected(chunks: Iterable[bytes], *, url: str) -> bool:
    """Return what clamd at `url` (tcp://host:port or unix:///path) says of these bytes.

    Only its two plain answers count. Raises ScannerUnavailable for every other.
    """
    try:
        with contextlib.closing(_connection(url)) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except OSError as error:
        raise ScannerUnavailable(type(error).__name__) from error
    if answer == b"stream: OK":
        return False
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return True
    raise ScannerUnavailable("unexpected answer")


def _connection(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=CONNECT_SECONDS)


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096 and (part := connection.recv(4096)):
        answer += part
    return answer.rstrip(b"\0")
