"""A small browser: one kept connection, its cookies, and how long each answer took."""

from __future__ import annotations

import http.client
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

Fields = dict[str, str]
FORM = "application/x-www-form-urlencoded"
PDF, JPEG = "application/pdf", "image/jpeg"


class Unexpected(Exception):
    """The server answered something else than the journey expects."""


@dataclass
class Answer:
    """Status, body, and where it leads."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(eq=False)
class Browser:
    """Talks to 127.0.0.1 only. Seconds are kept by label, of answers that a journey wants measured."""

    port: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, bytes] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.spent = 0.0  # seconds waited for answers, of any label
        self.requests = 0

    def get(self, path: str, label: str = "") -> Answer:
        """Open a page."""
        return self._send("GET", path, b"", {}, label)

    def post(self, path: str, fields: Fields, label: str = "") -> Answer:
        """Send a form; the CSRF token is added."""
        body = urlencode(fields | {"csrfmiddlewaretoken": self.cookies.get("csrf", "")}).encode()
        return self._send("POST", path, body, {"Content-Type": FORM}, label)

    def upload(self, path: str, fields: Fields, file: bytes, label: str = "", content_type: str = PDF) -> Answer:
        """Send a form with one file, as a browser does."""
        boundary = secrets.token_hex(16)
        fields = fields | {"csrfmiddlewaretoken": self.cookies.get("csrf", "")}
        start = f'--{boundary}\r\nContent-Disposition: form-data; name="'
        name = f"facture.{content_type.rpartition('/')[2]}"
        parts = [f'{start}{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
        parts.append(f'{start}files"; filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'.encode())
        body = b"".join([*parts, file, f"\r\n--{boundary}--\r\n".encode()])
        return self._send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}, label)

    def _send(self, method: str, path: str, body: bytes, headers: Fields, label: str) -> Answer:
        headers = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        begun = time.perf_counter()
        try:
            response = self._exchange(method, path, body, headers)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # gunicorn closes a connection that was idle for two seconds.
            self.connection.close()
            begun = time.perf_counter()
            response = self._exchange(method, path, body, headers)
        content = response.read()
        took = time.perf_counter() - begun
        self.spent += took
        self.requests += 1
        self._keep_cookies(response)
        if response.status >= 400:
            raise Unexpected(f"{method} {path}: {response.status}\n{content[:2000].decode(errors='replace')}")
        if label:
            self.seconds[label].append(took)
            self.sizes[label] = content
        return Answer(response.status, content, response.headers.get("Location", ""))

    def _exchange(self, method: str, path: str, body: bytes, headers: Fields) -> http.client.HTTPResponse:
        self.connection.request(method, path, body=body or None, headers=headers)
        return self.connection.getresponse()

    def _keep_cookies(self, response: http.client.HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
