"""A person filing a complaint over HTTP: reads the real forms, fills them, and insists as people do."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from tests.factories.documents import pdf_bytes

Field = tuple[str, str]
File = tuple[str, tuple[str, bytes, str]]

ANSWERS = {
    "kind": "complaint",
    "respondent": "other",
    "respondent_other": "Mutuelle de l’Oriental",
    "facts": "Mon remboursement du 3 mars n’est jamais arrivé, malgré deux appels.",
    "quality": "insured",
    "last_name": "El Amrani",
    "first_name": "Amina",
    "cin": "BK123456",
    "cnss_number": "123456789",
    "nir": "1850575123456",
    "address": "12, rue des Orangers",
    "postal_code": "20000",
    "city": "Casablanca",
    "consent": "on",
}


@dataclass
class Form:
    """A form of a page: where it goes, what it holds already, and what its lists offer."""

    action: str
    proof: str
    fields: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)


class PageReader(HTMLParser):
    """Collects the forms, the errors, the joined files and the number shown on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.errors: list[str] = []
        self.files: list[str] = []
        self.number = ""
        self._into: Callable[[str], None] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("data-proof", "")))
        elif self.forms and tag in ("input", "textarea", "select", "option"):
            self._field(tag, given)
        elif given.get("id") == "numero-valeur":
            self._into = self._number
        elif "error" in given.get("class", "").split() or given.get("role") == "alert":
            self._into = self.errors.append
        elif tag == "p" and given.get("class") == "file-name":
            self.files.append("")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "option":
            form.options.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                form.fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = name
            form.fields.setdefault(name, "")
        elif given.get("type") in ("checkbox", "radio"):
            form.options.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif given.get("type") != "file" and name:
            form.fields[name] = given.get("value", "")
            if tag == "textarea":
                self._into = lambda text: form.fields.update({name: text.removeprefix("\n")})

    def _number(self, text: str) -> None:
        self.number = "".join(text.split())

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "p", "div", "bdi"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None and data.strip():
            self._into(data.strip())


class Page(PageReader):
    """An answer of the portal."""

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str) -> None:
        super().__init__()
        self.status = response.status
        self.headers = response.headers
        self.url = url
        self.path = urlsplit(url).path
        self.html = response.data.decode("utf-8", "replace")
        self.feed(self.html)


class Browser:
    """Cookies, redirects, forms. A connection that breaks raises urllib3's HTTPError."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self._pool = urllib3.PoolManager(retries=False, timeout=30)

    def get(self, path: str) -> Page:
        return self._request("GET", urljoin(self.address, path))

    def post(self, path: str, fields: list[Field | File], *, multipart: bool = False) -> Page:
        return self._request("POST", urljoin(self.address, path), fields, multipart)

    def twin(self) -> Browser:
        """A second tab: the same cookies, a connection of its own."""
        tab = Browser(self.address)
        tab.cookies = self.cookies
        return tab

    def _request(
        self, method: str, url: str, fields: list[Field | File] | None = None, multipart: bool = False
    ) -> Page:
        for _hop in range(6):
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            more = {"fields": fields, "encode_multipart": multipart} if method == "POST" else {}
            response = self._pool.request(method, url, headers=headers, redirect=False, **more)  # type: ignore[arg-type]
            for cookie in response.headers.getlist("Set-Cookie"):
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self.cookies = self.cookies | {name: value}
            if response.status not in (301, 302, 303):
                return Page(response, url)
            method, url, fields = "GET", urljoin(url, response.headers["Location"]), None
        raise AssertionError(f"{url} redirects for ever")


def solve(task: str) -> str:
    """The proof of work that `static/js/proof.js` would send."""
    asked = json.loads(task)
    prefix = hashlib.sha256(asked["salt"].encode())
    for number in range(asked["max_number"] + 1):
        guess = prefix.copy()
        guess.update(str(number).encode())
        if guess.hexdigest() == asked["challenge"]:
            kept = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps(kept | {"number": number}).encode()).decode()
    raise AssertionError("This work has no solution.")


class Complainant(Browser):
    """Somebody who files a complaint with one document, and tries again when the portal is away."""

    desk = "acaps"
    patience = 40.0  # seconds without success before giving up

    def __init__(
        self, address: str, *, email: str, stubborn: bool = True, sends: Callable[[], None] = lambda: None
    ) -> None:
        """`stubborn` tries again when the last step gets no answer; `sends` is called just before each try."""
        super().__init__(address)
        self.email = email
        self.stubborn = stubborn
        self.draft = ""
        self.cuts = 0  # times the last step got no answer
        self.away = 0  # pages « come back in a moment »
        self.longest = 0.0  # seconds of the slowest last step
        self._sends = sends

    def file(self) -> str:
        """From the desk's page to the confirmation; gives the number shown there."""
        return self.send(self.to_review())

    def to_review(self) -> Page:
        """Answer every page up to the last one, with a document."""
        page = self.insist(self.begin)
        while not page.path.endswith("/verification/"):
            page = self._advanced(page)
        return page

    def send(self, page: Page) -> str:
        """Press « Envoyer »; when no answer comes, reload and press again."""
        while not page.path.endswith("/fait/"):
            page = self._advanced(page)
        assert page.number, page.path
        return page.number

    def begin(self) -> Page:
        page = self.get(f"/reclamations/{self.desk}/")
        form = next((each for each in page.forms if each.action.endswith("/commencer/")), None)
        if form is None:
            return page
        page = self.post(form.action, list(form.fields.items()))
        self.draft = page.path.split("/")[3] if "/depot/" in page.path else ""
        return page

    def insist(self, act: Callable[[], Page]) -> Page:
        """Do it until the portal answers with a page of its own."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            try:
                page = act()
            except HTTPError:
                time.sleep(0.1)
                continue
            if page.status == 200:
                return page
            assert page.status == 503, f"{page.status} at {page.path}"
            assert page.headers["Retry-After"]
            self.away += 1
            time.sleep(0.2)
        raise AssertionError(f"The portal did not come back within {self.patience:.0f} s.")

    def _advanced(self, page: Page) -> Page:
        """The page after this one; the same again, as the portal kept it, when the answer was lost."""
        last = page.path.endswith("/verification/")
        try:
            after = self.press_send(page) if last else self._answer(page)
        except HTTPError:
            self.cuts += last
            if last and not self.stubborn:
                raise
            after = None
        if after is None or after.status == 503:
            self.away += after is not None
            time.sleep(0.1)
            return self.insist(lambda: self.get(page.url))
        assert after.status == 200, f"{after.status} at {after.path}"
        assert not after.errors, (after.path, after.errors)
        return after

    def _answer(self, page: Page) -> Page:
        form = page.forms[-1]
        if page.path.endswith("/pieces/") and not page.files:
            return self.upload(page)
        asked = {} if page.path.endswith("/ayants-droit/") else self.answers(form)
        return self.post(page.url, [*(form.fields | asked).items(), ("action", "next")])

    def answers(self, form: Form) -> dict[str, str]:
        """What this person says to each question of a form."""
        known = ANSWERS | {"email": self.email}
        chosen = {name: known[name] for name in {*form.fields, *form.options} & known.keys()}
        for name, values in form.options.items():
            if chosen.get(name, "") not in values or not chosen.get(name):
                chosen[name] = next((value for value in values if value), "")
        return chosen

    def upload(self, page: Page) -> Page:
        return self.post(page.url, self.upload_fields(page), multipart=True)

    def upload_fields(self, page: Page) -> list[Field | File]:
        """« Charger », with one small PDF chosen."""
        file: File = ("files", ("courrier.pdf", pdf_bytes(), "application/pdf"))
        return [*page.forms[-1].fields.items(), ("action", "upload"), file]

    def press_send(self, page: Page) -> Page:
        filled = self.ready_to_send(page)
        self._sends()
        began = time.monotonic()
        after = self.post(page.url, filled)
        self.longest = max(self.longest, time.monotonic() - began)
        return after

    def ready_to_send(self, page: Page) -> list[Field | File]:
        """The last form, consented to and proved."""
        form = page.forms[-1]
        return list((form.fields | {"consent": "on", "proof": solve(form.proof)}).items())
