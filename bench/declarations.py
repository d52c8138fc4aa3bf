"""Fill the real tables with members, declarations, claims and statements, by COPY.

A member has declared 25 times in three years: the follow-up page is always full, whatever the number of members.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import Actor, WaitingOn
from claims_portal.documents.models import Document
from claims_portal.organisations.models import LegalText
from health_claims.models import (
    Claim,
    ClaimEvent,
    Declaration,
    DeclarationDocument,
    DeclarationEvent,
    DocumentKind,
    IdentityPaper,
    Reason,
    SettlementBatch,
    Statement,
    StatementLine,
)
from health_claims.roles import HANDLERS, ensure_roles
from health_claims.services.reasons import load_reasons
from health_claims.workflow import ClaimState, DeclarationState, claim_workflow, declaration_workflow
from membership.models import Guarantee, Member, MemberAccount, Policy

from .load import BATCH, FILED_FROM, LOADED_FROM, OPEN_DAYS, YEARS, Copy, name_of

POLICY = "2000GRP0001380"  # of the demonstration
AGENT = "agent.saham@demo.invalid"  # of the desk that handles it
OF_A_MEMBER = 25
# Of a hundred declarations; what waits is also recent, and nothing is of today, whose numbers are given by the portal.
DECIDE, COMPLEMENT, REJECTED, STUDIED = 4, 2, 10, 5
LEAST_DAYS = 4
STRIDE = 7919  # a prime: neighbours in turn are no neighbours in the table
_turns: Iterator[int] = count()
SPENT, BASE_PAID, PAID = Decimal(450), Decimal(210), Decimal(216)


def member_of(identifier: int) -> int:
    """The member who sent a loaded declaration; members are identified in the same range."""
    return LOADED_FROM + (identifier - LOADED_FROM) // OF_A_MEMBER


def number_of(at: datetime, identifier: int) -> str:
    """A reference of that day; no two loaded ones are alike below a million declarations."""
    return f"{at:%Y%m%d}{identifier % 10**6:06d}"


class DeclarationLoader:
    """Writes declarations batch after batch, each member before their first one."""

    def __init__(self) -> None:
        self.policy = Policy.objects.select_related("organisation").get(number=POLICY)
        self.now = timezone.now()
        guarantees = Guarantee.objects.on(self.now.date()).filter(policy=self.policy)
        self.guarantees = list(guarantees.values_list("pk", "prestation_id"))
        terms = LegalText.objects.in_force().filter(
            kind=LegalText.Kind.MEMBER_TERMS, organisation=self.policy.organisation
        )
        self.terms_id = terms.values_list("pk", flat=True).first()
        self.password = make_password(None)  # nobody signs in with it
        self.agent_id = User.objects.get(email=AGENT).pk
        batch, _made = SettlementBatch.objects.get_or_create(
            number="charge",
            defaults={
                "organisation": self.policy.organisation,
                "made_at": self.now,
                "made_by_id": self.agent_id,
                "total": 0,
                "paid_at": self.now,
            },
        )
        self.batch_id = batch.pk
        self.reason_id = Reason.objects.filter(use=Reason.Use.REJECTION).values_list("pk", flat=True)[0]
        # In the order in which they refer to each other.
        made = (Member, MemberAccount, Document, IdentityPaper, Declaration, DeclarationDocument, DeclarationEvent)
        self.copies = {model: Copy(model) for model in (*made, Claim, ClaimEvent, Statement, StatementLine)}

    def load(self, identifiers: range) -> int:
        """Write these declarations in one transaction; gives the number of rows."""
        for identifier in identifiers:
            if (identifier - LOADED_FROM) % OF_A_MEMBER == 0:
                self.member(member_of(identifier))
            self.declaration(identifier)
        with connection.cursor() as cursor:
            return sum(copy.flush(cursor) for copy in self.copies.values())

    def member(self, key: int) -> None:
        """Activated, with both papers: ready to declare."""
        last_name, first_name = name_of(key)
        since = self.now - timedelta(days=365 * YEARS)
        self.copies[Member].add(
            id=key,
            policy_id=self.policy.pk,
            number=str(10**6 + key),  # those of the demonstration are shorter
            cin=f"BK{key % 10**6:06d}",
            last_name=last_name,
            first_name=first_name,
            birth_date="1980-05-17",
            rights_from="2016-01-01",
        )
        self.copies[MemberAccount].add(
            id=key,
            member_id=key,
            password=self.password,
            terms_id=self.terms_id,
            terms_accepted_at=since,
            certified_at=since,
            mobile=f"+2126{key % 10**8:08d}",
            email=f"adherent{key}@exemple.ma",
            email_asked_at=since,
            activated_at=since,
            identity_checked_at=since,
            created_at=since,
        )
        for place, kind in enumerate(IdentityPaper.Kind):
            paper = self.document(uuid.UUID(int=(place + 2) * 2**64 + key), since)
            self.copies[IdentityPaper].add(
                member_id=key, kind=kind, document_id=paper, state=IdentityPaper.State.ACCEPTED, added_at=since
            )

    def document(self, key: uuid.UUID, at: datetime) -> uuid.UUID:
        """A row without its bytes: nobody opens it here."""
        self.copies[Document].add(
            id=key,
            file=f"documents/{at:%Y-%m-%d}/{key.hex}.jpg",
            label="photo.jpg",
            content_type="image/jpeg",
            size=2_000_000,
            received_size=2_000_000,
            sha256=hashlib.sha256(key.bytes).hexdigest(),
            state=Document.State.CLEAN,
            created_at=at,
            claimed_at=at,
        )
        return key

    def declaration(self, identifier: int) -> None:
        """One declaration with its piece and history, and the claim that it opened."""
        picked = random.Random(-identifier)
        part = identifier * 37 % 100
        waits = part < DECIDE + COMPLEMENT
        rejected = not waits and part < DECIDE + COMPLEMENT + REJECTED
        state = DeclarationState.VALIDATED
        if waits or rejected:
            state = DeclarationState.CREATED if waits else DeclarationState.REJECTED
        at = self.now - timedelta(days=picked.uniform(LEAST_DAYS, OPEN_DAYS if waits else 365 * YEARS))
        decided = None if waits else at + timedelta(days=2)
        common = self.common(identifier, picked, at)
        asked = DECIDE <= part < DECIDE + COMPLEMENT
        party = WaitingOn.PERSON if asked else declaration_workflow.party_in(state)
        self.copies[Declaration].add(
            id=identifier,
            number=number_of(at, identifier),
            email=f"adherent{common['member_id']}@exemple.ma",
            state=state,
            waiting_on=party,
            complement_asked_at=at + timedelta(days=1) if asked else None,
            reason_id=self.reason_id if rejected else None,
            opened_at=at,
            created_at=at,
            changed_at=decided or at,
            closed_at=decided,
            decided_at=decided,
            decided_by_id=self.agent_id if decided else None,
            **common,
        )
        piece = uuid.UUID(int=2**64 + identifier)
        self.copies[DeclarationDocument].add(
            id=piece, case_id=identifier, kind=DocumentKind.PIECE, document_id=self.document(piece, at), added_at=at
        )
        self.event(identifier, "open", at, DeclarationState.CREATED)
        if decided:
            self.event(identifier, "reject" if rejected else "validate", decided, state)
        if decided and not rejected:
            self.claim(identifier, decided, common, studied=part >= 100 - STUDIED)

    def common(self, identifier: int, picked: random.Random, at: datetime) -> dict[str, Any]:
        """What a declaration and its claim both say."""
        guarantee_id, prestation_id = picked.choice(self.guarantees)
        return {
            "desk_id": self.policy.desk_id,
            "member_id": member_of(identifier),
            "prestation_id": prestation_id,
            "guarantee_id": guarantee_id,
            "care_date": (at - timedelta(days=picked.randrange(1, 40))).date(),
            "amount": SPENT,
        }

    def event(self, identifier: int, kind: str, at: datetime, state: DeclarationState) -> None:
        mine = kind == "open"
        self.copies[DeclarationEvent].add(
            case_id=identifier,
            kind=kind,
            at=at,
            actor=Actor.PERSON if mine else Actor.STAFF,
            user_id=None if mine else self.agent_id,
            from_state="" if mine else DeclarationState.CREATED,
            to_state=state,
            is_public="t",
        )

    def claim(self, identifier: int, at: datetime, common: dict[str, Any], *, studied: bool) -> None:
        """Being studied, or paid with a statement of one line."""
        self.copies[Claim].add(
            id=identifier,
            number=number_of(at, identifier),
            declaration_id=identifier,
            state=ClaimState.OPENED if studied else ClaimState.PAID,
            waiting_on=claim_workflow.party_in(ClaimState.OPENED if studied else ClaimState.PAID),
            opened_at=at,
            created_at=at,
            changed_at=at,
            closed_at=None if studied else at + timedelta(days=1),
            batch_id=None if studied else self.batch_id,
            paid_at=None if studied else at + timedelta(days=1),
            **common,
        )
        self.copies[ClaimEvent].add(
            case_id=identifier,
            kind="open",
            at=at,
            actor=Actor.STAFF,
            user_id=self.agent_id,
            to_state=ClaimState.OPENED,
            is_public="t",
        )
        if studied:
            return
        sums = {"spent": SPENT, "base_paid": BASE_PAID, "paid": PAID}
        self.copies[Statement].add(id=identifier, claim_id=identifier, made_at=at, made_by_id=self.agent_id, **sums)
        self.copies[StatementLine].add(
            statement_id=identifier,
            position=1,
            label="Consultation",
            base=Decimal(300),
            base_rate=70,
            rate=90,
            **sums,
        )


def load_declarations(total: int) -> tuple[int, int]:
    """Bring the table to `total` loaded declarations; gives the declarations and rows written now.

    The desk's agent may handle them from here on. The tables are analysed at the end, and the sequences moved
    behind what was loaded.
    """
    ensure_roles()
    load_reasons()
    User.objects.get(email=AGENT).groups.add(Group.objects.get(name=HANDLERS))
    done = Declaration.objects.filter(pk__gte=LOADED_FROM, pk__lt=FILED_FROM).count()
    rows = 0
    loader = DeclarationLoader()
    for start in range(LOADED_FROM + done, LOADED_FROM + total, BATCH):
        rows += loader.load(range(start, min(start + BATCH, LOADED_FROM + total)))
    with connection.cursor() as cursor:
        for model in (Member, MemberAccount, Declaration, Claim, Statement):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), {FILED_FROM})) FROM {table}"
            )
        cursor.execute("VACUUM ANALYZE")
    return max(0, total - done), rows


def next_members(number: int) -> list[Member]:
    """So many loaded members, each with account and policy: others than the last time, until all had their turn."""
    known = Member.objects.select_related("account", "policy__desk__organisation").filter(pk__gte=LOADED_FROM)
    keys = list(known.order_by("pk").values_list("pk", flat=True))
    picked = [keys[next(_turns) * STRIDE % len(keys)] for _each in range(number)]
    found = known.in_bulk(set(picked))
    return [found[key] for key in picked]
