"""Paying claims: batches that share nothing, a file without formulas, and each member told once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims_portal.accounts.models import AuditEntry
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.notifications.models import Message
from health_claims.models import Claim, SettlementBatch
from health_claims.services import settling
from health_claims.services.deciding import claim_as_seen
from health_claims.services.statements import EnteredLine
from membership.models import Member
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, DeskFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line
from tests.factories.membership import MemberFactory, enter_as
from tests.test_query_counts import cost, page
from tests.together import at_once

pytestmark = pytest.mark.django_db
LIST = "/gestion/health_claims/settlementbatch/"
HANDLES = ["health_claims.view_claim", "health_claims.handle"]
SETTLES = ["health_claims.settle", "health_claims.view_settlementbatch"]


def computed(desk: Any = None, lines: list[EnteredLine] | None = None, **member: Any) -> Claim:
    """A claim whose statement pays 500 MAD, unless its `lines` say otherwise."""
    given = {"policy__desk": desk} if desk else {}
    claim = ClaimFactory.create(member=MemberFactory.create(activated=True, **given, **member))
    StatementFactory.create(claim=claim, lines=lines or [line()])
    return claim


def batch_of(*claims: Claim) -> SettlementBatch:
    desk = claims[0].desk
    return settling.make_batch(organisation=desk.organisation, desk_ids=[desk.pk], user=AgentFactory.create())


@pytest.fixture
def claim(db: None) -> Claim:
    give_reasons()
    return computed()


@pytest.fixture
def staff(claim: Claim) -> Client:
    return signed_in(AgentFactory.create(desks=[claim.desk], permissions=SETTLES))


def test_a_batch_takes_what_is_computed_and_leaves_what_misses_a_rib(claim):
    missing = computed(claim.desk, rib="")
    cheque = computed(claim.desk, rib="", payment=Member.Payment.CHEQUE)
    batch = batch_of(claim)
    assert set(batch.claims.all()) == {claim, cheque}
    assert batch.total == 1000
    assert list(settling.without_rib(Claim.objects.all())) == [missing]
    with pytest.raises(settling.NothingToPay):
        batch_of(claim)


def test_a_statement_that_comes_to_zero_waits_for_no_rib_and_no_payment_is_told(claim):
    nothing = computed(claim.desk, rib="", lines=[line(spent="300", base_paid="300")])
    inside = Client()
    enter_as(inside, nothing.member)
    page = reverse("health_claims:claim", args=[nothing.number])
    assert "Rien n’est à régler" in inside.get(page).content.decode()
    assert list(settling.without_rib(Claim.objects.all())) == []
    batch = batch_of(claim)
    settling.order_payment(batch_id=batch.pk, user=AgentFactory.create())
    assert settling.pay_batch(batch_id=batch.pk) == 2
    shown = inside.get(page).content.decode()
    assert "Rien n’était à régler" in shown and "par virement" not in shown
    assert not Message.objects.about(f"claim:{nothing.pk}").filter(notice="health_claims.paid").exists()


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_the_same_moment_share_no_claim():
    give_reasons()
    first = computed()
    claims = [first, *(computed(first.desk) for _number in range(3))]
    agents = AgentFactory.create_batch(2)
    together = threading.Barrier(2)

    def settle(user: Any) -> None:
        together.wait()
        try:
            settling.make_batch(organisation=first.desk.organisation, desk_ids=[first.desk_id], user=user)
        except settling.NothingToPay:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=settle, args=(each,)) for each in agents]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    totals = SettlementBatch.objects.values_list("total", flat=True)
    assert sum(totals) == 500 * len(claims)
    assert Claim.objects.filter(batch=None).count() == 0


def test_paying_twice_pays_and_tells_once(claim):
    batch = batch_of(claim)
    assert settling.pay_batch(batch_id=batch.pk) == 0  # nobody has ordered it
    settling.order_payment(batch_id=batch.pk, user=AgentFactory.create())
    assert settling.pay_batch(batch_id=batch.pk) == 1
    settling.pay_ordered()
    assert settling.pay_batch(batch_id=batch.pk) == 0
    claim.refresh_from_db()
    batch.refresh_from_db()
    assert claim.state == "paid"
    assert batch.paid_at is not None
    told = Message.objects.about(f"claim:{claim.pk}").filter(subject__contains="règlement")
    assert told.count() == 1
    assert "500" not in told.get().body_text


def test_a_claim_whose_rib_was_withdrawn_leaves_the_batch_before_it_is_paid(claim):
    other = computed(claim.desk)
    batch = batch_of(claim)
    Member.objects.filter(pk=claim.member_id).update(rib="")
    batch = settling.order_payment(batch_id=batch.pk, user=AgentFactory.create())
    settling.pay_batch(batch_id=batch.pk)
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.state, claim.batch, other.state, batch.total) == ("computed", None, "paid", 500)


def test_a_transfer_the_bank_may_have_is_not_paid_again_when_its_rib_is_withdrawn(claim):
    batch = batch_of(claim)
    settling.mark_exported(batch_id=batch.pk)
    Member.objects.filter(pk=claim.member_id).update(rib="")
    batch = settling.order_payment(batch_id=batch.pk, user=AgentFactory.create())
    claim.refresh_from_db()
    assert (claim.batch, batch.total) == (batch, 500)


def test_a_claim_that_misses_the_file_for_the_bank_leaves_the_batch_with_it(claim):
    other = computed(claim.desk)
    batch = batch_of(claim)
    Member.objects.filter(pk=claim.member_id).update(rib="")
    batch = settling.mark_exported(batch_id=batch.pk)
    claim.refresh_from_db()
    assert (claim.batch, batch.claims.get(), batch.total) == (None, other, 500)


def test_a_claim_taken_out_of_its_batch_is_computed_anew_and_the_total_follows(claim):
    other, agent = computed(claim.desk), AgentFactory.create(desks=[claim.desk], permissions=HANDLES)
    batch, staff = batch_of(claim), signed_in(agent)
    address = f"/gestion/health_claims/claim/{claim.pk}/"
    assert "sortez-le du lot" in staff.get(address).content.decode()
    leave = {"seen": claim.events.last().pk}
    assert staff.post(f"{address}sortir-du-lot/", leave).status_code == 422  # no reason
    staff.post(f"{address}sortir-du-lot/", leave | {"body": "Facture remboursée ailleurs"})
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (claim.state, claim.batch, batch.total, batch.claims.get()) == ("opened", None, 500, other)
    assert claim.events.last().body == f"{batch.number} · Facture remboursée ailleurs"
    with pytest.raises(settling.NothingToPay):  # not before it is computed anew
        batch_of(claim)
    StatementFactory.create(claim=claim, lines=[line(spent="300")])
    assert batch_of(claim).total == 300


def test_a_claim_whose_batch_the_bank_may_have_does_not_leave_it_and_the_page_says_why(claim):
    agent = AgentFactory.create(desks=[claim.desk], permissions=HANDLES)
    settling.mark_exported(batch_id=batch_of(claim).pk)
    with pytest.raises(TransitionNotAllowed):
        settling.leave_batch(claim_id=claim.pk, user=agent, body="Trop tard")
    shown = signed_in(agent).get(f"/gestion/health_claims/claim/{claim.pk}/").content.decode()
    assert "le virement est peut-être parti" in shown and "sortir-du-lot" not in shown


@pytest.mark.django_db(transaction=True)
def test_an_order_of_payment_and_who_takes_a_claim_out_never_wait_for_each_other():
    give_reasons()
    claim = computed()
    batch, agent = batch_of(claim), AgentFactory.create(desks=[claim.desk], permissions=HANDLES)
    ends = at_once(
        lambda: settling.order_payment(batch_id=batch.pk, user=agent),
        lambda: settling.leave_batch(claim_id=claim.pk, user=agent, body="Erreur"),
    )
    assert not [each for each in ends if isinstance(each, OperationalError)]
    # Both lock the batch first.
    other = batch_of(computed(claim.desk))
    left = other.claims.get()
    seen = claim_as_seen(claim_id=left.pk, last_event_id=left.events.last().pk)
    with CaptureQueriesContext(connection) as queries, seen:
        settling.leave_batch(claim_id=left.pk, user=agent, body="Erreur")
    locks = [query["sql"] for query in queries if " FOR " in query["sql"] and "UPDATE" in query["sql"]]
    assert 'FROM "health_claims_settlementbatch"' in locks[0]


def test_a_batch_emptied_by_hand_is_still_seen_by_those_who_settle_there(claim, staff):
    batch, agent = batch_of(claim), AgentFactory.create(desks=[claim.desk], permissions=HANDLES)
    settling.leave_batch(claim_id=claim.pk, user=agent, body="Erreur")
    assert batch.number in staff.get(LIST).content.decode()
    shown = staff.get(f"{LIST}{batch.pk}/").content.decode()
    assert "Ce lot est vide" in shown
    assert "regler/" not in shown
    stranger = signed_in(AgentFactory.create(desks=[DeskFactory.create()], permissions=SETTLES))
    assert stranger.get(f"{LIST}{batch.pk}/").status_code == 404


def test_the_file_for_the_bank_holds_transfers_and_no_formula(claim, staff):
    Member.objects.filter(pk=claim.member_id).update(first_name="=cmd|' /C calc'!A0")
    computed(claim.desk, payment=Member.Payment.CHEQUE)
    batch = batch_of(claim)
    lines = staff.post(f"{LIST}{batch.pk}/virements/csv/").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert f"{claim.number};'=cmd" in lines[1]
    assert lines[1].endswith(f"{claim.member.rib};500,00")
    assert staff.post(f"{LIST}{batch.pk}/virements/xlsx/").content[:2] == b"PK"
    batch.refresh_from_db()
    assert batch.exported_at is not None
    assert AuditEntry.objects.filter(action="exported", reference=batch.number).count() == 2


@pytest.mark.req("F47")
def test_a_batch_is_made_paid_and_shown_from_its_pages(claim, staff):
    computed(claim.desk, rib="")
    assert "En attente de RIB" in staff.get(LIST).content.decode()
    answer = staff.post(f"{LIST}etablir/", {"organisation": claim.desk.organisation_id})
    batch = SettlementBatch.objects.get()
    assert answer["Location"] == f"{LIST}{batch.pk}/"
    shown = staff.get(f"{LIST}{batch.pk}/").content.decode()
    assert claim.number in shown
    assert claim.member.rib not in shown
    staff.post(f"{LIST}{batch.pk}/regler/")
    claim.refresh_from_db()
    assert claim.state == "paid"


def test_many_claims_are_paid_by_a_task(claim, staff, monkeypatch):
    queued: list[int] = []
    monkeypatch.setattr("health_claims.admin.batches.AT_ONCE", 0)
    monkeypatch.setattr("health_claims.admin.batches.pay_soon", queued.append)
    batch = batch_of(claim)
    staff.post(f"{LIST}{batch.pk}/regler/")
    assert queued == [batch.pk]


@pytest.mark.parametrize("route", ["", "virements/csv/", "regler/"])
def test_a_batch_belongs_to_those_who_see_all_its_claims_and_settle(claim, route):
    other = DeskFactory.create(organisation=claim.desk.organisation)
    computed(other)
    batch = settling.make_batch(
        organisation=other.organisation, desk_ids=[claim.desk_id, other.pk], user=AgentFactory.create()
    )

    def status(permissions: list[str], desks: list[Any]) -> int:
        browser = signed_in(AgentFactory.create(desks=desks, permissions=permissions))
        address = f"{LIST}{batch.pk}/{route}"
        return int((browser.post(address) if route else browser.get(address)).status_code)

    assert status(SETTLES, [claim.desk]) == 404
    assert status(SETTLES, [claim.desk, other]) in (200, 302)
    assert status(["health_claims.handle"], [claim.desk, other]) == 404


def test_the_pages_of_batches_cost_the_same_with_one_claim_or_five(claim, staff):
    batch = batch_of(claim)
    few = [cost(page(staff, each)) for each in (LIST, f"{LIST}{batch.pk}/")]
    for _number in range(4):
        computed(claim.desk)
    large = batch_of(claim)
    assert [cost(page(staff, each)) for each in (LIST, f"{LIST}{large.pk}/")] == few
    assert max(few) <= 15
