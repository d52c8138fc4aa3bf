"""Who may open what: every address of the portal, by every kind of visitor. An address without a line fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from claims_portal.accounts.links import create_link
from claims_portal.accounts.models import User
from claims_portal.notifications.models import Message
from claims_portal.wizards.models import Draft
from complaints import access
from complaints.models import Complaint
from complaints.services.following import write_to_desk
from tests.complaints.public import right_to
from tests.factories.complaints import AgentFactory, AnswerTemplateFactory, ComplaintFactory, DeskFactory
from tests.factories.documents import DocumentFactory
from tests.factories.wizards import DraftFactory

# Nobody; somebody who follows another case and fills another draft; the person whose case and draft it is;
# an agent of its desk; an agent of another desk; an administrator.
ROLES = ("anonymous", "stranger", "holder", "agent", "elsewhere", "administrator")
EVERYBODY = (200,) * 6
NOBODY = (404,) * 6
HOLDER = (404, 404, 200, 404, 404, 404)
HOLDER_SENT_BACK = (404, 404, 302, 404, 404, 404)
STAFF = (302, 302, 302, 200, 200, 200)
THIS_DESK = (302, 302, 302, 200, 404, 200)
THIS_DESK_SENT_BACK = (302, 302, 302, 302, 404, 302)
THIS_DESK_ASKED_AGAIN = (302, 302, 302, 422, 404, 422)
ADMINISTRATOR = (302, 302, 302, 403, 403, 200)
ONLY_POST = (405,) * 6
SIGN_IN_FIRST = (302,) * 6  # the member space: no visitor of this table is a member (tests/membership)
STAFF_ONLY_POST = (302, 302, 302, 405, 405, 405)
LIFE = ("hold", "release", "erase")  # what few may do with a case
ACTIONS = ("acknowledge", "ask_complement", "message", "answer", "close", "assign", "note")


@dataclass
class World:
    """One case with all that hangs on it, a draft, and links that were mailed."""

    complaint: Complaint
    draft: Draft
    sent_draft: Draft
    mine: str
    resume: str
    message: int
    template: int

    @property
    def document(self) -> Any:
        return self.complaint.documents.get().pk


def number(world: World) -> list[Any]:
    return [world.complaint.number]


def draft(world: World) -> list[Any]:
    return [world.draft.pk]


def kind_and_desk(world: World) -> list[Any]:
    return ["complaint", *desk(world)]


def desk(world: World) -> list[Any]:
    return [world.complaint.desk.code]


def case(world: World) -> list[Any]:
    return [world.complaint.pk]


def declared(world: World) -> list[Any]:
    return ["20260704000001"]


def nothing(world: World) -> list[Any]:
    return []


def one_claim(world: World) -> list[Any]:
    return ["20260303000001"]


# The agents' pages about sickness files: this table's agents have no right there (tests/health_claims says more).
DECIDED = ("validate", "reject", "ask_complement", "assign")
CLAIMED = ("ask_complement", "ask_counter_visit", "record_counter_visit", "refuse", "leave_batch", "review", "assign")
NO_RIGHT = (302, 302, 302, 404, 404, 404)
DESK_PAGES = [
    *(f"admin:health_claims_declaration_{name}" for name in DECIDED),
    *(f"admin:health_claims_claim_{name}" for name in CLAIMED),
    "admin:health_claims_claim_statement",
]


def first(world: World) -> list[Any]:
    return [1]


def first_piece(world: World) -> list[Any]:
    return [1, UUID(int=1)]


Line = tuple[Callable[[World], list[Any]], tuple[int, ...]]
GET: dict[str, Line] = {
    "live": (nothing, EVERYBODY),
    "ready": (nothing, EVERYBODY),
    "home": (nothing, EVERYBODY),
    "demo_messages": (nothing, EVERYBODY),
    "sector": (lambda world: [world.complaint.desk.sectors.get().code], EVERYBODY),
    "legal-texts": (lambda world: ["data-protection"], EVERYBODY),
    "legal-text": (lambda world: [world.complaint.desk.organisation.code, "data-protection"], EVERYBODY),
    "my-data": (nothing, EVERYBODY),
    "complaints:start": (nothing, EVERYBODY),
    "complaints:desk": (desk, EVERYBODY),
    "complaints:desk-follow": (desk, EVERYBODY),
    "complaints:begin": (desk, (302,) * 6),
    "complaints:leave": (nothing, (200, 302, 302, 200, 200, 200)),
    "complaints:verify": (lambda world: [world.complaint.verification_code], EVERYBODY),
    "complaints:track": (nothing, EVERYBODY),
    "complaints:dashboard": (number, HOLDER),
    "complaints:exchange": (number, HOLDER_SENT_BACK),
    "complaints:withdraw": (number, HOLDER),
    "complaints:reopen": (number, HOLDER_SENT_BACK),
    "complaints:receipt": (number, HOLDER),
    "complaints:case-pdf": (number, HOLDER),
    "complaints:document": (lambda world: [world.complaint.number, world.document], HOLDER),
    "complaints:mine": (nothing, EVERYBODY),
    "complaints:mine-all": (nothing, NOBODY),  # only for who opened a mailed link
    "complaints:mine-list": (lambda world: [world.mine], EVERYBODY),  # the link is the right; only its button acts
    "complaints:filing": (lambda world: [world.draft.pk, "faits"], HOLDER),
    "complaints:dependants": (draft, HOLDER),
    "complaints:documents": (draft, HOLDER),
    "complaints:review": (draft, HOLDER),
    "complaints:other-way": (draft, HOLDER),
    "complaints:done": (lambda world: [world.sent_draft.pk], HOLDER),
    "later": (draft, HOLDER),
    "resume": (lambda world: [world.resume], EVERYBODY),
    "admin:index": (nothing, STAFF),
    "admin:login": (nothing, (200, 200, 200, 302, 302, 302)),
    "admin:logout": (nothing, STAFF_ONLY_POST),
    "admin:password_change": (nothing, STAFF),
    "admin:password_change_done": (nothing, STAFF),
    "admin:autocomplete": (nothing, (302, 302, 302, 403, 403, 403)),
    "admin:jsi18n": (nothing, STAFF),
    "admin:app_list": (lambda world: ["complaints"], STAFF),
    "admin:auth_user_password_change": (lambda world: [User.objects.earliest("pk").pk], (302, 302, 302, 403, 403, 302)),
    "admin:membership_member_import": (nothing, (302, 302, 302, 404, 404, 200)),
    "admin:membership_member_sensitive": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:membership_member_import_plan": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_changelist": (nothing, STAFF),
    "admin:complaints_complaint_search": (nothing, STAFF_ONLY_POST),
    "admin:complaints_complaint_change": (case, THIS_DESK),
    "admin:complaints_complaint_document": (lambda world: [world.complaint.pk, world.document], THIS_DESK),
    "admin:complaints_complaint_resend": (lambda world: [world.complaint.pk, world.message], STAFF_ONLY_POST),
    **{f"admin:complaints_complaint_{action}": (case, THIS_DESK_SENT_BACK) for action in ACTIONS},
    **{f"admin:complaints_complaint_{action}": (case, THIS_DESK_SENT_BACK) for action in LIFE},
    "admin:cases_disposalbatch_propose": (kind_and_desk, (302, 302, 302, 404, 404, 404)),  # it sets no retention
    "admin:cases_disposalbatch_decide": (lambda world: ["1"], STAFF_ONLY_POST),
    "admin:privacy_rightsrequest_copy": (lambda world: ["1"], STAFF_ONLY_POST),
    "admin:complaints_complaint_message": (lambda world: [world.complaint.pk, world.message], THIS_DESK),
    "admin:complaints_complaint_template": (lambda world: [world.complaint.pk, world.template], THIS_DESK),
    "admin:complaints_answertemplate_preview": (lambda world: [world.template], (302, 302, 302, 404, 404, 200)),
    "admin:complaints_complaint_bulk": (nothing, STAFF_ONLY_POST),
    "admin:complaints_complaint_contact": (case, THIS_DESK),
    "admin:complaints_complaint_link": (case, STAFF_ONLY_POST),
    "admin:complaints_complaint_unlink": (case, STAFF_ONLY_POST),
    "admin:complaints_complaint_save_filter": (nothing, STAFF_ONLY_POST),
    "admin:complaints_complaint_saved_filter": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_forget_filter": (lambda world: ["1"], STAFF_ONLY_POST),
    "admin:complaints_complaint_print_many": (nothing, STAFF_ONLY_POST),
    "admin:complaints_complaint_refer": (case, THIS_DESK),
    "admin:complaints_complaint_referral_pdf": (lambda world: [world.complaint.pk, 1], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_merge": (case, THIS_DESK),
    "admin:complaints_complaint_transfer": (case, THIS_DESK),
    "admin:complaints_assignmentrule_trial": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_intake": (nothing, (302, 302, 302, 302, 302, 200)),  # one desk only: its form at once
    "admin:complaints_complaint_intake_at": (desk, THIS_DESK),
    "admin:complaints_letter_changelist": (nothing, STAFF),
    "admin:complaints_trackingrequest_changelist": (nothing, STAFF),
    "admin:complaints_letter_pdf": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_letter_print": (nothing, STAFF_ONLY_POST),
    "admin:confirm": (nothing, STAFF),
    "admin:recovery-codes": (nothing, (302, 302, 302, 404, 404, 404)),  # a demonstration asks no second factor
    "admin:second-factor": (nothing, (302, 302, 302, 404, 404, 404)),
    "complaints:online-tracking": (nothing, EVERYBODY),
    "figures:dashboard": (nothing, STAFF),
    "figures:export": (lambda world: ["csv"], STAFF_ONLY_POST),
    "figures:export-queue": (lambda world: ["csv"], STAFF_ONLY_POST),
    "membership:sign-in": (nothing, EVERYBODY),
    "membership:identity": (nothing, SIGN_IN_FIRST),
    "membership:password": (nothing, SIGN_IN_FIRST),
    "membership:browser-code": (nothing, SIGN_IN_FIRST),
    "membership:code-first": (nothing, SIGN_IN_FIRST),
    "membership:forgotten": (nothing, EVERYBODY),
    "membership:forgotten-new": (nothing, SIGN_IN_FIRST),
    "membership:forgotten-link": (lambda world: ["x"], NOBODY),
    "membership:email-link": (lambda world: ["x"], NOBODY),
    "membership:not-me": (lambda world: ["x"], NOBODY),
    "membership:membership": (nothing, SIGN_IN_FIRST),
    "membership:card": (nothing, SIGN_IN_FIRST),
    "membership:family-card": (lambda world: [1], SIGN_IN_FIRST),
    "membership:card-check": (lambda world: ["x"], EVERYBODY),  # it says « not valid » to all of them
    "membership:change-password": (nothing, SIGN_IN_FIRST),
    "membership:change-mobile": (nothing, SIGN_IN_FIRST),
    "membership:change-mobile-code": (nothing, SIGN_IN_FIRST),
    "membership:change-email": (nothing, SIGN_IN_FIRST),
    "membership:terms": (nothing, SIGN_IN_FIRST),
    "membership:sign-out": (nothing, ONLY_POST),
    "membership:home": (nothing, SIGN_IN_FIRST),
    "membership:downloads": (nothing, EVERYBODY),
    "membership:download": (lambda world: [1], NOBODY),
    "membership:practical": (nothing, SIGN_IN_FIRST),
    "membership:deposit-points": (nothing, SIGN_IN_FIRST),
    "health_claims:send": (nothing, SIGN_IN_FIRST),
    "health_claims:activation": (nothing, SIGN_IN_FIRST),
    "health_claims:activation-step": (lambda world: ["gsm"], SIGN_IN_FIRST),
    "health_claims:activation-link": (lambda world: ["x" * 43], NOBODY),  # the link is the right
    "health_claims:papers": (nothing, SIGN_IN_FIRST),
    "health_claims:claims": (nothing, SIGN_IN_FIRST),
    "health_claims:claim": (one_claim, SIGN_IN_FIRST),
    "health_claims:claim-complement": (one_claim, SIGN_IN_FIRST),
    "health_claims:claim-feedback": (one_claim, SIGN_IN_FIRST),
    "health_claims:claim-document": (lambda world: ["20260303000001", UUID(int=1)], SIGN_IN_FIRST),
    "health_claims:statement": (one_claim, SIGN_IN_FIRST),
    "health_claims:statement-pdf": (one_claim, SIGN_IN_FIRST),
    "health_claims:contest": (one_claim, SIGN_IN_FIRST),
    "health_claims:contest-line": (lambda world: ["20260303000001", 1], SIGN_IN_FIRST),
    "health_claims:readings": (nothing, SIGN_IN_FIRST),
    "health_claims:estimate": (nothing, SIGN_IN_FIRST),
    "health_claims:quote-document": (lambda world: [1], SIGN_IN_FIRST),
    "health_claims:complaints": (nothing, SIGN_IN_FIRST),
    "health_claims:begin": (nothing, SIGN_IN_FIRST),
    "health_claims:declaration": (lambda world: [world.draft.pk, "nature"], SIGN_IN_FIRST),
    "health_claims:declaration-pieces": (draft, SIGN_IN_FIRST),
    "health_claims:declaration-send": (draft, SIGN_IN_FIRST),
    "health_claims:declaration-sent": (draft, SIGN_IN_FIRST),
    "health_claims:follow-up": (nothing, SIGN_IN_FIRST),
    "health_claims:declaration-detail": (declared, SIGN_IN_FIRST),
    "health_claims:declaration-complement": (declared, SIGN_IN_FIRST),
    "health_claims:declare-again": (declared, SIGN_IN_FIRST),
    "health_claims:declaration-document": (lambda world: ["20260704000001", world.draft.pk], SIGN_IN_FIRST),
}
GET |= {
    **dict.fromkeys(DESK_PAGES, (first, NO_RIGHT)),
    "admin:health_claims_declaration_search": (nothing, STAFF_ONLY_POST),
    "admin:health_claims_claim_search": (nothing, STAFF_ONLY_POST),
    "admin:health_claims_declaration_piece": (first_piece, NO_RIGHT),
    "admin:health_claims_claim_piece": (first_piece, NO_RIGHT),
    "admin:health_claims_declaration_paper": (lambda world: [1, 1], NO_RIGHT),
    "admin:health_claims_declaration_message": (lambda world: [1, 1], NO_RIGHT),
    "admin:health_claims_claim_message": (lambda world: [1, 1], NO_RIGHT),
    "admin:health_claims_declaration_resend": (lambda world: [1, 1], STAFF_ONLY_POST),
    "admin:health_claims_claim_resend": (lambda world: [1, 1], STAFF_ONLY_POST),
    "admin:health_claims_declaration_figures": (nothing, (302, 302, 302, 404, 404, 200)),
    "admin:health_claims_declaration_figures_export": (lambda world: ["csv"], STAFF_ONLY_POST),
    "admin:health_claims_declaration_attach": (first, STAFF_ONLY_POST),
    "admin:health_claims_priorapproval_enter": (first, NO_RIGHT),
    "admin:health_claims_priorapproval_document": (first, NO_RIGHT),
    "admin:health_claims_priorapproval_cancel": (first, STAFF_ONLY_POST),
    "admin:membership_memberaccount_give_back": (first, STAFF_ONLY_POST),
    "admin:health_claims_settlementbatch_make": (nothing, STAFF_ONLY_POST),
    "admin:health_claims_settlementbatch_export": (lambda world: ["1", "csv"], STAFF_ONLY_POST),
    "admin:health_claims_settlementbatch_pay": (first, STAFF_ONLY_POST),
}
POST: dict[str, Line] = {
    **dict.fromkeys(DESK_PAGES, (first, NO_RIGHT)),
    "admin:health_claims_declaration_resend": (lambda world: [1, 1], NO_RIGHT),
    "admin:health_claims_claim_resend": (lambda world: [1, 1], NO_RIGHT),
    "admin:health_claims_declaration_search": (nothing, (302, 302, 302, 404, 404, 302)),
    "admin:health_claims_claim_search": (nothing, (302, 302, 302, 404, 404, 302)),
    "admin:health_claims_declaration_attach": (first, NO_RIGHT),
    "admin:health_claims_priorapproval_enter": (first, NO_RIGHT),
    "admin:health_claims_priorapproval_cancel": (first, NO_RIGHT),
    "admin:membership_memberaccount_give_back": (first, NO_RIGHT),
    "admin:health_claims_settlementbatch_make": (nothing, NO_RIGHT),
    "admin:health_claims_settlementbatch_export": (lambda world: ["1", "csv"], NO_RIGHT),
    "admin:health_claims_settlementbatch_pay": (first, NO_RIGHT),
    "admin:health_claims_declaration_paper": (lambda world: [1, 1], NO_RIGHT),
    "my-data": (nothing, EVERYBODY),  # an empty form comes back
    "complaints:track": (nothing, EVERYBODY),
    "complaints:begin": (desk, (302,) * 6),
    "complaints:exchange": (number, HOLDER),
    "complaints:reopen": (number, HOLDER),
    "complaints:mine-all": (nothing, NOBODY),
    "complaints:filing": (lambda world: [world.draft.pk, "faits"], HOLDER),
    "complaints:dependants": (draft, HOLDER_SENT_BACK),
    "complaints:documents": (draft, HOLDER_SENT_BACK),
    "complaints:review": (draft, HOLDER),
    "later": (draft, HOLDER),
    "membership:sign-in": (nothing, EVERYBODY),
    "membership:identity": (nothing, SIGN_IN_FIRST),
    "membership:password": (nothing, SIGN_IN_FIRST),
    "membership:browser-code": (nothing, SIGN_IN_FIRST),
    "membership:code-first": (nothing, SIGN_IN_FIRST),
    "membership:terms": (nothing, SIGN_IN_FIRST),
    "membership:home": (nothing, SIGN_IN_FIRST),
    "membership:forgotten": (nothing, EVERYBODY),
    "membership:forgotten-new": (nothing, SIGN_IN_FIRST),
    "membership:forgotten-link": (lambda world: ["x"], NOBODY),
    "membership:email-link": (lambda world: ["x"], NOBODY),
    "membership:not-me": (lambda world: ["x"], NOBODY),
    "membership:card": (nothing, SIGN_IN_FIRST),
    "membership:family-card": (lambda world: [1], SIGN_IN_FIRST),
    "membership:change-password": (nothing, SIGN_IN_FIRST),
    "membership:change-mobile": (nothing, SIGN_IN_FIRST),
    "membership:change-mobile-code": (nothing, SIGN_IN_FIRST),
    "membership:change-email": (nothing, SIGN_IN_FIRST),
    "health_claims:activation-step": (lambda world: ["gsm"], SIGN_IN_FIRST),
    "health_claims:activation-link": (lambda world: ["x" * 43], NOBODY),
    "health_claims:papers": (nothing, SIGN_IN_FIRST),
    "health_claims:estimate": (nothing, SIGN_IN_FIRST),
    "health_claims:complaints": (nothing, SIGN_IN_FIRST),
    "health_claims:claim-complement": (one_claim, SIGN_IN_FIRST),
    "health_claims:claim-feedback": (one_claim, SIGN_IN_FIRST),
    "health_claims:contest": (one_claim, SIGN_IN_FIRST),
    "health_claims:contest-line": (lambda world: ["20260303000001", 1], SIGN_IN_FIRST),
    "admin:complaints_complaint_search": (nothing, (302,) * 6),
    "admin:confirm": (nothing, (302, 302, 302, 422, 422, 422)),  # without the password
    "admin:complaints_complaint_resend": (lambda world: [world.complaint.pk, world.message], THIS_DESK_SENT_BACK),
    **{f"admin:complaints_complaint_{action}": (case, THIS_DESK_ASKED_AGAIN) for action in ACTIONS},
    **{f"admin:complaints_complaint_{action}": (case, (302, 302, 302, 404, 404, 422)) for action in LIFE},
    "admin:cases_disposalbatch_propose": (kind_and_desk, (302, 302, 302, 404, 404, 404)),
    "admin:cases_disposalbatch_decide": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_link": (case, THIS_DESK_ASKED_AGAIN),
    "admin:complaints_complaint_unlink": (case, (302, 302, 302, 404, 404, 404)),  # it names no case
    "admin:complaints_complaint_save_filter": (nothing, (302,) * 6),
    "admin:complaints_complaint_forget_filter": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "admin:complaints_complaint_print_many": (nothing, (302,) * 6),
    "admin:complaints_complaint_refer": (case, THIS_DESK_ASKED_AGAIN),
    "admin:complaints_complaint_merge": (case, THIS_DESK_ASKED_AGAIN),
    "admin:complaints_complaint_transfer": (case, THIS_DESK_ASKED_AGAIN),
    "admin:privacy_rightsrequest_copy": (lambda world: ["1"], (302, 302, 302, 404, 404, 404)),
    "health_claims:begin": (nothing, SIGN_IN_FIRST),
    "health_claims:declaration": (lambda world: [world.draft.pk, "nature"], SIGN_IN_FIRST),
    "health_claims:declaration-pieces": (draft, SIGN_IN_FIRST),
    "health_claims:declaration-send": (draft, SIGN_IN_FIRST),
    "health_claims:declaration-complement": (declared, SIGN_IN_FIRST),
    "health_claims:declare-again": (declared, SIGN_IN_FIRST),
}


@pytest.fixture
def world(db: None, settings) -> World:
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**6, 3600))
    template = AnswerTemplateFactory.create()  # before what a process keeps of the desk
    complaint = ComplaintFactory.create(documents=1, state="answered")
    sent_draft, open_draft = DraftFactory.create_batch(2, desk=complaint.desk, complete=True)
    Complaint.objects.filter(pk=complaint.pk).update(draft_id=sent_draft.pk)
    return World(
        complaint,
        open_draft,
        sent_draft,
        create_link(purpose="my-complaints", subject=complaint.complainant.email, hours=1),
        create_link(purpose="resume-draft", subject=str(open_draft.pk), hours=1),
        Message.objects.about(f"complaint:{complaint.pk}").values_list("pk", flat=True)[0],
        template.pk,
    )


@pytest.fixture
def visitors(world: World) -> dict[str, Client]:
    """A browser for each role."""
    browsers = {role: Client() for role in ROLES}
    other = ComplaintFactory.create(documents=1)
    give(browsers["stranger"], other, DraftFactory.create(desk=other.desk))
    give(browsers["holder"], world.complaint, world.draft, world.sent_draft)
    staff = {
        "agent": AgentFactory.create(desks=[world.complaint.desk]),
        "elsewhere": AgentFactory.create(desks=[DeskFactory.create()]),
        "administrator": AgentFactory.create(is_superuser=True, permissions=[]),
    }
    for role, user in staff.items():
        browsers[role].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browsers


def give(browser: Client, complaint: Complaint, *drafts: Draft) -> None:
    """The right to follow a case, and drafts of one's own."""
    session = browser.session
    session[access.SESSION_KEY] = {complaint.number: right_to(complaint)}
    session["drafts"] = [str(each.pk) for each in drafts]
    session.save()


def routes(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The name of every address; « - » stands for one that has none."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, space + (f"{each.namespace}:" if each.namespace else ""))
        else:
            yield f"{space}{each.name or '-'}"


def is_of_the_product(name: str) -> bool:
    """Return whether an address is the portal's own: those of the kind of case that only the tests have are not."""
    return not name.startswith("admin:toy_")


def generic_pages() -> dict[str, str]:
    """The pages that Django's admin makes of every model, by name: the rule below speaks for them."""
    models = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    kinds = ("changelist", "add", "history", "delete", "change")
    return {f"admin:{name}_{kind}": kind for name in models for kind in kinds}


def test_every_address_has_a_line():
    known = {*GET, *generic_pages(), "admin:-"}  # the two without a name lead to a page that has one, or to 404
    own = {*filter(is_of_the_product, routes(get_resolver().url_patterns))}
    assert sorted(own - known) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_visitor_gets_what_the_table_says(world: World, visitors: dict[str, Client], method: str):
    """And whoever may not go where staff may is asked to sign in first."""
    wrong = {}
    for name, (arguments, expected) in (GET if method == "get" else POST).items():
        address = reverse(name, args=arguments(world))
        answers = [getattr(visitors[role], method)(address) for role in ROLES]
        statuses = tuple(answer.status_code for answer in answers)
        if statuses != expected:
            wrong[name] = statuses
        elif method == "get" and name.startswith("admin:") and expected[0] == 302:
            assert re.search(r"/gestion/login/\?next=", answers[0]["Location"])
    assert wrong == {}


def test_the_pages_of_models_are_for_staff_with_the_right(world: World, visitors: dict[str, Client]):
    """Whoever is no member of staff is sent to sign in; agents, who have no right there, see nothing."""
    wrong = {}
    some = [visitors[role] for role in ("anonymous", "agent", "administrator")]
    for name, kind in generic_pages().items():
        if name.startswith("admin:complaints_complaint_") or name in GET:
            continue
        try:
            address = reverse(name, args=["1"] if kind in ("history", "delete", "change") else [])
        except NoReverseMatch:
            continue  # this model has no such page
        for method in (
            ("get", "post") if kind in ("add", "change", "delete") else ("get",)
        ):  # where something is written
            outside, agent, administrator = (getattr(browser, method)(address).status_code for browser in some)
            if outside != 302 or agent not in (302, 403, 404) or administrator >= 500:
                wrong[f"{method} {name}"] = (outside, agent, administrator)
    assert wrong == {}


def test_a_case_of_somebody_else_looks_like_none(world: World, visitors: dict[str, Client]):
    theirs = visitors["stranger"].get(reverse("complaints:dashboard", args=[world.complaint.number]))
    none = visitors["stranger"].get(reverse("complaints:dashboard", args=["100000000009"]))
    reference = re.compile(r"[0-9A-F]{8}</bdi>|/suivi/\d+")
    assert (theirs.status_code, reference.sub("", theirs.content.decode())) == (
        none.status_code,
        reference.sub("", none.content.decode()),
    )


def test_a_document_is_not_found_through_another_case(world: World, visitors: dict[str, Client]):
    """Both cases are followed, but a document belongs to one."""
    other = ComplaintFactory.create(documents=1)
    session = visitors["holder"].session
    session[access.SESSION_KEY] = {case.number: right_to(case) for case in (world.complaint, other)}
    session.save()
    address = reverse("complaints:document", args=[other.number, world.document])
    assert visitors["holder"].get(address).status_code == 404
    address = reverse("admin:complaints_complaint_document", args=[other.pk, world.document])
    assert visitors["administrator"].get(address).status_code == 404


def test_a_message_of_another_case_cannot_be_sent_again(world: World, visitors: dict[str, Client]):
    other = ComplaintFactory.create(desk=world.complaint.desk)
    address = reverse("admin:complaints_complaint_resend", args=[other.pk, world.message])
    assert visitors["agent"].post(address).status_code == 404


def test_a_grant_that_is_over_opens_nothing(world: World, visitors: dict[str, Client]):
    write_to_desk(complaint_id=world.complaint.pk, body="Bonjour", documents=[DocumentFactory.create()])
    session = visitors["holder"].session
    session[access.SESSION_KEY] = {world.complaint.number: right_to(world.complaint) | {"until": 1}}
    session.save()
    assert visitors["holder"].get(reverse("complaints:dashboard", args=[world.complaint.number])).status_code == 404
