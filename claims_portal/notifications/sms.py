"""SMS leave through the backend named in settings.SMS_BACKEND, within a budget and to known countries only.

A backend has `send(recipient, text, reference)` (E.164, text, our id of the message) and raises
Refused or Unavailable. Budgets (`pacing`) and countries stop SMS pumping (docs/security.md).
"""

from __future__ import annotations

import re
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import phonenumbers
import urllib3
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from .models import Message
from .pacing import count_departure
from .transport import Refused, Unavailable

TIMEOUT = 10.0  # seconds
TRY_AGAIN = {401, 407, 408, 429}  # our own credentials, or the gateway's pace: not the message's fault
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PLACE = re.compile(r"\{(to|text|sender|reference)\}")
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class SmsBackend(Protocol):
    """What settings.SMS_BACKEND names."""

    def send(self, recipient: str, text: str, reference: str) -> None: ...


def send(message: Message) -> None:
    """Hand one SMS to the backend; Refused, Unavailable or MustWait when it did not leave."""
    check_number(message.recipient)
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    count_departure(message)
    backend.send(message.recipient, message.body_text, str(message.pk))


def check_number(number: str) -> None:
    """Refused unless this is one mobile number of an allowed country."""
    if not _E164.fullmatch(number):
        raise Refused(_("Ce numéro n’a pas la forme internationale."))
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise Refused(_("Ce numéro n’existe pas.")) from error
    if phonenumbers.region_code_for_number(parsed) not in settings.SMS_ALLOWED_REGIONS:
        raise Refused(_("Aucun SMS n’est envoyé vers ce pays."))
    if phonenumbers.number_type(parsed) not in _MOBILE:
        raise Refused(_("Ce numéro n’est pas celui d’un mobile."))


class OutboxOnlyBackend:
    """Sends nothing: the row is the message, shown on the demonstration's page. Elsewhere every SMS waits."""

    def send(self, recipient: str, text: str, reference: str) -> None:
        if not settings.DEMO:
            raise Unavailable(_("Aucune passerelle SMS n’est configurée."), channel_down=True)


class HttpJsonBackend:
    """Any gateway that takes JSON over HTTPS.

    settings.SMS_GATEWAY = {"url", "headers", "sender", "json"}; every string of "json" may hold
    {to}, {text}, {sender} and {reference}.
    """

    def __init__(self) -> None:
        self.gateway = checked_gateway("json")

    def send(self, recipient: str, text: str, reference: str) -> None:
        values = {"to": recipient, "text": text, "sender": self.gateway.get("sender", ""), "reference": reference}
        post(self.gateway, json=filled(self.gateway["json"], values))


class TwilioCompatibleBackend:
    """Twilio's Messages resource, or a gateway that copies it: a form and basic authentication.

    settings.SMS_GATEWAY = {"url", "account", "token", "sender"}.
    """

    def __init__(self) -> None:
        self.gateway = checked_gateway("account", "token", "sender")

    def send(self, recipient: str, text: str, reference: str) -> None:
        credentials = f"{self.gateway['account']}:{self.gateway['token']}"
        form = urlencode({"To": recipient, "From": self.gateway["sender"], "Body": text})
        headers = urllib3.make_headers(basic_auth=credentials) | {"Content-Type": "application/x-www-form-urlencoded"}
        post(self.gateway | {"headers": headers}, body=form.encode())


def checked_gateway(*needed: str) -> dict[str, Any]:
    """settings.SMS_GATEWAY; ImproperlyConfigured when incomplete, or when texts would travel in clear."""
    gateway: dict[str, Any] = settings.SMS_GATEWAY
    missing = [name for name in ("url", *needed) if not gateway.get(name)]
    if missing:
        raise ImproperlyConfigured(f"SMS_GATEWAY lacks {', '.join(missing)}; see docs/operations.md.")
    address = urlsplit(gateway["url"])
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname == "127.0.0.1"):
        raise ImproperlyConfigured("SMS_GATEWAY must be an https address; see docs/operations.md.")
    return gateway


def filled(template: Any, values: dict[str, str]) -> Any:
    """Fill the places of the JSON template once: a text that says « {to} » keeps it."""
    match template:
        case str():
            return _PLACE.sub(lambda place: values[place[1]], template)
        case dict():
            return {key: filled(value, values) for key, value in template.items()}
        case list():
            return [filled(value, values) for value in template]
    return template


def post(gateway: dict[str, Any], **content: Any) -> None:
    """One POST, no redirect followed; Refused or Unavailable unless the gateway says 2xx."""
    try:
        with urllib3.PoolManager(timeout=TIMEOUT, retries=False) as pool:
            answer = pool.request("POST", gateway["url"], headers=gateway.get("headers"), redirect=False, **content)
    except urllib3.exceptions.HTTPError as error:
        reason = _("Passerelle SMS injoignable (%(kind)s)") % {"kind": type(error).__name__}
        raise Unavailable(reason, channel_down=True) from error
    status = answer.status
    if 200 <= status < 300:
        return
    reason = _("Réponse %(status)s de la passerelle SMS") % {"status": status}
    if 400 <= status < 500 and status not in TRY_AGAIN:
        raise Refused(reason)
    raise Unavailable(reason, channel_down=status in TRY_AGAIN)
