"""The case page of an agent, from rows to what its template shows. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from claims_portal.backoffice.cases.actions import open_actions
from claims_portal.backoffice.cases.thread import author_of, deliveries_of
from claims_portal.cases.presentation import clock_view
from claims_portal.cases.workflow import WaitingOn
from complaints.answering import answering_of
from complaints.history_page import page_of_history
from complaints.models import Answer, ClockKind, Complainant, Complaint, ComplaintDocument, Event, EventKind
from complaints.models.case import ComplaintQuerySet
from complaints.notices import Receipt
from complaints.presentation import document_view
from complaints.workflow import HANDLE, SEE_CONTACT, State, workflow

from .actions import ACTIONS, ComplaintAction
from .forms import ActionForm
from .letters import letters_of
from .links import last_event, links_context
from .referral import referrals_of

STATE_TONES = {
    State.RECEIVED: "info",
    State.IN_PROGRESS: "neutral",
    State.COMPLEMENT: "turn",
    State.ANSWERED: "success",
    State.CLOSED: "neutral",
}
TURNS = {
    WaitingOn.DESK: lambda: _("Au service"),
    WaitingOn.PERSON: lambda: _("Au réclamant"),
    WaitingOn.NOBODY: lambda: _("À personne"),
}
FILING = "filing"  # what the receipt tells
# What was said needs no title: the bubble says who speaks.
SAID = {EventKind.MESSAGE_FROM_COMPLAINANT, EventKind.MESSAGE_FROM_DESK}


def case_context(
    complaint: Complaint, user: Any, cases: ComplaintQuerySet, address: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything the page shows. `complaint` comes `with_case()`; `cases` are those this agent may see.

    Of a long history one page, that of the `address`, with the documents and referrals that came with it. An older
    page costs one query more.
    """
    history = complaint.events.select_related("user", "answer__outcome").prefetch_related("answer__reasons")
    page = page_of_history(history, address)
    events = page.events
    joined = complaint.documents.select_related("document")
    documents = list(joined if page.is_whole else joined.filter(event__in=events))
    clocks = list(complaint.clocks.current())
    contact = user.has_perm(SEE_CONTACT)
    paused = complaint.state == State.COMPLEMENT
    links = links_context(complaint, user, cases)
    sent = deliveries_of(complaint, prefix="complaints_complaint", may_resend=user.has_perm(HANDLE))
    return {
        "contact": contact,
        "complaint": complaint,
        "person": complaint.complainant,
        "state_tone": STATE_TONES[State(complaint.state)],
        "turn": TURNS[WaitingOn(complaint.waiting_on)](),
        "clocks": [clock_view(clock, paused=paused, label=CLOCK_LABELS[ClockKind(clock.kind)]()) for clock in clocks],
        "thread": thread(complaint, events, documents, sent),
        "history_page": page,
        "last_event": max((event.pk for event in events), default=0) if not page.later else last_event(complaint),
        "facts": [row for row in facts(complaint) if row["value"]],
        "identity": [row for row in identity(complaint.complainant, contact=contact) if row["value"]],
        "dependants": list(complaint.dependants.all()),
        "files": [document_view(each, document_url) for each in documents],
        "letters": letters_of(complaint),
        "deliveries": sent,
        **links,
        "referrals": referrals_of(complaint, events),
        "merged_threads": [merged_thread(each, complaint) for each in links["merged"]],
    }


def actions_context(
    complaint: Complaint, user: Any, tried: ComplaintAction | None, form: ActionForm | None, text: str | None = None
) -> dict[str, Any]:
    """The blocks of actions, with what the agent had typed in the one just tried; « kept » when it is not open.

    `text` instead of what was typed: a template was just put in, and nothing of the form is judged yet.
    """
    offered = open_actions(workflow, ACTIONS, complaint, user)
    typed = form.data.get("body", "") if form is not None else ""
    templates = answering_of(complaint.desk).templates
    blocks = [
        {
            "action": each,
            "label": workflow[each.name].label,
            "url": reverse(f"admin:complaints_complaint_{each.name}", args=[complaint.pk]),
            "open": each is tried,
            "errors": form.errors if form is not None and each is tried and text is None else {},
            "text": (typed if text is None else text) if each is tried else "",
            "begun": form.data.get("begun", "") if form is not None and each is tried else "",
            "templates": [template for template in templates if template.use == each.name],
            "decision": decision_fields(form if form is not None and each is tried else ActionForm(each, complaint))
            if each.decides
            else [],
            "previews": each.takes_text and not workflow[each.name].is_internal,
        }
        for each in offered
    ]
    kept = typed if tried is not None and tried not in offered else ""
    return {"blocks": blocks, "kept": kept, "form": form if text is None else None}


def decision_fields(form: ActionForm) -> list[Any]:
    """What an answer asks for besides words and files, as fields to show."""
    return [form[name] for name in ("outcome", "reasons", "risk_bearer") if name in form.fields]


CLOCK_LABELS = {
    ClockKind.ACKNOWLEDGEMENT: lambda: _("Prendre en charge avant le"),
    ClockKind.ANSWER: lambda: _("Répondre avant le"),
    ClockKind.REOPENING: lambda: _("Peut être rouverte jusqu’au"),
    ClockKind.CLOSING: lambda: _("Sans nouvelle, clôture le"),
}


def document_url(joined: ComplaintDocument) -> str:
    """Where the back-office serves it."""
    return reverse("admin:complaints_complaint_document", args=[joined.case_id, joined.pk])


def thread(
    complaint: Complaint,
    events: Iterable[Event],
    documents: Iterable[ComplaintDocument],
    sent: Iterable[dict[str, Any]] = (),
    url: Callable[[ComplaintDocument], str] = document_url,
) -> list[dict[str, Any]]:
    """The history in one reading, oldest first: what the complaint tells, what was said, what happened, notes.

    Each with the messages that told the complainant of it, and what became of them.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for delivery in sent:
        message = delivery["message"]
        told.setdefault(FILING if message.notice == Receipt.key else message.occasion, []).insert(0, delivery)
    joined: dict[int | None, list[dict[str, Any]]] = {}
    for each in documents:
        joined.setdefault(each.event_id, []).append(document_view(each, url))
    return [
        entry(event, complaint, joined.get(event.pk, []))
        | {"sent": told.get(FILING if event.kind == EventKind.FILED else f"event:{event.pk}", [])}
        for event in events
    ]


def merged_thread(case: Complaint, into: Complaint) -> dict[str, Any]:
    """The history of a case merged into this one; its documents are read through the case that goes on."""

    def url(joined: ComplaintDocument) -> str:
        return reverse("admin:complaints_complaint_document", args=[into.pk, joined.pk])

    return {"case": case, "thread": thread(case, case.events.all(), case.documents.all(), url=url)}


def entry(event: Event, complaint: Complaint, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """One event: a bubble of the complainant or of the desk, a note, or a mere line."""
    kind = EventKind(event.kind)
    told = story(complaint) if kind == EventKind.FILED else []
    said = bool(event.body or documents or told)
    return {
        "pk": event.pk,
        "at": event.at,
        "who": who(event, complaint),
        "title": "" if kind in SAID else event.get_kind_display(),
        "shape": "note" if not event.is_public and event.body else "bubble" if said else "line",
        "ours": not event.is_theirs and kind != EventKind.FILED,
        "text": event.body,
        "recourse": event.recourse,
        "decided": decided(event),
        "told": told,
        "documents": documents,
    }


def decided(event: Event) -> str:
    """« Défavorable : hors garantie, pièce manquante », for the desk; "" for what decides nothing."""
    answer: Answer | None = getattr(event, "answer", None) if event.kind == EventKind.ANSWERED else None
    if answer is None or answer.outcome is None:
        return ""
    reasons = ", ".join(each.name for each in answer.reasons.all())
    return (
        _("%(outcome)s : %(reasons)s") % {"outcome": answer.outcome.name, "reasons": reasons}
        if reasons
        else (answer.outcome.name)
    )


def who(event: Event, complaint: Complaint) -> str:
    """Who did it; what was entered for the complainant says by whom."""
    person = complaint.complainant.full_name
    if event.kind == EventKind.FILED and event.user:
        return _("%(person)s, saisie par %(agent)s") % {"person": person, "agent": event.user}
    return author_of(event, person)


def story(complaint: Complaint) -> list[tuple[str, str]]:
    """What the complainant wrote when filing, under the questions."""
    parts = [
        ("", complaint.facts),
        (_("Démarches déjà faites"), complaint.prior_steps),
        (_("Réponse déjà reçue"), complaint.prior_answer),
        (_("Solution souhaitée"), complaint.desired_outcome),
    ]
    return [(title, text) for title, text in parts if text]


def facts(complaint: Complaint) -> list[dict[str, Any]]:
    """The short facts, label and value."""
    respondent = complaint.respondent.name if complaint.respondent else complaint.respondent_other
    consent = complaint.consent_text
    return [
        {"label": _("Reçue le"), "value": complaint.opened_at},
        {"label": _("Guichet"), "value": complaint.desk.name},
        {"label": _("Catégorie"), "value": complaint.category.name},
        {"label": _("Organisme concerné"), "value": respondent},
        {"label": _("Police ou contrat"), "value": complaint.policy_number, "code": True},
        {"label": _("Affiliation"), "value": complaint.registration_number, "code": True},
        {"label": _("Souscripteur"), "value": complaint.subscriber},
        {"label": _("Référence du dossier"), "value": complaint.claim_reference, "code": True},
        {"label": _("Date des faits"), "value": complaint.event_date},
        {"label": _("Canal"), "value": complaint.get_channel_display()},
        {"label": _("Texte accepté"), "value": consent and _("version %(version)s") % {"version": consent.version}},
        {"label": _("Satisfaction"), "value": complaint.satisfaction and f"{complaint.satisfaction}/5"},
        {"label": _("Commentaire"), "value": complaint.satisfaction_comment},
    ]


def identity(person: Complainant, *, contact: bool) -> list[dict[str, Any]]:
    """Who complains and, for those who may know it, how to reach them."""
    known = [
        {"label": _("Qualité"), "value": person.get_quality_display()},
        {"label": _("Pour"), "value": person.represented_name},
    ]
    return [*known, *contact_details(person)] if contact else known


def contact_details(person: Complainant) -> list[dict[str, Any]]:
    """How to reach somebody, and the numbers that name them."""
    address = "\n".join(part for part in (person.address, f"{person.postal_code} {person.city}".strip()) if part)
    return [
        {"label": _("E-mail"), "value": person.email, "code": True},
        {"label": _("Portable"), "value": person.mobile.as_international if person.mobile else "", "code": True},
        {"label": _("Adresse"), "value": address},
        {"label": _("CIN"), "value": person.cin, "code": True},
        {"label": _("CNSS"), "value": person.cnss_number, "code": True},
        {"label": _("Sécurité sociale"), "value": person.nir, "code": True},
    ]
