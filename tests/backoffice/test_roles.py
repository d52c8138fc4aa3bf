"""What each role opens, how far a supervisor sees, and who is shown how to reach a complainant."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from claims_portal.accounts.models import AuditEntry, User
from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from complaints.roles import AGENTS, AUDITORS, PROCEDURES, ROLES, SUPERVISORS, ensure_roles
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"
CONTACT = {
    "complainant__last_name": "Tazi",
    "complainant__email": "zineb@exemple.ma",
    "complainant__mobile": "+212661234567",
    "complainant__cin": "AB98765",
    "complainant__nir": "255081416802538",
    "complainant__city": "Safi",
}


def holder(role: str, desk: Desk) -> User:
    """Somebody of this role, at this desk."""
    ensure_roles()
    person = AgentFactory.create(desks=[desk], permissions=[])
    person.groups.add(Group.objects.get(name=role))
    return person


def numbers(response) -> list[str]:
    return [row.number.replace(" ", "") for row in response.context["cl"].rows]


# --- Role, page, answer

PAGES = {  # agents, supervisors, auditors, data protection, administrators of procedures
    "/gestion/": (200, 200, 200, 200, 200),
    LIST: (200, 200, 200, 200, 403),
    LIST + "{case}/": (200, 200, 200, 200, 404),
    LIST + "{case}/documents/{document}/": (200, 200, 200, 200, 404),
    "/gestion/complaints/category/": (200, 200, 200, 200, 200),
    "/gestion/complaints/category/add/": (403, 403, 403, 403, 200),
    "/gestion/complaints/procedure/add/": (403, 403, 403, 403, 200),
    "/gestion/complaints/respondent/": (200, 200, 200, 200, 200),
    # Shared by all institutions: superusers add and change them.
    "/gestion/complaints/respondent/add/": (403, 403, 403, 403, 403),
    "/gestion/organisations/desk/add/": (403, 403, 403, 403, 200),
    "/gestion/organisations/legaltext/add/": (403, 403, 403, 403, 200),
    "/gestion/deadlines/calendar/add/": (403, 403, 403, 403, 403),
    "/gestion/deadlines/delay/add/": (403, 403, 403, 403, 403),
    "/gestion/accounts/auditentry/": (403, 200, 200, 200, 403),
    "/gestion/accounts/user/": (403, 403, 403, 403, 403),
    "/gestion/auth/group/": (403, 403, 403, 403, 403),
    "/gestion/notifications/message/": (403, 403, 403, 403, 403),
    "/gestion/cases/disposalbatch/": (404, 200, 200, 200, 404),
    "/gestion/privacy/rightsrequest/": (404, 404, 200, 200, 404),
    "/gestion/privacy/rightsdelay/add/": (403, 403, 403, 403, 200),
}


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_each_role_opens_its_pages_and_no_other(desk, place):
    complaint = ComplaintFactory(desk=desk, documents=1)
    held = {"case": complaint.pk, "document": complaint.documents.get().pk}
    staff = signed_in(holder(list(ROLES)[place], desk))
    answers = {page: staff.get(page.format(**held)).status_code for page in PAGES}
    assert answers == {page: expected[place] for page, expected in PAGES.items()}


@pytest.mark.parametrize(("role", "status", "state"), [(AGENTS, 302, "in-progress"), (AUDITORS, 404, "received")])
def test_an_agent_acts_and_an_auditor_does_not(desk, role, status, state):
    complaint = ComplaintFactory(desk=desk)
    staff = signed_in(holder(role, desk))
    seen = staff.get(f"{LIST}{complaint.pk}/").context["last_event"]
    answer = staff.post(f"{LIST}{complaint.pk}/acknowledge/", {"body": "", "seen": seen})
    assert answer.status_code == status
    assert Complaint.objects.get(pk=complaint.pk).state == state


def test_an_auditor_sees_no_button(desk):
    shown = signed_in(holder(AUDITORS, desk)).get(f"{LIST}{ComplaintFactory(desk=desk).pk}/").content.decode()
    assert "case-action" not in shown


# --- How far


@pytest.mark.parametrize(("role", "sees"), [(AGENTS, False), (SUPERVISORS, True), (AUDITORS, True)])
def test_supervisors_and_auditors_see_every_desk_of_their_organisation(desk, role, sees):
    beside = ComplaintFactory(desk=DeskFactory(organisation=desk.organisation))
    elsewhere = ComplaintFactory()
    staff = signed_in(holder(role, desk))
    assert numbers(staff.get(LIST)) == ([beside.number] if sees else [])
    assert staff.get(f"{LIST}{beside.pk}/").status_code == (200 if sees else 404)
    assert staff.get(f"{LIST}{elsewhere.pk}/").status_code == 404


# --- Contact details


def test_contact_details_and_identifiers_are_shown_only_with_their_permission(desk):
    complaint = ComplaintFactory(desk=desk, **CONTACT)
    kept = ("zineb@exemple.ma", "+212", "AB98765", "2550814", "Safi")
    shown = signed_in(holder(AGENTS, desk)).get(f"{LIST}{complaint.pk}/").content.decode()
    assert [each for each in kept if each not in shown] == []
    hidden = signed_in(holder(AUDITORS, desk)).get(f"{LIST}{complaint.pk}/").content.decode()
    assert [each for each in kept if each in hidden] == []
    assert "Tazi" in hidden
    assert "ni coordonnées ni identifiants" in hidden


@pytest.mark.parametrize("text", ["zineb@exemple.ma", "0661234567", "AB98765", "255081416802538"])
def test_what_may_not_be_seen_finds_nothing(desk, text):
    ComplaintFactory(desk=desk, **CONTACT)
    agent, auditor = signed_in(holder(AGENTS, desk)), signed_in(holder(AUDITORS, desk))
    assert len(numbers(agent.post(f"{LIST}recherche/", {"texte": text}, follow=True))) == 1
    assert numbers(auditor.post(f"{LIST}recherche/", {"texte": text}, follow=True)) == []


def test_without_contact_details_a_case_is_found_by_number_and_name(desk):
    complaint = ComplaintFactory(desk=desk, **CONTACT)
    auditor = signed_in(holder(AUDITORS, desk))
    assert numbers(auditor.post(f"{LIST}recherche/", {"texte": "tazi"}, follow=True)) == [complaint.number]
    opened = auditor.post(f"{LIST}recherche/", {"texte": complaint.number}, follow=True)
    assert opened.redirect_chain[-1][0] == f"{LIST}{complaint.pk}/"


# --- The roles themselves


def test_roles_are_made_once_and_then_belong_to_the_administrator(db):
    call_command("roles")
    Group.objects.get(name=AGENTS).permissions.clear()
    call_command("roles")
    assert not Group.objects.get(name=AGENTS).permissions.exists()
    call_command("roles", refresh=True)
    assert Group.objects.get(name=AGENTS).permissions.count() == len(ROLES[AGENTS])


def test_no_role_gives_powers_over_accounts_or_roles(db):
    ensure_roles()
    given = {name for names in ROLES.values() for name in names}
    assert {name for name in given if name.startswith(("auth.", "accounts."))} == {
        "accounts.see_organisation",
        "accounts.view_auditentry",
    }
    assert not any(name.split(".")[1].startswith(("add_", "change_")) for name in ROLES[AGENTS] + ROLES[SUPERVISORS])
    assert "complaints.handle" not in ROLES[PROCEDURES]


def values(response) -> dict[str, object]:
    form = response.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in sent.items() if value is not False}


def test_giving_somebody_a_role_is_logged_with_what_they_may_now_do(administrator, agent):
    ensure_roles()
    staff = signed_in(administrator)
    address = f"/gestion/accounts/user/{agent.pk}/change/"
    sent = values(staff.get(address)) | {"groups": [Group.objects.get(name=SUPERVISORS).pk]}
    assert staff.post(address, sent).status_code == 302
    line = AuditEntry.objects.get()
    assert (line.action, line.user, line.object_id) == ("role-changed", administrator, str(agent.pk))
    assert line.details["groups"] == [SUPERVISORS]
    assert line.details["changed"] == ["groups"]
    assert agent.email not in str(line.details)


def test_a_name_corrected_is_no_change_of_rights(administrator, agent):
    staff = signed_in(administrator)
    address = f"/gestion/accounts/user/{agent.pk}/change/"
    staff.post(address, values(staff.get(address)) | {"first_name": "Selma"})
    agent.refresh_from_db()
    assert agent.first_name == "Selma"
    line = AuditEntry.objects.get()
    assert (line.action, line.object_id) == ("account-changed", str(agent.pk))
    assert line.details == {"changed": ["first_name"], "created": False}


def test_changing_what_a_role_allows_is_logged(administrator):
    ensure_roles()
    role = Group.objects.get(name=AUDITORS)
    allowed = sorted(role.permissions.values_list("codename", flat=True))
    staff = signed_in(administrator)
    staff.post(f"/gestion/auth/group/{role.pk}/change/", {"name": AUDITORS, "permissions": []})
    line = AuditEntry.objects.get()
    assert (line.action, line.details) == ("role-changed", {"group": AUDITORS, "before": allowed, "permissions": []})
    assert not role.permissions.exists()
