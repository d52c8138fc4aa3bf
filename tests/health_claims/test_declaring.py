"""Sending a declaration: once, whole, of this member only, with what was worth knowing beforehand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from claims_portal.wizards.models import Draft
from claims_portal.wizards.services import AlreadySubmitted
from health_claims import steps
from health_claims.models import Declaration, DeclarationDocument
from health_claims.offer import MEMBER
from health_claims.services import declaring
from tests.factories.documents import DocumentFactory
from tests.factories.health_claims import DeclarationDraftFactory, DeclarationFactory, guarantee_of, typed
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory
from tests.together import at_once

pytestmark = pytest.mark.django_db


def send(draft: Draft) -> Declaration:
    member_id = int(draft.owner.removeprefix("member:"))
    return declaring.send_declaration(draft_id=draft.pk, member_id=member_id)


@pytest.mark.req("D126", "D146", "D2", "E4")
def test_terminer_writes_the_declaration_with_its_pieces_its_first_event_and_its_contacts():
    draft = DeclarationDraftFactory(documents=2)
    declaration = send(draft)
    assert (declaration.state, declaration.amount, declaration.care_date) == ("created", 2100, date(2026, 2, 27))
    assert (str(declaration.mobile), declaration.email) == ("+212612345678", "salma.essai@exemple.ma")
    assert declaration.patient is None
    assert [event.kind for event in declaration.events.all()] == ["sent"]
    assert Document.objects.filter(claimed_at__isnull=False).count() == declaration.documents.count() == 2
    draft.refresh_from_db()
    assert (draft.result, draft.answers) == (declaration.number, {})


@pytest.mark.req("D130")
def test_an_email_tells_of_the_creation_and_nothing_about_health():
    declaration = DeclarationFactory()
    message = Message.objects.get(notice="health_claims.declaration_created")
    assert message.recipient == "salma.essai@exemple.ma"
    assert declaration.number in message.subject
    words = message.subject + message.body_text
    assert not any(word in words for word in ("Optique", "100,00", "Salma", "février"))


def test_terminer_pressed_twice_makes_one_declaration():
    draft = DeclarationDraftFactory()
    send(draft)
    with pytest.raises(AlreadySubmitted):
        send(draft)
    assert Declaration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_terminer_in_two_tabs_at_once_makes_one_declaration():
    draft = DeclarationDraftFactory()
    ends = at_once(lambda: send(draft), lambda: send(draft))
    assert sorted(type(each).__name__ for each in ends) == ["AlreadySubmitted", "Declaration"]
    assert Declaration.objects.count() == Message.objects.count() == 1


@pytest.mark.req("D128")
@pytest.mark.django_db(transaction=True)
def test_fifty_sent_at_once_get_fifty_references_in_a_row():
    member = MemberFactory(activated=True)
    drafts = DeclarationDraftFactory.create_batch(50, member=member)
    ends = at_once(*[lambda draft=draft: send(draft) for draft in drafts])
    references = sorted(each.number for each in ends)
    assert [int(each[8:]) for each in references] == list(range(1, 51))
    assert DeclarationDocument.objects.count() == 50


@pytest.mark.parametrize("missing", ["nature", "personne", "donnees"])
def test_a_step_without_its_answers_leads_back_to_it(missing):
    draft = DeclarationDraftFactory()
    Draft.objects.update(answers={slug: kept for slug, kept in draft.answers.items() if slug != missing})
    with pytest.raises(declaring.IncompleteDeclaration) as refused:
        send(draft)
    assert refused.value.step.slug == missing


def test_a_declaration_without_any_file_is_led_back_to_its_pieces():
    with pytest.raises(declaring.IncompleteDeclaration) as refused:
        send(DeclarationDraftFactory(documents=0))
    assert refused.value.step is steps.PIECES


def test_somebody_elses_child_hidden_in_the_form_is_refused_with_a_sentence():
    stranger = BeneficiaryFactory()
    draft = DeclarationDraftFactory()
    Draft.objects.update(answers=draft.answers | {"personne": {"patient": [str(stranger.pk)]}})
    with pytest.raises(declaring.IncompleteDeclaration) as refused:
        send(draft)
    assert refused.value.step is steps.PATIENT
    form = steps.PATIENT.stored(Draft.objects.select_related("desk__organisation").get())
    assert "ne fait pas partie de votre famille à charge" in str(form.errors["patient"])


def test_a_prestation_of_another_policy_is_refused_with_a_sentence():
    elsewhere = GuaranteeFactory(prestation__code="irm")
    draft = DeclarationDraftFactory()
    Draft.objects.update(answers=draft.answers | {"nature": {"prestation": [elsewhere.prestation.code]}})
    with pytest.raises(declaring.IncompleteDeclaration) as refused:
        send(draft)
    assert refused.value.step is steps.NATURE
    form = steps.NATURE.stored(Draft.objects.select_related("desk__organisation").get())
    assert "n’est pas garanti par votre contrat" in str(form.errors["prestation"])


def test_a_draft_of_another_member_cannot_be_sent():
    draft = DeclarationDraftFactory()
    with pytest.raises(declaring.NotTheirs):
        declaring.send_declaration(draft_id=draft.pk, member_id=MemberFactory(activated=True).pk)
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("what", ["patient", "guarantee"])
def test_what_is_not_the_members_makes_no_declaration(what):
    other = {"patient": BeneficiaryFactory(), "guarantee": GuaranteeFactory()}[what]
    with pytest.raises(declaring.NotTheirs):
        DeclarationFactory(**{what: other})


def test_the_version_in_force_on_the_day_of_care_is_the_one_kept():
    member = MemberFactory(activated=True)
    old = guarantee_of(member)
    GuaranteeFactory(policy=member.policy, prestation=old.prestation, valid_from=date(2026, 3, 1))
    assert send(DeclarationDraftFactory(member=member, answers=typed(old))).guarantee == old


def test_declaring_again_keeps_the_answers_of_the_rejected_one_but_not_its_files():
    child = BeneficiaryFactory(member=MemberFactory(activated=True))
    declaration = DeclarationFactory(member=child.member, patient=child, amount=Decimal("55.50"), rejected=True)
    draft = declaring.declare_again(declaration=declaration, language="fr")
    fresh = Draft.objects.select_related("desk__organisation").get(pk=draft.pk)
    assert steps.declaring.first_incomplete(fresh) is steps.PIECES
    answers = steps.answers_of(fresh)
    assert (answers.patient, answers.amount, answers.care_date) == (child, Decimal("55.50"), declaration.care_date)


def test_beginning_again_destroys_the_draft_and_its_files():
    draft = DeclarationDraftFactory()
    member = MemberFactory._meta.model.objects.select_related("policy__desk").get()
    fresh = declaring.begin_again(member=member, draft_id=draft.pk, language="fr")
    assert list(Draft.objects.all()) == [fresh]
    assert not Document.objects.exists()


def test_a_draft_of_another_member_cannot_be_begun_again():
    draft = DeclarationDraftFactory()
    with pytest.raises(declaring.NotTheirs):
        declaring.begin_again(member=MemberFactory(), draft_id=draft.pk, language="fr")


def test_the_complement_asked_for_is_supplied_once():
    declaration = DeclarationFactory(asked=True)
    document = DocumentFactory()
    declaring.supply_complement(declaration_id=declaration.pk, body="Voici la facture.", documents=[document])
    declaration.refresh_from_db()
    assert declaration.complement_asked_at is None
    assert declaration.documents.get(kind="complement").document == document
    assert declaration.events.last().body == "Voici la facture."
    with pytest.raises(TransitionNotAllowed):
        declaring.supply_complement(declaration_id=declaration.pk, body="Encore.")


def test_the_choice_of_the_member_is_not_the_number_of_anybody():
    assert not MEMBER.isdigit()
