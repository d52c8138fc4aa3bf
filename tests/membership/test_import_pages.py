"""« Importer une liste » in the back-office: read, shown, taken in once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from claims_portal.accounts.models import AuditEntry, User
from membership.models import Member, MemberImport, Policy
from tests.factories.complaints import AgentFactory
from tests.factories.membership import RIB, MemberFactory, PolicyFactory
from tests.together import at_once

from .test_importing import CHILD, HEAD, MEMBER, changed

pytestmark = pytest.mark.django_db

ADDRESS = reverse("admin:membership_member_import")


@pytest.fixture
def policy() -> Policy:
    return PolicyFactory()


@pytest.fixture
def clerk(policy: Policy) -> User:
    clerk = AgentFactory(desks=[policy.desk])
    names = ["import_members", "view_member"]
    clerk.user_permissions.add(*Permission.objects.filter(content_type__app_label="membership", codename__in=names))
    return clerk


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(*lines: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("liste.csv", "\n".join(";".join(line) for line in lines).encode())


def sent(client: Client, policy: Policy, *lines: list[str]):
    return client.post(ADDRESS, {"policy": policy.pk, "list": upload(*lines)})


def test_a_list_is_read_shown_and_taken_in_once(clerk, policy):
    client = client_of(clerk)
    shown = sent(client, policy, HEAD, MEMBER, CHILD)
    assert Member.objects.count() == 0
    page = client.get(shown["Location"])
    assert (page.context["plan"].new_members, page.context["plan"].new_families) == (1, 1)
    taken = [client.post(shown["Location"]).status_code for _each in range(2)]
    assert taken == [302, 404]
    assert Member.objects.get().beneficiaries.count() == 1


def test_each_bad_line_is_listed_with_its_reason(clerk, policy):
    client = client_of(clerk)
    page = client.get(sent(client, policy, HEAD, MEMBER, changed(CHILD, born="demain"))["Location"])
    assert "Cette date n’est pas lisible" in page.content.decode()


def test_taking_a_list_in_leaves_a_line_in_the_audit_log(clerk, policy):
    client = client_of(clerk)
    client.post(sent(client, policy, HEAD, MEMBER)["Location"])
    entry = AuditEntry.objects.get(action=AuditEntry.Action.IMPORTED)
    assert (entry.user, entry.reference, entry.details["members"]) == (clerk, policy.number, 1)


def test_somebody_else_cannot_take_my_list_in(clerk, policy):
    waiting = MemberImport.objects.create(policy=policy, table=[HEAD, MEMBER], made_by=AgentFactory())
    address = reverse("admin:membership_member_import_plan", args=[waiting.pk])
    assert client_of(clerk).post(address).status_code == 404


def test_a_policy_of_another_desk_is_no_choice(clerk):
    assert sent(client_of(clerk), PolicyFactory(), HEAD, MEMBER).status_code == 422


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a;b\n1;2\n", b"\x00\x01"])
def test_a_file_that_is_no_list_gets_a_sentence(clerk, policy, content):
    file = SimpleUploadedFile("liste.xlsx", content)
    answer = client_of(clerk).post(ADDRESS, {"policy": policy.pk, "list": file})
    assert (answer.status_code, bool(answer.context["form"].errors["list"])) == (422, True)


def test_members_of_other_desks_are_not_listed(clerk, policy):
    mine, _other = MemberFactory(policy=policy), MemberFactory()
    page = client_of(clerk).get(reverse("admin:membership_member_changelist"))
    assert list(page.context["cl"].result_list) == [mine]


def test_who_may_look_at_a_member_types_nothing_there(clerk, policy):
    member = MemberFactory(policy=policy)
    shown = client_of(clerk).get(reverse("admin:membership_member_change", args=[member.pk])).content.decode()
    assert member.cin in shown and 'name="cin"' not in shown and 'name="rib"' not in shown


@pytest.mark.parametrize("how", ["number", "cin"])
def test_a_member_is_found_by_number_or_cin(clerk, policy, how):
    wanted, _other = MemberFactory(policy=policy), MemberFactory(policy=policy)
    text = f" {getattr(wanted, how).lower()} "
    page = client_of(clerk).get(reverse("admin:membership_member_changelist"), {"q": text})
    assert list(page.context["cl"].result_list) == [wanted]


TYPED = {
    **{"number": "1 234 567", "cin": "bk 123456", "last_name": "Essai", "first_name": "Salma", "rib": RIB},
    **{"birth_date": "1980-05-17", "rights_from": "2020-01-01", "payment": "transfer"},
    **{"beneficiaries-TOTAL_FORMS": "0", "beneficiaries-INITIAL_FORMS": "0"},
}


@pytest.mark.parametrize(
    "wrong",
    [{"rib": f"{RIB[:-1]}2"}, {"cin": "BK12"}, {"number": "12"}, {"last_name": "…"}, {"rights_to": "2019-01-01"}],
)
def test_a_member_typed_by_staff_is_checked_like_a_line_of_a_list(policy, wrong):
    client, address = client_of(AgentFactory(is_superuser=True)), reverse("admin:membership_member_add")
    shown = client.post(address, TYPED | {"policy": policy.pk} | wrong)
    assert list(shown.context["adminform"].form.errors) == list(wrong)
    client.post(address, TYPED | {"policy": policy.pk})
    assert Member.objects.values_list("number", "cin", "rib").get() == ("1234567", "BK123456", RIB)


@pytest.mark.django_db(transaction=True)
def test_a_list_taken_in_by_two_presses_at_once_is_taken_once_and_both_are_told(clerk, policy):
    first = client_of(clerk)
    address = sent(first, policy, HEAD, MEMBER)["Location"]
    second = client_of(clerk)
    ends = at_once(lambda: first.post(address).status_code, lambda: second.post(address).status_code)
    assert 302 in ends and set(ends) <= {302, 404}
    assert AuditEntry.objects.filter(action=AuditEntry.Action.IMPORTED).count() == 1
