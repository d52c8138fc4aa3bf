"""The history of a case as a thread, with its documents and the messages that told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from claims_portal.cases.models import CommonEvent
from claims_portal.notifications.models import Message

EventNames = Mapping[str, str | Promise]
DELIVERY_TONES = {"sent": "success", "failed": "danger", "refused": "danger", "retry": "turn"}
RESENDABLE = {Message.State.SENT, Message.State.FAILED, Message.State.REFUSED, Message.State.RETRY}
MESSAGES_SHOWN = 30
# What was said needs no title: the bubble says who speaks.
SAID = {CommonEvent.MESSAGE_FROM_PERSON, CommonEvent.MESSAGE_FROM_DESK}


def thread_of(
    events: Iterable[Any],
    *,
    person: str,
    names: EventNames = MappingProxyType({}),
    documents: Iterable[Any] = (),
    document_url: Callable[[Any], str] = lambda joined: "",
    sent: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the history, oldest first, each entry with its documents and messages; `event.user` is loaded."""
    files: dict[int, list[dict[str, Any]]] = {}
    for joined in documents:
        files.setdefault(joined.event_id or 0, []).append(document_view(joined, document_url))
    told: dict[str, list[Mapping[str, Any]]] = {}
    for delivery in sent:
        told.setdefault(delivery["message"].occasion, []).append(delivery)
    return [
        {
            "pk": event.pk,
            "at": event.at,
            "who": author_of(event, person),
            "title": "" if event.kind in SAID else title_of(event, names),
            "shape": "note" if not event.is_public and event.body else "bubble" if event.body else "line",
            "ours": not event.is_theirs,
            "text": event.body,
            "documents": files.get(event.pk, []),
            "sent": told.get(f"event:{event.pk}", []),
        }
        for event in events
    ]


def title_of(event: Any, names: EventNames) -> Any:
    """Return what happened, in the words of `names` rather than those of the model."""
    return names.get(event.kind) or event.get_kind_display()


def news_view(event: Any, case: Any, names: EventNames) -> dict[str, Any]:
    """Return what happened to a case while somebody looked at it."""
    return {"title": title_of(event, names), "who": author_of(event, case.person_name), "at": event.at}


def author_of(event: Any, person: str) -> str:
    """Return who did it: the portal, the agent, or the person concerned."""
    if event.is_automatic:
        return _("Le portail")
    return str(event.user or person)


def document_view(joined: Any, url: Callable[[Any], str]) -> dict[str, Any]:
    """Return a joined document for a list of files; it has no address before it was found clean."""
    document = joined.document
    return {
        "id": joined.pk,
        "label": document.label,
        "size": document.size,
        "pages": document.pages,
        "state": document.get_state_display(),
        "kind": joined.get_kind_display() if hasattr(joined, "get_kind_display") else "",
        "is_image": document.is_image,
        "url": url(joined) if document.is_clean else "",
        "at": joined.added_at,
    }


def deliveries_of(case: Any, *, prefix: str, may_resend: bool) -> list[dict[str, Any]]:
    """Return the e-mails and SMS about a case, newest first, with what became of each. One query."""
    sent: QuerySet[Message] = Message.objects.about(case.message_key).defer("body_text", "body_html")
    return [
        {
            "message": message,
            "tone": DELIVERY_TONES.get(message.state, "neutral"),
            "copy_url": reverse(f"admin:{prefix}_message", args=[case.pk, message.pk]),
            "resend_url": reverse(f"admin:{prefix}_resend", args=[case.pk, message.pk])
            if may_resend and message.state in RESENDABLE
            else "",
        }
        for message in sent[:MESSAGES_SHOWN]
    ]
