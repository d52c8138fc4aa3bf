"""The three lives of a case: active, archived, erased; and what a hold and a second person are for (F29, F30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.models import AuditEntry, User
from claims_portal.backoffice.models import Search
from claims_portal.cases.kinds import kind_of
from claims_portal.cases.models import DisposalBatch
from claims_portal.cases.services import disposal, exchange, holds, retention
from claims_portal.cases.services.erasing import note_files_gone
from claims_portal.cases.workflow import TransitionNotAllowed
from claims_portal.documents.models import Document
from claims_portal.documents.services import prune_documents
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import CannotResend, resend
from claims_portal.organisations.models import Desk
from complaints.models import Complainant, Complaint, Disposal, Event, TrackingRequest
from complaints.services import erasing, following
from complaints.services.online import ask_online_tracking
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.deadlines import DelayFactory

from .public import dashboard, follow

pytestmark = [pytest.mark.django_db, pytest.mark.req("F29")]


@pytest.fixture
def desk() -> Desk:
    """Archives after 30 days, keeps for 60."""
    delays = {"archive_delay": 30, "retention_delay": 60}
    return DeskFactory.create(
        **{f"procedure__{name}": DelayFactory(amount=days, calendar_days=True) for name, days in delays.items()}
    )


@pytest.fixture
def people(desk: Desk) -> tuple[User, User]:
    return AgentFactory.create(desks=[desk]), AgentFactory.create(desks=[desk])


def closed(desk: Desk, *, days_ago: int, **given: Any) -> Complaint:
    with time_machine.travel(timezone.now() - timedelta(days=days_ago), tick=True):
        return ComplaintFactory.create(desk=desk, state="closed", **given)


def dispose(complaint: Complaint, people: tuple[User, User]) -> Disposal:
    """Proposed by one, approved by the other, carried out."""
    batch = disposal.propose_disposal(kind_of(Complaint), desk=complaint.desk, case_ids=[complaint.pk], user=people[0])
    disposal.approve_disposal(batch_id=batch.pk, user=people[1])
    disposal.carry_out_disposals()
    return Disposal.objects.get(case=complaint)


# --- Ageing -------------------------------------------------------------------------------------------------------


def test_a_case_is_archived_once_its_delay_is_over_and_not_before(desk):
    old, young = closed(desk, days_ago=32), closed(desk, days_ago=28)
    opened = ComplaintFactory.create(desk=desk, opened_at=timezone.now() - timedelta(days=300))
    assert retention.archive_closed_cases() == 1
    assert retention.archive_closed_cases() == 0
    archived = Complaint.objects.filter(archived_at__isnull=False)
    assert list(archived) == [old]
    assert {young, opened} == set(Complaint.objects.exclude(pk=old.pk))
    assert old.events.last().kind == "archived"


def test_an_archived_case_is_still_followed_but_not_reopened(desk, client):
    complaint = closed(desk, days_ago=32, complainant__email="amina@exemple.ma")
    retention.archive_closed_cases()
    follow(client, complaint)
    assert dashboard(complaint, "reouverture/") not in client.get(dashboard(complaint)).content.decode()
    with pytest.raises(following.TooLateToReopen):
        following.reopen_complaint(complaint_id=complaint.pk, reason="Encore un mot.")


def test_a_case_may_go_once_its_retention_is_over_and_says_why(desk):
    old, _young = closed(desk, days_ago=70), closed(desk, days_ago=50)
    [found] = retention.disposable_cases(kind_of(Complaint), desk=desk, most=10)
    assert found.case == old
    assert str(found.due).startswith("60 jours à compter du")


def test_what_may_go_is_found_by_the_index_of_its_desk(desk, django_assert_num_queries):
    for _ in range(3):
        closed(desk, days_ago=70)
    with django_assert_num_queries(3):  # procedure, exceptions of the calendar, cases
        assert len(retention.disposable_cases(kind_of(Complaint), desk=desk, most=10)) == 3
    sought = Complaint.objects.filter(desk=desk, closed_at__isnull=False, held_at=None, disposed_at=None)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert "complaint_to_dispose" in sought.order_by("closed_at", "pk")[:10].explain()


def test_a_desk_without_retention_keeps_everything():
    complaint = closed(DeskFactory.create(), days_ago=2000)
    assert retention.disposable_cases(kind_of(Complaint), desk=complaint.desk, most=10) == []


# --- Hold ---------------------------------------------------------------------------------------------------------


def test_a_held_case_is_neither_archived_nor_proposed(desk, people):
    complaint = closed(desk, days_ago=100)
    holds.place_hold(Complaint, case_id=complaint.pk, user=people[0], body="Procès en cours.")
    assert retention.archive_closed_cases() == 0
    assert retention.disposable_cases(kind_of(Complaint), desk=desk, most=10) == []
    with pytest.raises(disposal.NothingToDispose):
        disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[complaint.pk], user=people[0])
    with pytest.raises(TransitionNotAllowed):
        disposal.propose_erasure(Complaint, case_id=complaint.pk, user=people[0], body="Demande du 3 mars.")
    event = complaint.events.last()
    assert (event.kind, event.body, event.is_public) == ("hold-placed", "Procès en cours.", False)


def test_a_hold_placed_after_the_approval_still_saves_the_case(desk, people):
    complaint = closed(desk, days_ago=100)
    batch = disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[complaint.pk], user=people[0])
    disposal.approve_disposal(batch_id=batch.pk, user=people[1])
    holds.place_hold(Complaint, case_id=complaint.pk, user=people[0], body="Contrôle.")
    assert disposal.carry_out_disposals() == 0
    complaint.refresh_from_db()
    assert complaint.facts
    holds.lift_hold(Complaint, case_id=complaint.pk, user=people[0], body="Contrôle fini.")
    assert len(retention.disposable_cases(kind_of(Complaint), desk=desk, most=10)) == 1


def test_a_case_does_not_age_while_the_one_it_was_merged_into_is_open(desk):
    old = closed(desk, days_ago=100)
    Complaint.objects.filter(pk=old.pk).update(merged_into=ComplaintFactory.create(desk=desk))
    assert retention.disposable_cases(kind_of(Complaint), desk=desk, most=10) == []
    assert retention.archive_closed_cases() == 0


def test_postgresql_itself_refuses_to_erase_what_is_held(desk):
    complaint = closed(desk, days_ago=100)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(held_at=timezone.now(), disposed_at=timezone.now())


# --- Two people ---------------------------------------------------------------------------------------------------


def test_whoever_proposes_does_not_approve(desk, people):
    complaint = closed(desk, days_ago=100)
    batch = disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[complaint.pk], user=people[0])
    with pytest.raises(disposal.SamePerson):
        disposal.approve_disposal(batch_id=batch.pk, user=people[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        DisposalBatch.objects.filter(pk=batch.pk).update(
            state="approved", decided_by=people[0], decided_at=timezone.now()
        )
    assert disposal.carry_out_disposals() == 0


def test_both_people_are_in_the_audit_log(desk, people):
    dispose(closed(desk, days_ago=100), people)
    lines = AuditEntry.objects.filter(object_type="cases.disposalbatch").order_by("pk")
    assert [(line.action, line.user, line.details["cases"]) for line in lines] == [
        ("disposal-proposed", people[0], 1),
        ("disposal-approved", people[1], 1),
    ]


def test_a_proposal_holds_no_more_than_somebody_can_look_through(desk, people, settings):
    settings.DISPOSAL_CASES = 2
    chosen = [closed(desk, days_ago=100 + number).pk for number in range(3)]
    assert disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=chosen, user=people[0]).size == 2


def test_a_refused_proposal_may_be_made_again_and_is_decided_once(desk, people):
    complaint = closed(desk, days_ago=100)
    batch = disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[complaint.pk], user=people[0])
    disposal.refuse_disposal(batch_id=batch.pk, user=people[1])
    with pytest.raises(disposal.AlreadyDecided):
        disposal.approve_disposal(batch_id=batch.pk, user=people[1])
    assert dispose(complaint, people).done_at


def test_a_person_may_have_a_closed_case_erased_before_its_time(desk, people):
    complaint = closed(desk, days_ago=1)
    disposal.propose_erasure(Complaint, case_id=complaint.pk, user=people[0], body="Demande d’effacement du 3 mars.")
    with pytest.raises(TransitionNotAllowed):
        disposal.propose_erasure(Complaint, case_id=complaint.pk, user=people[1], body="Encore.")
    disposal.approve_disposal(batch_id=DisposalBatch.objects.get().pk, user=people[1])
    assert disposal.carry_out_disposals() == 1


# --- Erased -------------------------------------------------------------------------------------------------------


def test_what_agents_looked_for_goes_with_an_erased_case(desk, people):
    agent = signed_in(AgentFactory.create(desks=[desk], permissions=["complaints.view_complaint"]))
    complaint = closed(desk, days_ago=100, complainant__last_name="Tazi")
    listed = agent.post(reverse("admin:complaints_complaint_search"), {"texte": "Tazi"})["Location"]
    assert agent.get(listed).context["cl"].query == "Tazi"
    dispose(complaint, people)
    assert agent.get(listed).context["cl"].query == ""
    assert not Search.objects.exists()


@pytest.fixture
def erased(desk, people) -> Complaint:
    """A case with everything a case may hold, erased."""
    complaint = closed(
        desk,
        days_ago=100,
        dependants=2,
        documents=2,
        messages=2,
        channel="post",
        entered_by=people[0],
        complainant__email="amina@exemple.ma",
        complainant__mobile="+212612345678",
    )
    exchange.add_note(Complaint, case_id=complaint.pk, user=people[0], body="Note sur El Amrani.")
    asked = {"name": "El Amrani", "letter_reference": "RK 12", "email": "amina@exemple.ma", "mobile": ""}
    ask_online_tracking(desk=desk, number=complaint.number, language="fr", **asked)
    Complaint.objects.filter(pk=complaint.pk).update(satisfaction=4, satisfaction_comment="Merci à El Amrani.")
    dispose(complaint, people)
    return Complaint.objects.with_case().get(pk=complaint.pk)


def words_of(row: models.Model) -> str:
    return " ".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)


def test_nothing_of_the_person_is_left_in_any_row(erased):
    rows = [
        erased,
        erased.complainant,
        erased.disposal,
        *erased.events.all(),
        *erased.dependants.all(),
        *erased.letters.all(),
        *TrackingRequest.objects.all(),
        *Message.objects.all(),
        *Document.objects.all(),
    ]
    left = " ".join(map(words_of, rows)).lower()
    traces = ["amrani", "amina", "exemple.ma", "612345678", "bk123456", "atl-2024", "remboursement", "standard"]
    assert [each for each in traces if each in left] == []
    assert not Event.objects.exclude(body="").exists()


def test_every_column_is_either_erased_or_known_to_name_nobody():
    """A column added later must be put on one side or the other."""
    kept = {
        Complaint: "id number verification_code desk category respondent channel language state waiting_on round "
        "assigned_to opened_at created_at changed_at answered_at closed_at escalated_at due_at held_at archived_at "
        "disposed_at satisfaction consent_text consented_at risk_bearer merged_into",
        Complainant: "id complaint quality",
    }
    blanked = {Complaint: {*erasing.COMPLAINT_BLANK, "undelivered_at"}, Complainant: erasing.COMPLAINANT_BLANK}
    for model, names in kept.items():
        assert {field.name for field in model._meta.concrete_fields} == {*names.split(), *blanked[model]}


def test_what_the_figures_count_is_left(erased):
    assert erased.state == "closed"
    assert erased.satisfaction == 4
    assert all((erased.desk, erased.category, erased.opened_at, erased.closed_at, erased.answered_at))
    assert {"filed", "answered", "closed", "disposed"} <= set(erased.events.values_list("kind", flat=True))


def test_the_proof_counts_what_went_and_the_night_destroys_the_files(desk, people):
    complaint = closed(desk, days_ago=100, documents=2, dependants=1)
    names = [each.document.storage_name for each in complaint.documents.select_related("document")]
    proof = dispose(complaint, people)
    assert proof.erased["documents"] == 2
    assert proof.erased["dependants"] == 1
    assert proof.erased["bytes"] > 0
    assert proof.erased["messages"] >= 1
    note_files_gone()
    proof.refresh_from_db()
    assert proof.files_gone_at is None
    prune_documents(older_than=timezone.now() - timedelta(days=30))
    assert note_files_gone() == 1
    assert not any(default_storage.exists(name) for name in names)
    assert not Document.objects.exists()


def test_erasing_twice_changes_nothing(erased):
    proof = words_of(Disposal.objects.get())
    assert disposal.carry_out_disposals() == 0
    assert words_of(Disposal.objects.get()) == proof


def test_its_messages_are_wiped_and_never_sent_again(erased):
    [message, *_others] = Message.objects.about(f"complaint:{erased.pk}")
    assert (message.recipient, message.body_text, message.subject) == ("", "", "")
    with pytest.raises(CannotResend):
        resend(message=message)


def test_nothing_happens_to_it_any_more(erased, people):
    for act in (
        lambda: exchange.add_note(Complaint, case_id=erased.pk, user=people[0], body="Une note."),
        lambda: following.reopen_complaint(complaint_id=erased.pk, reason="Encore."),
        lambda: holds.place_hold(Complaint, case_id=erased.pk, user=people[0], body="Trop tard."),
    ):
        with pytest.raises(TransitionNotAllowed):
            act()


# --- What people are told -----------------------------------------------------------------------------------------


@pytest.mark.req("F30")
@pytest.mark.parametrize("contact", [{"email": "amina@exemple.ma"}, {"mobile": "06 12 34 56 78"}])
def test_whoever_has_number_and_contact_learns_that_it_was_erased(client, erased, contact):
    assert follow(client, erased, **contact).status_code == 302
    for page in ("", "dossier.pdf", "cloture/"):
        answer = client.get(dashboard(erased, page))
        assert answer.status_code == 410
        assert "a été supprimée le" in answer.content.decode()


@pytest.mark.req("F30")
def test_the_number_of_an_erased_case_tells_a_stranger_nothing(client, erased, django_assert_num_queries):
    other = ComplaintFactory.create()
    said = []
    for complaint in (erased, other):
        with django_assert_num_queries(4):  # three limits, one look-up
            answer = follow(client, complaint, email="autre@exemple.ma")
        said.append(list(answer.context["form"].errors["number"]))
    assert said[0] == said[1] == ["Aucune réclamation ne correspond à ce numéro et à ce contact. Vérifiez les deux."]
    assert client.get(dashboard(erased)).status_code == 404


@pytest.mark.req("F30")
def test_the_code_on_the_receipt_says_that_it_was_erased(client, erased):
    page = client.get(reverse("complaints:verify", args=[erased.verification_code])).content.decode()
    assert "Dossier supprimé le" in page
    assert "Aucun document n’a été joint" not in page
