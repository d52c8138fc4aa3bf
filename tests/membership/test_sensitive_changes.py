"""Changes of who is paid or who may sign in: shown first, confirmed, logged masked, told, and held before payment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.links import forget_links
from claims_portal.accounts.models import AuditEntry, User
from claims_portal.identifiers import rib_key
from claims_portal.notifications.models import Message
from health_claims.models import Claim
from health_claims.services import settling
from membership.models import Member, SensitiveChange
from membership.services.sensitive_changes import NotDisputed, release_change, report_change, save_member
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line
from tests.factories.membership import RIB, MemberFactory, enter_as

from .test_importing import HEAD

pytestmark = pytest.mark.django_db
NEW_RIB = (account := "0115190000012050005350") + rib_key(account)
CLERK = ["membership.view_member", "membership.change_member", "membership.import_members"]


@pytest.fixture
def member() -> Member:
    return MemberFactory.create(activated=True)


@pytest.fixture
def clerk(member: Member) -> User:
    return AgentFactory.create(desks=[member.policy.desk], permissions=CLERK)


@pytest.fixture
def supervisor(member: Member) -> User:
    rights = ["membership.view_member", "membership.give_back_account"]
    return AgentFactory.create(desks=[member.policy.desk], permissions=rights)


def change(member: Member, clerk: User, **values: Any) -> SensitiveChange:
    for name, value in values.items():
        setattr(member, name, value)
    save_member(member=member, user=clerk, address=None)
    return SensitiveChange.objects.latest("pk")


def form_of(page: Any) -> dict[str, Any]:
    form = page.context["adminform"].form
    sent = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    return sent | {"beneficiaries-TOTAL_FORMS": "0", "beneficiaries-INITIAL_FORMS": "0"}


def address_of(member: Member) -> str:
    return reverse("admin:membership_member_change", args=[member.pk])


def token_of_message() -> str:
    text = Message.objects.get(notice="membership.member_changed", channel="sms").body_text
    return text.partition("/ce-nest-pas-moi/")[2].partition("/")[0]


# --- The form of staff


def test_a_change_is_shown_before_and_after_and_taken_when_it_comes_back(member, clerk):
    browser = signed_in(clerk)
    sent = form_of(browser.get(address_of(member))) | {"rib": NEW_RIB, "birth_date": "1981-06-18"}
    asked = browser.post(address_of(member), sent)
    page = asked.content.decode()
    assert f"RIB : ••••{RIB[-4:]} → ••••{NEW_RIB[-4:]}" in page
    assert "Date de naissance : 17/05/1980 → 18/06/1981" in page
    member.refresh_from_db()
    assert member.rib == RIB
    sent["confirmed_changes"] = asked.context["adminform"].form["confirmed_changes"].value()
    assert browser.post(address_of(member), sent).status_code == 302
    member.refresh_from_db()
    assert (member.rib, member.birth_date) == (NEW_RIB, date(1981, 6, 18))


def test_a_confirmation_of_one_change_takes_no_other(member, clerk):
    browser = signed_in(clerk)
    sent = form_of(browser.get(address_of(member))) | {"cin": "BK777777"}
    shown = browser.post(address_of(member), sent).context["adminform"].form["confirmed_changes"].value()
    answer = browser.post(address_of(member), sent | {"cin": "BK888888", "confirmed_changes": shown})
    assert "••••8888" in answer.content.decode()
    assert not SensitiveChange.objects.exists()


def test_a_change_asks_for_the_password_again(member, clerk):
    browser = Client()
    browser.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    sent = form_of(browser.get(address_of(member))) | {"rib": NEW_RIB}
    asked = browser.post(address_of(member), sent)
    sent["confirmed_changes"] = asked.context["adminform"].form["confirmed_changes"].value()
    assert "/gestion/confirmation/" in browser.post(address_of(member), sent).content.decode()
    member.refresh_from_db()
    assert member.rib == RIB


def test_another_change_of_the_form_asks_nothing(member, clerk):
    browser = signed_in(clerk)
    sent = form_of(browser.get(address_of(member))) | {"first_name": "Selma"}
    assert browser.post(address_of(member), sent).status_code == 302
    assert not SensitiveChange.objects.exists()


# --- What is kept and told


def test_the_audit_log_has_before_and_after_masked(member, clerk):
    old_cin = member.cin
    change(member, clerk, rib=NEW_RIB, cin="BK777777", rights_to=date(2030, 1, 31))
    entry = AuditEntry.objects.get(action=AuditEntry.Action.MEMBER_CHANGED)
    assert (entry.user, entry.reference, entry.desk) == (clerk, member.number, member.policy.desk)
    assert entry.details == {
        "path": "form",
        "before": {"rib": f"••••{RIB[-4:]}", "cin": f"••••{old_cin[-4:]}", "rights_to": ""},
        "after": {"rib": f"••••{NEW_RIB[-4:]}", "cin": "••••7777", "rights_to": "2030-01-31"},
    }


def test_every_contact_is_told_without_detail(member, clerk):
    account = member.account
    account.pending_email, account.pending_mobile = "nouvelle@exemple.ma", "+212699999999"
    account.save()
    change(member, clerk, rib=NEW_RIB)
    told = Message.objects.filter(notice="membership.member_changed")
    assert set(told.values_list("recipient", flat=True)) == {
        "salma.essai@exemple.ma",
        "+212612345678",
        "nouvelle@exemple.ma",
        "+212699999999",
    }
    for message in told:
        assert not any(detail in message.body_text for detail in ("RIB", NEW_RIB[-4:], "Essai", member.number))


def test_a_member_who_never_signed_in_gets_no_message(clerk, member):
    other = MemberFactory.create(policy=member.policy)
    change(other, clerk, rib=NEW_RIB)
    assert not Message.objects.exists()


def test_the_member_reads_the_change_in_who_saw_my_file(member, clerk):
    change(member, clerk, rib=NEW_RIB)
    inside = Client()
    enter_as(inside, member)
    page = inside.get(reverse("health_claims:readings")).content.decode()
    assert "Fiche modifiée" in page
    assert "RIB" in page


# --- « Ce n’est pas moi »


def test_opening_the_link_holds_nothing_and_its_button_does_once(member, clerk):
    held = change(member, clerk, cin="BK777777")
    address = reverse("membership:not-me", args=[token_of_message()])
    visitor = Client()
    assert visitor.get(address).status_code == 200
    held.refresh_from_db()
    assert held.disputed_at is None
    assert "C’est noté" in visitor.post(address).content.decode()
    held.refresh_from_db()
    assert held.is_disputed
    assert AuditEntry.objects.get(action=AuditEntry.Action.CHANGE_DISPUTED).desk == member.policy.desk
    assert "Ce lien ne sert plus" in visitor.post(address).content.decode()


def test_the_link_stays_when_links_to_an_account_of_the_same_key_go(member, clerk):
    held = change(member, clerk, cin="BK777777")
    forget_links(subject=str(held.pk))
    report_change(token=token_of_message(), address=None)
    held.refresh_from_db()
    assert held.is_disputed


def test_a_link_about_a_member_who_is_gone_is_told_like_an_old_one(member, clerk):
    change(member, clerk, cin="BK777777")
    SensitiveChange.objects.all().delete()
    page = Client().post(reverse("membership:not-me", args=[token_of_message()]))
    assert "Ce lien ne sert plus" in page.content.decode()


def test_a_supervisor_releases_with_a_reason(member, clerk, supervisor):
    held = change(member, clerk, cin="BK777777")
    report_change(token=token_of_message(), address=None)
    page = reverse("admin:membership_member_sensitive", args=[member.pk])
    browser = signed_in(supervisor)
    assert "Libérer les règlements" in browser.get(page).content.decode()
    assert browser.post(page, {"change": held.pk, "reason": " "}).status_code == 422
    assert browser.post(page, {"change": held.pk, "reason": "Vu au guichet avec sa CIN."}).status_code == 302
    held.refresh_from_db()
    assert (held.is_disputed, held.released_by) == (False, supervisor)
    assert AuditEntry.objects.get(action=AuditEntry.Action.CHANGE_RELEASED).user == supervisor
    with pytest.raises(NotDisputed):
        release_change(change_id=held.pk, user=supervisor, reason="Encore", address=None)


def test_the_page_of_changes_is_for_supervisors_of_that_desk(member, clerk):
    stranger = AgentFactory.create(permissions=["membership.view_member", "membership.give_back_account"])
    page = reverse("admin:membership_member_sensitive", args=[member.pk])
    assert [signed_in(user).get(page).status_code for user in (clerk, stranger)] == [404, 404]


def test_a_change_of_somebody_else_is_not_released_from_this_page(member, clerk, supervisor):
    other = MemberFactory.create(policy=member.policy)
    held = change(other, clerk, cin="BK777777")
    SensitiveChange.objects.update(disputed_at=timezone.now())
    page = reverse("admin:membership_member_sensitive", args=[member.pk])
    assert signed_in(supervisor).post(page, {"change": held.pk, "reason": "Vu"}).status_code == 404


# --- The list of an employer


def sent_list(browser: Client, member: Member, **cells: str) -> str:
    values = ["adhérent", "Essai", "Salma", "17/05/1980", cells.get("cin", member.cin), cells.get("rib", RIB)]
    lines = [HEAD, [member.number, *values, "virement", "01/01/2020", ""]]
    upload = SimpleUploadedFile("liste.csv", "\n".join(";".join(cells) for cells in lines).encode())
    answer = browser.post(reverse("admin:membership_member_import"), {"policy": member.policy_id, "list": upload})
    return str(answer["Location"])


def test_a_list_shows_its_changes_and_asks_for_the_password(member, clerk):
    browser = Client()
    browser.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    plan = sent_list(browser, member, rib=NEW_RIB)
    page = browser.get(plan).content.decode()
    assert "1 adhérent change de RIB" in page
    assert f"RIB : ••••{RIB[-4:]} → ••••{NEW_RIB[-4:]}" in page
    assert browser.post(plan)["Location"].startswith("/gestion/confirmation/")
    member.refresh_from_db()
    assert member.rib == RIB


@pytest.mark.req("E16")
def test_a_list_that_is_taken_in_records_and_tells_its_changes(member, clerk):
    browser = signed_in(clerk)
    assert browser.post(sent_list(browser, member, rib=NEW_RIB)).status_code == 302
    member.refresh_from_db()
    assert member.rib == NEW_RIB
    entry = AuditEntry.objects.get(action=AuditEntry.Action.MEMBER_CHANGED)
    assert (entry.user, entry.details["path"], entry.details["after"]) == (
        clerk,
        "import",
        {"rib": f"••••{NEW_RIB[-4:]}"},
    )
    assert Message.objects.filter(notice="membership.member_changed").count() == 2


def test_a_list_without_a_change_asks_nothing(member, clerk):
    browser = Client()
    browser.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(sent_list(browser, member))["Location"] == reverse("admin:membership_member_changelist")
    assert not SensitiveChange.objects.exists()


# --- Payments


@pytest.fixture
def claim(member: Member) -> Claim:
    give_reasons()
    claim = ClaimFactory.create(member=member)
    StatementFactory.create(claim=claim, lines=[line()])
    return claim


def payable() -> list[Claim]:
    return list(settling.payable(Claim.objects.all()))


def test_a_new_rib_is_paid_after_the_days_of_the_policy(claim, clerk):
    today = claim.member.policy.organisation.today()
    made = change(claim.member, clerk, rib=NEW_RIB)
    assert made.payable_from == today + timedelta(days=3)
    assert payable() == []
    assert list(settling.held(Claim.objects.all())) == [claim]
    SensitiveChange.objects.update(payable_from=today)
    assert payable() == [claim]


def test_a_policy_may_pay_at_once(claim, clerk):
    claim.member.policy.rib_hold_days = 0
    change(claim.member, clerk, rib=NEW_RIB)
    assert payable() == [claim]


def test_another_change_than_the_rib_holds_no_payment(claim, clerk):
    change(claim.member, clerk, cin="BK777777")
    assert payable() == [claim]


def test_an_alarm_holds_every_payment_until_it_is_released(claim, clerk, supervisor):
    made = change(claim.member, clerk, cin="BK777777")
    report_change(token=token_of_message(), address=None)
    assert payable() == []
    release_change(change_id=made.pk, user=supervisor, reason="Vu au guichet.", address=None)
    assert payable() == [claim]


def test_a_claim_whose_rib_changes_leaves_a_batch_that_is_not_exported(claim, clerk):
    batch = settling.make_batch(organisation=claim.desk.organisation, desk_ids=[claim.desk_id], user=clerk)
    change(claim.member, clerk, rib=NEW_RIB)
    settling.mark_exported(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (list(batch.claims.all()), batch.total) == ([], 0)


def test_the_page_of_batches_says_why_a_claim_is_held(claim, clerk):
    made = change(claim.member, clerk, rib=NEW_RIB)
    settler = AgentFactory.create(
        desks=[claim.desk], permissions=["health_claims.settle", "health_claims.view_settlementbatch"]
    )
    page = signed_in(settler).get(reverse("admin:health_claims_settlementbatch_changelist")).content.decode()
    assert f"payable à partir du {made.payable_from:%d/%m/%Y}" in page
    assert claim.number in page


def test_no_rib_changes_between_the_check_of_a_batch_and_its_file(claim, clerk):
    batch = settling.make_batch(organisation=claim.desk.organisation, desk_ids=[claim.desk_id], user=clerk)
    with CaptureQueriesContext(connection) as queries:
        settling.mark_exported(batch_id=batch.pk)
    locked = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert any('FROM "membership_member"' in sql for sql in locked)


def test_the_page_of_changes_asks_for_the_password_before_anything_is_typed(member, supervisor):
    browser = Client()
    browser.force_login(supervisor, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:membership_member_sensitive", args=[member.pk])
    assert browser.get(page)["Location"].startswith("/gestion/confirmation/")
