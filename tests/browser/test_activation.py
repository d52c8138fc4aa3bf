"""A member activates online declaration, then gives password and papers, by the labels of the guide."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings as portal_settings
from django.test import Client
from playwright.sync_api import expect

from claims_portal.notifications.models import Message
from membership.models import Member
from tests.factories.documents import pdf_bytes
from tests.factories.membership import PASSWORD, AccountFactory, enter_as

from .visitor import Visitor

MOBILE, EMAIL = "06 12 34 56 78", "salma.essai@exemple.ma"


def come_in(visitor: Visitor, member: Member) -> None:
    """The session of a member, as after the sign-in."""
    client = Client()
    enter_as(client, member)
    key = client.cookies[portal_settings.SESSION_COOKIE_NAME].value
    visitor.context.add_cookies([{"name": portal_settings.SESSION_COOKIE_NAME, "value": key, "url": visitor.portal}])


def received(channel: str, pattern: str) -> str:
    """What the last SMS or e-mail brought."""
    found = re.search(pattern, Message.objects.filter(channel=channel).latest("pk").body_text)
    assert found
    return found[1]


def test_a_member_activates_in_six_steps_then_sends_the_papers(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    member = AccountFactory.create().member
    visitor = visit("fr", width=390)
    come_in(visitor, member)
    activate(visitor)
    visitor.follow("Terminer")
    visitor.arrive("Prière de charger les documents obligatoires")
    paper = tmp_path / "copie.pdf"
    paper.write_bytes(pdf_bytes())
    for kind in ("cin", "card"):
        visitor.page.locator(f"#id_{kind}").set_input_files(paper)
    visitor.page.locator("#id_password").fill(PASSWORD)
    visitor.page.locator("#id_confirmation").fill(PASSWORD)
    visitor.press("Valider")
    expect(visitor.page).not_to_have_url(re.compile("premier-envoi"))
    assert member.papers.count() == 2


def field(visitor: Visitor, msgid: str) -> Any:
    """The text field with this label; the progress bar may have the same name."""
    return visitor.page.get_by_role("textbox", name=visitor.say(msgid))


def activate(visitor: Visitor) -> None:
    """The six steps, the link opened in another tab."""
    visitor.go("/sante/envoi/")
    visitor.arrive("Activer la déclaration en ligne")
    visitor.press("Suivant")
    visitor.expect_errors("Cochez cette case pour continuer.")
    visitor.page.get_by_label(visitor.say("J’ai lu et approuvé les règles du contrat au dessus")).check()
    visitor.press("Suivant")
    field(visitor, "Numéro de GSM").fill(MOBILE)
    visitor.press("Suivant")
    visitor.arrive("Saisissez le code reçu par SMS")
    field(visitor, "Code de vérification").fill(received("sms", r"(\d{6})"))
    visitor.press("Suivant")
    visitor.page.get_by_role("textbox", name="Email").fill(EMAIL)
    visitor.press("Suivant")
    visitor.arrive("Ouvrez l’e-mail que vous venez de recevoir")
    mailbox = visitor.context.new_page()
    mailbox.goto(received("email", r"(http\S+)"))
    mailbox.get_by_role("button", name=visitor.say("Activer"), exact=True).click()
    expect(mailbox.get_by_role("heading", level=1)).to_be_visible()
    mailbox.close()
    visitor.arrive("Votre compte pour la déclaration en ligne a été activé.")
