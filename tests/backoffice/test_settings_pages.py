"""What supervisors change about desks and accounts, and that the public forms follow at once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission

from claims_portal.accounts.models import AuditEntry, User
from claims_portal.organisations.models import Desk, LegalText
from complaints.models import AskedField, Category, Procedure, Respondent
from complaints.questions import questions_of
from tests.factories.complaints import HANDLES, PASSWORD, AgentFactory, ComplaintFactory, DeskFactory, RespondentFactory

from .conftest import signed_in


def version(desk: Desk) -> int:
    return Desk.objects.get(pk=desk.pk).version


@pytest.fixture
def supervisor(administrator):
    return signed_in(administrator)


def values(response) -> dict[str, object]:
    """What a browser would send back from an admin form left as it is."""
    form = response.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in sent.items() if value is not False}


@pytest.mark.req("C27", "C31")
def test_a_new_category_is_offered_to_the_public_at_once(supervisor, desk):
    assert "Franchise" not in str(questions_of(desk).category_choices())
    sent = {"desk": desk.pk, "name_fr": "Franchise", "code": "franchise", "position": 3, "is_active": "on"}
    assert supervisor.post("/gestion/complaints/category/add/", sent).status_code == 302
    assert "Franchise" in str(
        questions_of(Desk.objects.select_related("organisation").get(pk=desk.pk)).category_choices()
    )


def test_changing_a_category_raises_the_version_of_its_desk_only(supervisor, desk):
    other = DeskFactory()
    category = desk.categories.first()
    address = f"/gestion/complaints/category/{category.pk}/change/"
    sent = values(supervisor.get(address)) | {"name_fr": "Retard de paiement"}
    assert supervisor.post(address, sent).status_code == 302
    assert Category.objects.get(pk=category.pk).name_fr == "Retard de paiement"
    assert (version(desk), version(other)) == (desk.version + 1, other.version)


def test_a_category_moved_to_another_desk_changes_both(supervisor, desk):
    other = DeskFactory(categories=[])
    category = desk.categories.first()
    address = f"/gestion/complaints/category/{category.pk}/change/"
    supervisor.post(address, values(supervisor.get(address)) | {"desk": other.pk})
    assert (version(desk), version(other)) == (desk.version + 1, other.version + 1)


def test_deleting_questions_raises_the_version(supervisor, desk):
    AskedField.objects.create(desk=desk, field="nir")
    sent = {"action": "delete_selected", "_selected_action": desk.asked_fields.get().pk, "post": "yes"}
    supervisor.post("/gestion/complaints/askedfield/", sent)
    assert not AskedField.objects.exists()
    assert version(desk) == desk.version + 1


@pytest.mark.parametrize("name", ["procedure", "respondent"])
def test_procedures_and_respondents_raise_the_version_of_their_desks(supervisor, desk, name):
    respondent = RespondentFactory(sector=desk.sectors.get())
    row = {"procedure": Procedure.objects.get(desk=desk), "respondent": respondent}[name]
    address = f"/gestion/complaints/{name}/{row.pk}/change/"
    assert supervisor.post(address, values(supervisor.get(address))).status_code == 302
    assert version(desk) == desk.version + 1
    assert Respondent.objects.count() == 1


def test_desks_and_their_legal_texts_raise_the_version(supervisor, desk):
    address = f"/gestion/organisations/desk/{desk.pk}/change/"
    sent = values(supervisor.get(address))
    sent["sectors"] = [sector.pk for sector in desk.sectors.all()]
    assert supervisor.post(address, sent).status_code == 302
    assert version(desk) == desk.version + 1
    text = LegalText.objects.get(organisation=desk.organisation)
    address = f"/gestion/organisations/legaltext/{text.pk}/change/"
    assert supervisor.post(address, {"valid_to_0": "", "valid_to_1": ""}).status_code == 302
    assert version(desk) == desk.version + 2


@pytest.mark.parametrize("model", ["procedure", "category", "askedfield", "respondent"])
def test_agents_do_not_change_how_their_desk_works(staff, model):
    assert staff.get(f"/gestion/complaints/{model}/").status_code == 403


def test_a_category_in_use_cannot_be_deleted(supervisor, desk):
    complaint = ComplaintFactory(desk=desk)
    page = supervisor.get(f"/gestion/complaints/category/{complaint.category_id}/delete/").content.decode()
    supervisor.post(f"/gestion/complaints/category/{complaint.category_id}/delete/", {"post": "yes"})
    assert Category.objects.filter(pk=complaint.category_id).exists()
    assert "yes" not in page


# --- Accounts


def test_an_account_is_made_with_an_e_mail_address_in_lower_case_and_its_desks(supervisor, desk):
    sent = {
        "email": "Salma.Idrissi@Atlas.example",
        "last_name": "Idrissi",
        "first_name": "Salma",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "is_staff": "on",
        "desks": [desk.pk],
    }
    assert supervisor.post("/gestion/accounts/user/add/", sent).status_code == 302
    made = User.objects.get(email="salma.idrissi@atlas.example")
    assert list(made.desks.all()) == [desk]
    assert made.check_password(PASSWORD)


MANAGES_ACCOUNTS = ["accounts.view_user", "accounts.add_user", "accounts.change_user"]


def test_who_manages_accounts_gives_desks_but_no_powers(desk, agent):
    manager = AgentFactory(desks=[desk], permissions=MANAGES_ACCOUNTS)
    address = f"/gestion/accounts/user/{agent.pk}/change/"
    staff = signed_in(manager)
    sent = values(staff.get(address)) | {"desks": [], "is_superuser": "on", "user_permissions": [1, 2, 3]}
    assert staff.post(address, sent).status_code == 302
    agent.refresh_from_db()
    assert list(agent.desks.all()) == []
    assert not agent.is_superuser
    assert agent.user_permissions.count() == len(HANDLES)


def test_rights_that_change_are_logged_with_what_they_were(supervisor, desk, agent):
    address = f"/gestion/accounts/user/{agent.pk}/change/"
    supervisor.post(address, values(supervisor.get(address)) | {"desks": []})
    entry = AuditEntry.objects.get(action=AuditEntry.Action.ROLE_CHANGED)
    assert (entry.details["before"]["desks"], entry.details["desks"]) == ([desk.code], [])


def test_a_role_that_changes_is_logged_with_what_it_allowed(supervisor):
    role = Group.objects.create(name="Lecture")
    allowed, other = Permission.objects.filter(codename__in=["view_desk", "view_delay"]).order_by("codename")
    role.permissions.add(allowed)
    supervisor.post(f"/gestion/auth/group/{role.pk}/change/", {"name": "Lecture", "permissions": [other.pk]})
    entry = AuditEntry.objects.get(action=AuditEntry.Action.ROLE_CHANGED)
    assert (entry.details["before"], entry.details["permissions"]) == ([allowed.codename], [other.codename])


def test_who_manages_accounts_does_not_touch_a_superuser(desk, administrator):
    administrator.desks.add(desk)
    staff = signed_in(AgentFactory(desks=[desk], permissions=MANAGES_ACCOUNTS))
    address = f"/gestion/accounts/user/{administrator.pk}/"
    assert staff.post(f"{address}change/", {"email": "x@y.ma"}).status_code == 403
    assert staff.post(f"{address}password/", {"password1": PASSWORD, "password2": PASSWORD}).status_code == 403


def test_accounts_are_closed_not_deleted(supervisor, agent):
    assert supervisor.post(f"/gestion/accounts/user/{agent.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/gestion/",
        "/gestion/accounts/user/",
        "/gestion/accounts/user/add/",
        "/gestion/complaints/procedure/",
        "/gestion/complaints/category/",
        "/gestion/complaints/askedfield/add/",
        "/gestion/complaints/respondent/add/",
        "/gestion/notifications/message/",
    ],
)
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_every_page_of_the_administration_opens(supervisor, desk, prefix, address):
    ComplaintFactory(desk=desk)
    assert supervisor.get(prefix + address).status_code == 200
