"""Staff of one institution neither read nor change the rows of another, whatever rights they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from claims_portal.accounts import audit
from claims_portal.accounts.models import AuditEntry, User
from claims_portal.backoffice.inlines import ScopedRows
from claims_portal.backoffice.scope import BY_QUERYSET, SHARED, SUPERUSERS, ScopedAdmin
from claims_portal.cases.models import DisposalBatch
from claims_portal.deadlines.models import Calendar, Delay, HolidayOverride
from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from claims_portal.privacy.models import RightsDelay, RightsRequest
from complaints.models import (
    AnswerTemplate,
    AskedField,
    AssignmentRule,
    Category,
    Complaint,
    Letter,
    Mediation,
    Mediator,
    Outcome,
    Procedure,
    Reason,
    Recipient,
    Respondent,
    Team,
    TrackingRequest,
)
from complaints.models.case import Channel
from complaints.workflow import State
from health_claims.models import Claim, Declaration, PriorApproval, ReviewRule, SettlementBatch
from health_claims.models import Reason as ClaimReason
from membership.models import BaseRegime, Guarantee, Member, MemberAccount, Policy, Prestation
from tests.factories.complaints import (
    AgentFactory,
    AnswerTemplateFactory,
    ComplaintFactory,
    DeskFactory,
    MediationFactory,
    MediatorFactory,
    OutcomeFactory,
    ReasonFactory,
    RespondentFactory,
    lead_to,
)
from tests.factories.deadlines import CalendarFactory, DelayFactory, HolidayOverrideFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims import ReasonFactory as ClaimReasonFactory
from tests.factories.health_claims_claims import ClaimFactory
from tests.factories.membership import GuaranteeFactory, MemberFactory, PolicyFactory, PrestationFactory
from tests.factories.notifications import MessageFactory
from tests.factories.organisations import LegalTextFactory, SectorFactory
from tests.factories.privacy import RightsDelayFactory, RightsRequestFactory
from tests.factories.toy import SuggestionFactory
from tests.toy.models import Suggestion

from .conftest import signed_in

pytestmark = pytest.mark.django_db

REGISTERED = admin.site._registry
BY_NAME = {model._meta.label: model for model in REGISTERED}
UNKNOWN = 987654321


def team_of(desk: Desk) -> Team:
    team = Team.objects.create(desk=desk, name="Équipe")
    team.members.add(AgentFactory.create(desks=[desk]))
    return team


def letter_of(desk: Desk) -> Letter:
    complaint = ComplaintFactory.create(desk=desk, channel=Channel.POST, complainant__email="", complainant__mobile="")
    lead_to(complaint, State.ANSWERED, agent=AgentFactory.create(desks=[desk]))
    event = complaint.events.order_by("pk").last()
    return Letter.objects.get_or_create(event=event, defaults={"complaint": complaint})[0]


def approval_of(desk: Desk) -> PriorApproval:
    member = MemberFactory.create(policy=PolicyFactory(desk=desk))
    return PriorApproval.objects.create(member=member, prestation=PrestationFactory(), asked_on=date(2026, 3, 3))


def batch_of(desk: Desk) -> SettlementBatch:
    batch = SettlementBatch.objects.create(
        organisation=desk.organisation,
        number=f"lot-{desk.pk}",
        made_at=timezone.now(),
        made_by=AgentFactory.create(desks=[desk]),
        total=0,
    )
    claim = claim_of(desk)
    Claim.objects.filter(pk=claim.pk).update(batch=batch)
    return batch


def claim_of(desk: Desk) -> Claim:
    return ClaimFactory.create(member=MemberFactory.create(activated=True, policy=PolicyFactory(desk=desk)))


def entry_of(desk: Desk) -> AuditEntry:
    audit.record(action=audit.Action.EXPORTED, user=None, desk=desk)
    return AuditEntry.objects.latest("pk")


# How a row of each registered model that may belong to an institution comes about at a desk.
ROWS: dict[type[Model], Callable[[Desk], Any]] = {
    User: lambda desk: AgentFactory.create(desks=[desk]),
    AuditEntry: entry_of,
    Organisation: lambda desk: desk.organisation,
    Desk: lambda desk: desk,
    LegalText: lambda desk: LegalTextFactory.create(
        organisation=desk.organisation, valid_from=timezone.now() + timedelta(days=9)
    ),
    RightsDelay: lambda desk: RightsDelayFactory.create(organisation=desk.organisation),
    RightsRequest: lambda desk: RightsRequestFactory.create(organisation=desk.organisation),
    Complaint: lambda desk: ComplaintFactory.create(desk=desk),
    Letter: letter_of,
    TrackingRequest: lambda desk: TrackingRequest.objects.create(desk=desk, name="Amina", email="a@exemple.ma"),
    DisposalBatch: lambda desk: DisposalBatch.objects.create(
        kind="complaint", desk=desk, reason="retention", size=1, proposed_by=AgentFactory.create(desks=[desk])
    ),
    Procedure: lambda desk: desk.procedure,
    Category: lambda desk: desk.categories.first(),
    AskedField: lambda desk: AskedField.objects.create(desk=desk, field="nir"),
    Team: team_of,
    AssignmentRule: lambda desk: AssignmentRule.objects.create(desk=desk, name="Règle", team=team_of(desk)),
    AnswerTemplate: lambda desk: AnswerTemplateFactory.create(organisation=desk.organisation, desk=desk),
    Outcome: lambda desk: OutcomeFactory.create(organisation=desk.organisation),
    Reason: lambda desk: ReasonFactory.create(organisation=desk.organisation),
    Mediation: lambda desk: MediationFactory.create(desk=desk),
    Recipient: lambda desk: Recipient.objects.create(organisation=desk.organisation, name_fr="ACAPS"),
    Policy: lambda desk: PolicyFactory.create(desk=desk),
    Guarantee: lambda desk: GuaranteeFactory.create(policy=PolicyFactory(desk=desk)),
    Member: lambda desk: MemberFactory.create(policy=PolicyFactory(desk=desk)),
    MemberAccount: lambda desk: MemberFactory.create(activated=True, policy=PolicyFactory(desk=desk)).account,
    ClaimReason: lambda desk: ClaimReasonFactory.create(organisation=desk.organisation),
    ReviewRule: lambda desk: ReviewRule.objects.create(
        policy=PolicyFactory(desk=desk), name="Contrôle", valid_from=date(2026, 1, 1), min_amount=100
    ),
    Claim: claim_of,
    Suggestion: lambda desk: SuggestionFactory.create(desk=desk),
    Declaration: lambda desk: DeclarationFactory.create(member=MemberFactory(activated=True, policy__desk=desk)),
    PriorApproval: approval_of,
    SettlementBatch: batch_of,
    Message: lambda desk: MessageFactory.create(),
}
# Rows that all institutions share.
SHARED_ROWS: dict[type[Model], Callable[[], Any]] = {
    Sector: SectorFactory.create,
    Calendar: CalendarFactory.create,
    HolidayOverride: lambda: HolidayOverrideFactory.create(date=date(2026, 3, 3)),
    Delay: DelayFactory.create,
    Respondent: lambda: RespondentFactory.create(sector=SectorFactory()),
    Mediator: MediatorFactory.create,
    BaseRegime: lambda: BaseRegime.objects.create(code="amo", name_fr="AMO"),
    Prestation: PrestationFactory.create,
    Group: lambda: Group.objects.create(name="Agents"),
    Outcome: OutcomeFactory.create,
    Reason: ReasonFactory.create,
    AnswerTemplate: AnswerTemplateFactory.create,
    ClaimReason: lambda: ClaimReasonFactory.create(organisation=None),
}
# What a relation may name without a page of its own: no row of these models belongs to an institution.
WITHOUT_PAGE = {Permission, Document}


@pytest.fixture
def theirs() -> Desk:
    return DeskFactory.create()


@pytest.fixture
def clerk(desk: Desk) -> User:
    """Somebody of one institution with every right there is."""
    clerk = AgentFactory.create(desks=[desk], permissions=[])
    clerk.user_permissions.set(Permission.objects.all())
    return clerk


@pytest.fixture
def browser(clerk: User) -> Client:
    return signed_in(clerk)


@pytest.fixture
def their_request(rf: RequestFactory, clerk: User) -> Any:
    request = rf.get("/")
    request.user = clerk
    return request


def addresses(model: type[Model], key: int) -> list[str]:
    """The pages of one row, those that this model has."""
    found = []
    for page in ("change", "history", "delete"):
        try:
            found.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key]))
        except NoReverseMatch:
            continue
    return found


@pytest.mark.parametrize("name", BY_NAME)
def test_every_registered_admin_declares_the_scope_of_its_rows(name):
    model_admin = REGISTERED[BY_NAME[name]]
    assert isinstance(model_admin, ScopedAdmin)
    assert model_admin.scope
    rows = SHARED_ROWS if model_admin.scope == SHARED else ROWS
    assert BY_NAME[name] in rows, "say here how a row of this model comes about"
    assert all(issubclass(inline, ScopedRows) for inline in model_admin.inlines)


@pytest.mark.parametrize("name", [model._meta.label for model in ROWS])
def test_a_row_of_another_institution_is_not_there(name, desk, theirs, browser, their_request):
    model = BY_NAME[name]
    row = ROWS[model](theirs)
    model_admin = REGISTERED[model]
    assert not model_admin.get_queryset(their_request).filter(pk=row.pk).exists()
    for address, unknown in zip(addresses(model, row.pk), addresses(model, UNKNOWN), strict=True):
        for send in (browser.get, browser.post):
            answer, expected = send(address), send(unknown)
            assert answer.status_code == expected.status_code, address
            assert answer.get("Location") == expected.get("Location"), address
    assert model._base_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", [model._meta.label for model in ROWS if REGISTERED[model].scope != SUPERUSERS])
def test_a_row_of_ones_own_institution_is_there(name, desk, browser, their_request):
    row = ROWS[BY_NAME[name]](desk)
    assert REGISTERED[BY_NAME[name]].get_queryset(their_request).filter(pk=row.pk).exists()


def relations(form: Any) -> dict[str, forms.ModelChoiceField]:
    """The fields of a form that name rows; a set of forms names its parent with a field of its own."""
    return {
        name: field
        for name, field in form.base_fields.items()
        if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.models.InlineForeignKeyField)
    }


@pytest.mark.parametrize("name", [model._meta.label for model in ROWS if REGISTERED[model].scope != BY_QUERYSET])
def test_no_form_takes_a_row_of_another_institution(name, desk, theirs, their_request):
    model = BY_NAME[name]
    model_admin = REGISTERED[model]
    row = ROWS[model](desk)
    shown = [(model_admin, model_admin.get_form(their_request, row, change=True))]
    shown += [(inline, formset.form) for formset, inline in model_admin.get_formsets_with_inlines(their_request, row)]
    for owner, form in shown:
        for field_name, field in relations(form).items():
            related: Any = field.queryset.model
            assert related in ROWS or related in SHARED_ROWS or related in WITHOUT_PAGE, related
            if related in ROWS and field_name not in owner.unscoped_choices:
                foreign = ROWS[related](theirs)
                given = [foreign.pk] if isinstance(field, forms.ModelMultipleChoiceField) else foreign.pk
                with pytest.raises(ValidationError, match="choix"):
                    field.clean(given)


@pytest.mark.parametrize("name", [model._meta.label for model in SHARED_ROWS])
def test_who_sees_one_institution_reads_shared_rows_and_changes_none(name, browser):
    model = BY_NAME[name]
    row = SHARED_ROWS[model]()
    change, *_others = addresses(model, row.pk)
    assert browser.get(change).status_code == 200
    assert browser.post(change, {}).status_code == 403
    delete = change.replace("/change/", "/delete/")
    assert browser.post(delete, {"post": "yes"}).status_code == 403
    assert model._base_manager.filter(pk=row.pk).exists()


def test_a_bulk_action_leaves_rows_of_others_and_shared_rows(desk, theirs, browser):
    foreign = AnswerTemplateFactory.create(organisation=theirs.organisation)
    shared = AnswerTemplateFactory.create()
    for row in (foreign, shared):
        sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        browser.post("/gestion/complaints/answertemplate/", sent)
        assert AnswerTemplate.objects.filter(pk=row.pk).exists()


def values(page: Any) -> dict[str, Any]:
    """What a browser would send back from an admin form left as it is, without rows inside it."""
    form = page.context["adminform"].form
    sent = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        management = inline.formset.management_form
        sent |= {management.add_prefix(name): management[name].value() for name in management.fields}
        sent[management.add_prefix("TOTAL_FORMS")] = sent[management.add_prefix("INITIAL_FORMS")] = 0
    return {name: value for name, value in sent.items() if value is not False}


@pytest.mark.parametrize(("model", "column"), [(Policy, "desk"), (Category, "desk"), (AssignmentRule, "team")])
def test_a_row_does_not_move_to_another_institution(model, column, desk, theirs, browser):
    row = ROWS[model](desk)
    foreign = team_of(theirs) if column == "team" else theirs
    address = addresses(model, row.pk)[0]
    answer = browser.post(address, values(browser.get(address)) | {column: foreign.pk})
    assert "Ce choix ne fait pas partie de ceux disponibles" in answer.content.decode()
    before = getattr(row, f"{column}_id")
    row.refresh_from_db()
    assert getattr(row, f"{column}_id") == before


def test_a_row_moves_between_desks_one_has(desk, clerk, browser):
    other = DeskFactory.create(organisation=desk.organisation, consent=False, categories=[])
    clerk.desks.add(other)
    category = desk.categories.first()
    address = addresses(Category, category.pk)[0]
    assert browser.post(address, values(browser.get(address)) | {"desk": other.pk}).status_code == 302
    category.refresh_from_db()
    assert category.desk == other


def test_the_page_of_an_organisation_shows_and_takes_ones_own_desks_only(desk, clerk, browser):
    clerk.user_permissions.remove(Permission.objects.get(codename="see_organisation"))
    other = DeskFactory.create(organisation=desk.organisation, email="plaintes@exemple.ma", is_open=True)
    address = addresses(Organisation, desk.organisation_id)[0]
    page = browser.get(address)
    inline = page.context["inline_admin_formsets"][0]
    assert [form.instance for form in inline.formset.initial_forms] == [desk]
    prefix = inline.formset.prefix
    row = {"id": other.pk, "organisation": other.organisation_id, "name_fr": "Pris", "name_ar": "x", "code": other.code}
    row |= {"email": "voleur@exemple.ma", "position": 0}
    sent = values(page) | {f"{prefix}-0-{name}": value for name, value in row.items()}
    sent |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 1}
    browser.post(address, sent)
    other.refresh_from_db()
    assert (other.email, other.is_open) == ("plaintes@exemple.ma", True)


def test_a_row_for_every_institution_is_not_added_by_one(desk, browser):
    sent = {"code": "partout", "name_fr": "Partout", "position": 1, "is_active": "on", "organisation": ""}
    answer = browser.post("/gestion/complaints/reason/add/", sent)
    assert "organisation" in answer.context["adminform"].form.errors
    assert not Reason.objects.exists()


def test_filters_and_suggestions_name_no_row_of_another_institution(desk, theirs, browser):
    own, foreign = PolicyFactory.create(desk=desk), PolicyFactory.create(desk=theirs)
    PolicyFactory.create(desk=desk)  # Django hides a filter with one choice
    listed = browser.get("/gestion/membership/member/").content.decode()
    assert own.number in listed
    assert foreign.number not in listed
    asked = {"app_label": "membership", "model_name": "member", "field_name": "policy", "term": "GRP"}
    suggested = browser.get("/gestion/autocomplete/", asked).json()["results"]
    assert str(own.pk) in {row["id"] for row in suggested}
    assert str(foreign.pk) not in {row["id"] for row in suggested}


def test_an_account_that_also_works_elsewhere_is_read_and_not_changed(desk, theirs, browser):
    shared = AgentFactory.create(desks=[desk, theirs])
    address = f"/gestion/accounts/user/{shared.pk}/"
    assert browser.get(f"{address}change/").status_code == 200
    assert browser.post(f"{address}change/", {"email": "x@y.ma"}).status_code == 403
    assert browser.post(f"{address}password/", {"password1": "x", "password2": "x"}).status_code == 403


def test_people_of_another_institution_stay_in_a_team_that_is_saved(desk, theirs, browser):
    team = team_of(desk)
    moved = team.members.get()
    moved.desks.set([theirs])
    address = addresses(Team, team.pk)[0]
    assert browser.post(address, values(browser.get(address)) | {"members": []}).status_code in {200, 302}
    assert list(team.members.all()) == [moved]


@pytest.mark.parametrize("page", ["complaints/assignmentrule/essai/{}/", "complaints/answertemplate/{}/apercu/"])
def test_pages_beside_a_form_open_for_its_institution_only(page, desk, theirs, browser):
    model = AssignmentRule if "rule" in page else AnswerTemplate
    own, foreign = ROWS[model](desk), ROWS[model](theirs)
    assert browser.get(f"/gestion/{page.format(own.pk)}").status_code == 200
    assert browser.get(f"/gestion/{page.format(foreign.pk)}").status_code == 404


def test_a_superuser_reaches_every_institution(desk, theirs, administrator):
    browser = signed_in(administrator)
    policy = PolicyFactory.create(desk=desk)
    address = addresses(Policy, policy.pk)[0]
    sent = values(browser.get(address)) | {"desk": theirs.pk}
    assert browser.post(address, sent).status_code == 302
    policy.refresh_from_db()
    assert policy.desk == theirs
