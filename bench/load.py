"""Fill the real tables with complaints, by COPY: people, events, clocks, documents, receipts.

What is loaded looks like what the services write: numbers with their check digit, clocks with their
explanation, states in the proportions of a desk that has worked for three years.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import StringIO
from typing import Any

from django.db import connection, models
from django.utils import timezone
from stdnum import damm

from claims_portal.cases.models import NO_PROMISE, Actor
from claims_portal.deadlines.compute import compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Delay
from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import LegalText
from complaints.folding import search_name
from complaints.models import (
    Clock,
    ClockKind,
    Complainant,
    Complaint,
    ComplaintDocument,
    DocumentKind,
    Event,
    EventKind,
    Pause,
    Procedure,
    Quality,
)
from complaints.workflow import State, workflow

BATCH = 10_000
# Loaded cases are identified from here on, past those of the demonstration; filed ones further on.
LOADED_FROM = 100_001
FILED_FROM = 10_000_000
YEARS = 3
# Of a hundred cases; what is open is also recent.
STATES = [State.RECEIVED] * 2 + [State.IN_PROGRESS] * 6 + [State.COMPLEMENT] * 2 + [State.ANSWERED] * 5
OPEN_DAYS = 60
COMMON = ("El Amrani", "Amina")  # one person in fifty: a full page of a desk at any size
FIRST_NAMES = (  # noqa: SIM905 -- thirty lines otherwise
    "Amina Youssef Khadija Mehdi Salma Omar Imane Karim Nadia Hassan Claire Rachid Sara Driss Lina Adil "
    "Meryem Anas Houda Samir Zineb Tarik Ghita Paul Leïla Hamza Rim Ismaïl Fatima Nabil"
).split()
SYLLABLES = "ba be cha da el fa gha ha ja ka lou ma nou ra si ta wa ya za zou".split()  # noqa: SIM905
STORY = (
    "Mon dossier de remboursement a été déposé il y a trois mois.\nDepuis, personne ne me répond, malgré deux appels "
    "et un courrier recommandé. Je joins la facture et l’ordonnance, et je demande le remboursement de 1 250 MAD."
)


def any_of(cases: int) -> int:
    """One of the loaded cases."""
    return LOADED_FROM + random.randrange(cases)


def number_of(identifier: int) -> str:
    """A valid public number, a different one for each identifier: multiplying by a number prime to the range."""
    body = str(10**10 + identifier * 61_803_398_879 % (9 * 10**10))
    return body + str(damm.calc_check_digit(body))


def email_of(identifier: int) -> str:
    """The address of the person behind a loaded case."""
    return f"personne{identifier}@exemple.ma"


def name_of(identifier: int) -> tuple[str, str]:
    """Last and first name; most last names are rare, as in life."""
    if identifier % 50 == 0:
        return COMMON
    picked = random.Random(identifier)
    last_name = "".join(picked.choices(SYLLABLES, k=4)).capitalize()
    return last_name, picked.choice(FIRST_NAMES)


def cell(value: Any) -> str:
    r"""A value as COPY reads it: \N for nothing, separators escaped."""
    if value is None:
        return r"\N"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return escaped(str(value)) if isinstance(value, str) else str(value)


@lru_cache(maxsize=20_000)  # the same words come again in every case
def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Copy:
    """The rows of one table on their way. What a row does not say is the field's default."""

    def __init__(self, model: type[models.Model]) -> None:
        self.table = model._meta.db_table
        self.usual: dict[str, str] = {}
        for field in model._meta.concrete_fields:
            if isinstance(field, models.UUIDField):  # its default would be one for all rows
                self.usual |= {str(field.column): r"\N"} if field.null else {}
            elif field.column != "id":
                self.usual[str(field.column)] = cell(field.get_default())
        self.columns: list[str] = []
        self.buffer = StringIO()
        self.rows = 0

    def add(self, **values: Any) -> None:
        """One row, by column; datetimes and UUIDs as PostgreSQL reads them."""
        row = self.usual | {column: cell(value) for column, value in values.items()}
        self.columns = self.columns or list(row)
        self.buffer.write("\t".join([row[column] for column in self.columns]) + "\n")
        self.rows += 1

    def flush(self, cursor: Any) -> int:
        """Send what was gathered; gives the number of rows."""
        sent, self.rows = self.rows, 0
        if sent:
            self.buffer.seek(0)
            columns = ", ".join(f'"{name}"' for name in self.columns)
            cursor.copy_expert(f'COPY "{self.table}" ({columns}) FROM STDIN', self.buffer)
            self.buffer = StringIO()
        return sent


@dataclass(frozen=True)
class DeskPlan:
    """What the cases of one desk have in common."""

    desk_id: int
    categories: list[int]
    agents: list[int]
    consent_text_id: int | None
    delays: dict[str, Delay]

    @classmethod
    def of(cls, procedure: Procedure) -> DeskPlan:
        desk = procedure.desk
        text = LegalText.objects.in_force().filter(organisation=desk.organisation, kind="data-protection").first()
        delays = {
            ClockKind.ACKNOWLEDGEMENT.value: procedure.acknowledgement_delay,
            ClockKind.ANSWER.value: procedure.answer_delay,
        }
        return cls(
            desk.pk,
            list(desk.categories.values_list("pk", flat=True)),
            list(desk.agents.values_list("pk", flat=True)),
            text.pk if text else None,
            {kind: delay for kind, delay in delays.items() if delay is not None},
        )


class Loader:
    """Writes cases batch after batch."""

    def __init__(self) -> None:
        related = ("acknowledgement_delay__calendar", "answer_delay__calendar", "desk__organisation")
        self.plans = [DeskPlan.of(each) for each in Procedure.objects.select_related(*related)]
        calendars = {delay.calendar for plan in self.plans for delay in plan.delays.values()}
        self.days = CalendarDays.of_many(calendars)
        self.due: dict[tuple[int, datetime], tuple[datetime, str]] = {}
        # In the order in which they refer to each other.
        made = (Complaint, Complainant, Event, Clock, Pause, Document, ComplaintDocument, Message)
        self.copies = {model: Copy(model) for model in made}
        self.now = timezone.now()

    def load(self, identifiers: Iterable[int], first_event: int) -> int:
        """Write the cases of these identifiers in one transaction; gives the number of rows."""
        event_id = first_event
        for identifier in identifiers:
            event_id = self.case(identifier, event_id)
        with connection.cursor() as cursor:
            return sum(copy.flush(cursor) for copy in self.copies.values())

    def case(self, identifier: int, event_id: int) -> int:
        """One case with all that belongs to it; gives the next free event identifier."""
        picked = random.Random(-identifier)
        plan = picked.choice(self.plans)
        part = identifier * 37 % 100
        state = STATES[part] if part < len(STATES) else State.CLOSED
        days = picked.uniform(0, OPEN_DAYS if state != State.CLOSED else 365 * YEARS)
        at = self.now - timedelta(days=days)
        agent = picked.choice(plan.agents) if plan.agents and state != State.RECEIVED else None
        self.complaint(identifier, plan, picked, state, at, agent)
        self.person(identifier)
        history = self.history(state, at)
        for kind, moment, before, after, body in history:
            mine = kind in (EventKind.FILED, EventKind.MESSAGE_FROM_COMPLAINANT)
            self.copies[Event].add(
                id=event_id,
                case_id=identifier,
                kind=kind,
                at=moment,
                actor=Actor.PERSON if mine else Actor.STAFF,
                user_id=None if mine else agent,
                from_state=before,
                to_state=after,
                body=body,
                is_public="t",
            )
            if kind == EventKind.FILED and identifier % 3 == 0:
                self.document(identifier, event_id, at)
            event_id += 1
        self.clocks(identifier, plan, state, at)
        self.receipt(identifier, at)
        return event_id

    def complaint(self, identifier: int, plan: DeskPlan, picked: Any, state: State, at: datetime, agent: Any) -> None:
        answered = state in (State.ANSWERED, State.CLOSED)
        self.copies[Complaint].add(
            id=identifier,
            number=number_of(identifier),
            verification_code=f"charge-{identifier:016x}",
            desk_id=plan.desk_id,
            category_id=picked.choice(plan.categories),
            policy_number=f"POL-{identifier:08d}",
            registration_number=f"AFF-{identifier:08d}",
            claim_reference=f"SIN-{identifier:08d}" if identifier % 2 else "",
            facts=STORY,
            event_date=at.date(),
            desired_outcome="Recevoir mon remboursement.",
            state=state,
            waiting_on=workflow.party_in(state),
            assigned_to_id=agent,
            opened_at=at,
            due_at=self.nearest_due(plan, state, at),
            created_at=at,
            changed_at=at,
            answered_at=at + timedelta(days=9) if answered else None,
            closed_at=at + timedelta(days=12) if state == State.CLOSED else None,
            consent_text_id=plan.consent_text_id,
            consented_at=at if plan.consent_text_id else None,
            fingerprint=hashlib.sha256(str(identifier).encode()).hexdigest(),
        )

    def person(self, identifier: int) -> None:
        last_name, first_name = name_of(identifier)
        self.copies[Complainant].add(
            complaint_id=identifier,
            quality=Quality.INSURED,
            first_name=first_name,
            last_name=last_name,
            search_name=search_name(last_name, first_name),
            email=email_of(identifier),
            mobile=f"+2126{identifier % 10**8:08d}",
            cin=f"BK{identifier % 10**6:06d}",
            cnss_number=f"{identifier % 10**9:09d}",
            city="Casablanca",
        )

    def history(self, state: State, at: datetime) -> list[tuple[EventKind, datetime, str, str, str]]:
        """Kind, moment, state before and after, and text of each event."""
        received, progress = State.RECEIVED.value, State.IN_PROGRESS.value
        told = [(EventKind.FILED, at, "", received, "")]
        if state != State.RECEIVED:
            told.append((EventKind.ACKNOWLEDGED, at + timedelta(hours=5), received, progress, ""))
        if state == State.COMPLEMENT:
            asked = "Merci d’envoyer la facture acquittée."
            told.append((EventKind.COMPLEMENT_ASKED, at + timedelta(hours=6), progress, state.value, asked))
        if state in (State.ANSWERED, State.CLOSED):
            wrote = "Avez-vous des nouvelles ?"
            told.append((EventKind.MESSAGE_FROM_COMPLAINANT, at + timedelta(days=5), progress, progress, wrote))
            sent = "Votre remboursement part demain."
            told.append((EventKind.ANSWERED, at + timedelta(days=9), progress, State.ANSWERED.value, sent))
        if state == State.CLOSED:
            told.append((EventKind.CLOSED, at + timedelta(days=12), State.ANSWERED.value, state.value, ""))
        return told

    def clocks(self, identifier: int, plan: DeskPlan, state: State, at: datetime) -> None:
        stops = {
            ClockKind.ACKNOWLEDGEMENT: at + timedelta(hours=5) if state != State.RECEIVED else None,
            ClockKind.ANSWER: at + timedelta(days=9) if state in (State.ANSWERED, State.CLOSED) else None,
        }
        for kind, delay in plan.delays.items():
            due_at, explanation = self.due_of(delay, at)
            self.copies[Clock].add(
                case_id=identifier,
                kind=kind,
                is_promise="t",
                can_pause=kind == ClockKind.ANSWER,
                delay_id=delay.pk,
                started_at=at,
                due_at=due_at,
                stopped_at=stops[ClockKind(kind)],
                explanation=explanation,
            )
        if state == State.COMPLEMENT:
            self.copies[Pause].add(case_id=identifier, started_at=at + timedelta(hours=6))

    def nearest_due(self, plan: DeskPlan, state: State, at: datetime) -> datetime:
        """As `services.clocks` keeps it on the case: of the promises that run in this state, the first."""
        ticking = {
            State.RECEIVED: {ClockKind.ACKNOWLEDGEMENT, ClockKind.ANSWER},
            State.IN_PROGRESS: {ClockKind.ANSWER},
        }.get(state, set())
        due = (self.due_of(delay, at)[0] for kind, delay in plan.delays.items() if kind in ticking)
        return min(due, default=NO_PROMISE)

    def due_of(self, delay: Delay, at: datetime) -> tuple[datetime, str]:
        """Counted once a delay and day: a million clocks fall due on a thousand days."""
        start = datetime.combine(at.date(), datetime.min.time(), UTC) + timedelta(hours=12)
        key = (delay.pk, start)
        if key not in self.due:
            due = compute(delay=delay, start=start, days=self.days[delay.calendar_id])
            self.due[key] = (due.at, json.dumps(due.explanation.as_json(), ensure_ascii=False))
        return self.due[key]

    def document(self, identifier: int, event_id: int, at: datetime) -> None:
        """A row without its bytes: nobody opens it here."""
        key = uuid.UUID(int=identifier)
        self.copies[Document].add(
            id=key,
            file=f"documents/{at:%Y-%m-%d}/{key.hex}.pdf",
            label="facture.pdf",
            content_type="application/pdf",
            size=200_000,
            received_size=200_000,
            sha256=hashlib.sha256(key.bytes).hexdigest(),
            pages=1,
            state=Document.State.CLEAN,
            created_at=at,
            claimed_at=at,
        )
        self.copies[ComplaintDocument].add(
            id=key,
            case_id=identifier,
            document_id=key,
            event_id=event_id,
            kind=DocumentKind.EVIDENCE,
            added_at=at,
        )

    def receipt(self, identifier: int, at: datetime) -> None:
        self.copies[Message].add(
            channel=Message.Channel.EMAIL,
            recipient=email_of(identifier),
            language="fr",
            notice="complaints.receipt",
            about=f"complaint:{identifier}",
            subject="Votre réclamation est arrivée",
            body_text=STORY,
            dedup_key=f"complaints.receipt:{identifier}:0:email",
            state=Message.State.SENT,
            attempts=1,
            next_try_at=at,
            sent_at=at,
            created_at=at,
        )


def load_cases(total: int) -> tuple[int, int]:
    """Bring the table to `total` loaded cases; gives the cases and rows written now.

    The tables are analysed at the end, and the sequences moved behind what was loaded.
    """
    done = Complaint.objects.filter(verification_code__startswith="charge-").count()
    rows = 0
    loader = Loader()
    with connection.cursor() as cursor:
        for start in range(LOADED_FROM + done, LOADED_FROM + total, BATCH):
            end = min(start + BATCH, LOADED_FROM + total)
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM complaints_event")
            rows += loader.load(range(start, end), cursor.fetchone()[0])
        for table, least in (("complaints_complaint", FILED_FROM), ("complaints_event", 0)):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), {least})) FROM {table}"
            )
        cursor.execute("VACUUM ANALYZE")
    return max(0, total - done), rows
