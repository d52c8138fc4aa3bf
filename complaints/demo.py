"""The complaints of a demonstration: read from `catalogue/demo/cases.toml`, filed and handled through the services."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from claims_portal.wizards.models import Draft
from claims_portal.wizards.steps import Typed

from . import steps
from .forms import GateForm
from .models import Category, Complaint, Outcome, Reason
from .services import following, handling
from .services.answers import Decision
from .services.filing import IncompleteDraft, file_complaint, filing_from

CASES = Path(__file__).parent / "catalogue" / "demo" / "cases.toml"
SUBJECT = ("respondent", "respondent_other", "policy_number", "registration_number", "subscriber", "claim_reference")
STORY = ("facts", "prior_steps", "prior_answer", "desired_outcome")


def load_cases() -> None:
    """File and handle the demonstration's complaints, once."""
    if Complaint.objects.exists():
        return
    for case in tomllib.loads(CASES.read_text())["cases"]:
        desk = Desk.objects.select_related("organisation").get(code=case["desk"])
        complaint = _filed(desk, case)
        agent = User.objects.get(email=f"agent.{desk.code}@demo.invalid")
        for chapter in case.get("story", []):
            _tell(complaint, agent, chapter)


def _filed(desk: Desk, case: dict[str, Any]) -> Complaint:
    """The case as a person would have filed it: through the forms of its desk. IncompleteDraft if they refuse."""
    category = Category.objects.get(desk=desk, code=case["category"])
    draft = Draft(wizard=steps.filing.key, desk=desk, language=case.get("language", "fr"))
    draft.answers = {
        steps.GATE.slug: _typed({"kind": GateForm.COMPLAINT}),
        steps.SUBJECT.slug: _typed({"category": category.pk} | {name: case.get(name, "") for name in SUBJECT}),
        steps.FACTS.slug: _typed({name: case.get(name, "") for name in STORY}),
        steps.COMPLAINANT.slug: _typed(case["person"]),
        steps.DEPENDANTS.slug: [_typed(person) for person in case.get("dependants", [])],
    }
    unfinished = steps.filing.first_incomplete(draft)
    if unfinished is not None:
        raise IncompleteDraft(unfinished)
    received_at = timezone.now() - timedelta(days=case["days_ago"])
    filing = filing_from(draft, [], wants_sms=False)
    return file_complaint(filing=replace(filing, received_at=received_at, draft_id=None))


def _typed(values: dict[str, Any]) -> Typed:
    return {name: [str(value)] for name, value in values.items()}


def _tell(complaint: Complaint, agent: User, chapter: dict[str, Any]) -> None:
    """One thing the desk or the complainant did."""
    case: dict[str, Any] = {"complaint_id": complaint.pk}
    says = chapter.get("says", "")
    match chapter["do"]:
        case "acknowledge":
            handling.acknowledge_complaint(**case, user=agent, body=says)
        case "ask":
            handling.ask_complement(**case, user=agent, body=says)
        case "message":
            handling.send_message(**case, user=agent, body=says)
        case "answer":
            outcome = Outcome.objects.get(code=chapter["outcome"], organisation=None)
            reasons = Reason.objects.filter(code__in=chapter.get("reasons", []), organisation=None)
            handling.answer_complaint(**case, user=agent, body=says, decision=Decision(outcome, list(reasons)))
        case "reply":
            following.write_to_desk(**case, body=says)
        case "withdraw":
            following.withdraw_complaint(**case, satisfaction=chapter.get("satisfaction"), comment=says)
        case "reopen":
            following.reopen_complaint(**case, reason=says)
        case unknown:
            raise ValueError(f"Nothing is done like « {unknown} ».")
