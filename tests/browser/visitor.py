"""A person at a browser: reads labels in their language, types, presses; what breaks on the way is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError, expect

from .checks import assert_accessible, assert_fits, assert_large_targets, french_words

WIDTHS = (390, 1280)
SMALLEST = 320


@dataclass
class Visitor:
    """One browser context with one page.

    `inspecting`: every page they arrive at is examined, at both widths. `expected` are the error statuses
    that the test provokes on purpose; anything else that fails, or is refused by the policy, ends in `broken`.
    """

    context: BrowserContext
    page: Page
    portal: str
    language: str
    width: int
    javascript: bool = True
    inspecting: bool = False
    expected: set[int] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    french: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", self._error)
        self.context.on("request", self._request)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A status the browser repeats in its console is judged by _response, which knows the address.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.broken.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.broken.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        own = request.url.startswith(("data:", "chrome:", "chrome-extension:"))  # the last two: its reader of PDFs
        if urlsplit(request.url).netloc != urlsplit(self.portal).netloc and not own:
            self.broken.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a download, or a page left before it was whole
            self.broken.append(f"failed: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.broken.append(f"status {response.status}: {response.url}")

    def say(self, msgid: str) -> str:
        """A label of the interface in the visitor's language; French typography's hard spaces may be typed as soft."""
        msgid = re.sub(" (?=[:;?!»])|(?<=«) ", "\u00a0", msgid)
        with translation.override(self.language):
            return translation.gettext(msgid)

    def beginning(self, msgid: str) -> re.Pattern[str]:
        """What begins with a label, whatever spaces stand in it."""
        return re.compile("^" + r"\s+".join(map(re.escape, self.say(msgid).split())))

    def address(self, path: str) -> str:
        return self.portal + ("/ar" if self.language == "ar" else "") + path

    def go(self, path: str) -> None:
        """Type an address, given as in French."""
        self.page.goto(self.address(path))

    def press(self, msgid: str) -> None:
        """Press a button by the beginning of its label (the rest may be for screen readers only)."""
        self.page.get_by_role("main").get_by_role("button", name=self.beginning(msgid)).click()

    def follow(self, msgid: str) -> None:
        """Follow a link of the page's own content by its label."""
        self.page.get_by_role("main").get_by_role("link", name=self.say(msgid)).first.click()

    def arrive(self, msgid: str) -> None:
        """The page with this title is there; examine it when it is the place for that."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(self.say(msgid))
        self.examine()

    def examine(self) -> None:
        """What each page owes to everybody."""
        html = self.page.locator("html")
        expect(html).to_have_attribute("lang", self.language)
        expect(html).to_have_attribute("dir", "rtl" if self.language == "ar" else "ltr")
        if self.language == "ar" and (found := french_words(self.page)):
            self.french[urlsplit(self.page.url).path] = found
        if self.inspecting:
            assert_fits(self.page, width=SMALLEST)
            for width in WIDTHS:
                assert_fits(self.page, width=width)
                assert_accessible(self.page)
                assert_large_targets(self.page)
            self.page.set_viewport_size({"width": self.width, "height": 844})
        else:
            assert_fits(self.page, width=self.width)

    def expect_errors(self, *msgids: str) -> None:
        """The error summary says these sentences, has the focus, and the title begins with « Erreur : »."""
        summary = self.page.locator(".error-summary")
        for msgid in msgids:
            expect(summary).to_contain_text(self.say(msgid))
        if self.javascript:
            expect(summary).to_be_focused()
        expect(self.page).to_have_title(self.beginning("Erreur :"))
        self.examine()
