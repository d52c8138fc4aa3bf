"""The complaints of a demonstration and who gets them: read from `catalogue/demo/`, done through the services."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.services.exchange import add_note
from claims_portal.cases.services.holds import place_hold
from claims_portal.organisations.models import Desk
from claims_portal.organisations.services import desk_changed
from claims_portal.wizards.models import Draft
from claims_portal.wizards.steps import Typed

from . import steps
from .forms import GateForm
from .models import AssignmentRule, Category, Channel, Complaint, Outcome, Reason, Recipient, Team
from .services import following, handling, referring
from .services.answers import Decision
from .services.filing import IncompleteDraft, file_complaint, filing_from

CATALOGUE = Path(__file__).parent / "catalogue" / "demo"
CASES, DESKS = CATALOGUE / "cases.toml", CATALOGUE / "desks.toml"
SUBJECT = ("respondent", "respondent_other", "policy_number", "registration_number", "subscriber", "claim_reference")
STORY = ("facts", "prior_steps", "prior_answer", "desired_outcome")


def load_routing() -> None:
    """Write the teams and assignment rules of the demonstration, where there is none yet."""
    if Team.objects.exists():
        return
    written = tomllib.loads(DESKS.read_text())
    for row in written["teams"]:
        team = Team.objects.create(desk=Desk.objects.get(code=row["desk"]), name=row["name"])
        team.members.set(User.objects.filter(email__in=row["members"]))
    for position, row in enumerate(written["rules"]):
        desk = Desk.objects.get(code=row["desk"])
        rule = AssignmentRule(desk=desk, name=row["name"], position=position)
        rule.language, rule.words = row.get("language", ""), row.get("words", "")
        rule.category = Category.objects.get(desk=desk, code=row["category"]) if "category" in row else None
        rule.agent = User.objects.get(email=row["agent"]) if "agent" in row else None
        rule.team = Team.objects.get(desk=desk, name=row["team"]) if "team" in row else None
        rule.full_clean()
        rule.save()
    desk_changed(desks={rule.desk for rule in AssignmentRule.objects.select_related("desk")})


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
    opened_at = timezone.now() - timedelta(days=case["days_ago"])
    filing = filing_from(draft, [], wants_sms=False)
    if not case.get("gives_contact", True):  # the public form asks for one, a letter may come without
        filing = replace(filing, complainant=filing.complainant | {"email": "", "mobile": ""})
    channel = case.get("channel", Channel.WEB)
    entered_by = None if channel == Channel.WEB else User.objects.get(email=f"agent.{desk.code}@demo.invalid")
    return file_complaint(
        filing=replace(filing, opened_at=opened_at, draft_id=None, channel=channel, entered_by=entered_by)
    )


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
        case _other:
            _tell_more(complaint, agent, chapter)


def _tell_more(complaint: Complaint, agent: User, chapter: dict[str, Any]) -> None:
    """What is done more seldom."""
    done: dict[str, Any] = {"complaint_id": complaint.pk, "user": agent, "body": chapter["says"]}
    match chapter["do"]:
        case "note":
            add_note(Complaint, case_id=done.pop("complaint_id"), **done)
        case "hold":
            place_hold(Complaint, case_id=done.pop("complaint_id"), **done)
        case "refer":
            recipient = Recipient.objects.get(organisation=complaint.desk.organisation_id, name_fr=chapter["to"])
            referring.refer_complaint(**done, recipient_id=recipient.pk)
        case unknown:
            raise ValueError(f"Nothing is done like « {unknown} ».")
