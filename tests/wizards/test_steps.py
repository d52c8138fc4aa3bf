"""The step engine: what was typed comes back as it was typed, and is judged again each time."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from claims_portal.organisations.services import desk_changed
from claims_portal.wizards.models import Draft
from claims_portal.wizards.steps import Wizard, as_typed
from complaints.models import AskedField
from complaints.steps import COMPLAINANT, DEPENDANTS, FACTS, GATE, REVIEW, SUBJECT, filing
from tests.factories.complaints import DeskFactory
from tests.factories.wizards import DraftFactory, complete_answers

pytestmark = pytest.mark.django_db


def slugs_done(draft) -> list[str]:
    return [each["state"] for each in filing.progress(draft, REVIEW)]


def test_what_was_typed_is_kept_as_it_was_typed():
    draft = DraftFactory.build(desk=DeskFactory())
    typed = as_typed(QueryDict("facts=  deux%20espaces%20&event_date=03/02/26&autre=x"), FACTS.form(draft))
    assert typed["facts"] == ["  deux espaces "]
    assert typed["event_date"] == ["03/02/26"]
    assert "autre" not in typed


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("avant\x00après", "avantaprès"), ("seul\ud800bord", "seulbord"), ("\x00", ""), ("عربية 😀", "عربية 😀")],
)
def test_what_the_database_cannot_hold_is_left_out(sent, kept):
    draft = DraftFactory(desk=DeskFactory())
    draft.answers["faits"] = as_typed({"facts": sent}, FACTS.form(draft))
    draft.save()
    draft.refresh_from_db()
    assert draft.answers["faits"]["facts"] == [kept]


@pytest.mark.req("F1")
def test_the_first_step_not_in_order_is_where_one_goes_on():
    draft = DraftFactory(complete=True)
    assert filing.first_incomplete(draft) is None
    del draft.answers["faits"]
    assert filing.first_incomplete(draft) is FACTS
    del draft.answers["demande"]
    assert filing.first_incomplete(draft) is GATE


def test_an_answer_that_is_no_longer_valid_is_asked_again():
    draft = DraftFactory(complete=True)
    draft.desk.categories.update(is_active=False)
    draft.desk.version += 1
    assert filing.first_incomplete(draft) is SUBJECT


def test_a_person_added_with_an_error_is_asked_again():
    draft = DraftFactory(complete=True)
    draft.answers["ayants-droit"] = [{"first_name": ["Lina"], "last_name": [""], "relation": ["child"]}]
    assert filing.first_incomplete(draft) is DEPENDANTS


def test_joining_documents_is_never_a_condition():
    draft = DraftFactory(complete=True)
    assert "pieces" not in draft.answers
    assert filing.first_incomplete(draft) is None


def test_steps_are_shown_as_done_current_or_to_do():
    draft = DraftFactory(complete=True)
    del draft.answers["reclamant"]
    assert slugs_done(draft) == ["done", "done", "done", "todo", "done", "todo", "current"]


def test_a_step_may_be_opened_once_those_before_it_are_answered():
    draft = DraftFactory()
    draft.answers = {"demande": {"kind": ["complaint"]}}
    opened = [bool(each["url"]) for each in filing.progress(draft, SUBJECT)]
    assert opened == [True, True, False, False, False, False, False]


@pytest.mark.req("F1")
def test_a_step_left_with_an_error_is_shown_again_without_a_reproach():
    draft = DraftFactory(complete=True)
    draft.answers["reclamant"] = complete_answers(draft.desk, reclamant={"email": ["amina@"]})["reclamant"]
    form = COMPLAINANT.shown(draft)
    assert not form.is_bound
    assert form["email"].value() == "amina@"


def test_a_stored_step_is_judged_like_a_form_just_sent():
    draft = DraftFactory(complete=True)
    draft.answers["reclamant"] = complete_answers(draft.desk, reclamant={"email": ["amina@"]})["reclamant"]
    assert "email" in COMPLAINANT.stored(draft).errors
    assert COMPLAINANT.cleaned(draft) == {}
    assert COMPLAINANT.rows(draft) == []


def test_a_step_not_answered_yet_is_empty():
    draft = DraftFactory()
    assert FACTS.stored(draft) is None
    assert FACTS.cleaned(draft) == {}
    assert not FACTS.shown(draft).is_bound


def test_the_check_page_says_dates_choices_and_numbers_in_words():
    draft = DraftFactory(complete=True)
    rows = {str(row.label): str(row.value) for step in (SUBJECT, FACTS, COMPLAINANT) for row in step.rows(draft)}
    assert rows["Sujet"] == "Retard de remboursement"
    assert rows["Quand est-ce arrivé\u00a0?"] == "15 janvier 2026"
    assert rows["À quel titre réclamez-vous\u00a0?"] == "Assuré"
    assert rows["Téléphone portable"] == "+212 6 12 34 56 78"


@pytest.mark.req("A25")
def test_the_check_page_names_each_person_with_their_relation():
    draft = DraftFactory(complete=True)
    assert [str(row.value) for row in DEPENDANTS.rows(draft)] == ["Aucun"]
    draft.answers["ayants-droit"] = [
        {"first_name": ["Lina"], "last_name": ["El Amrani"], "relation": ["child"], "birth_date": ["2015-05-04"]},
        {"first_name": ["Karim"], "last_name": ["Alami"], "relation": ["spouse"], "birth_date": [""]},
    ]
    assert (
        DEPENDANTS.rows(draft)[0].value
        == "\u2068Lina El Amrani\u2069 · Enfant · 4 mai 2015\n\u2068Karim Alami\u2069 · Conjoint"
    )


def test_a_draft_finds_its_journey_by_name():
    draft = DraftFactory()
    assert Wizard.of(draft) is filing
    assert filing.neighbours(GATE) == (None, SUBJECT)
    assert filing.neighbours(REVIEW)[1] is None


def test_two_people_at_the_same_step_share_no_answer_and_no_error():
    desk = DeskFactory()
    one, two = DraftFactory(desk=desk), DraftFactory(desk=desk)
    mine, yours = FACTS.form(one, {"facts": ""}), FACTS.form(two, {"facts": "Rien reçu."})
    assert not mine.is_valid()
    assert yours.is_valid()
    assert yours["facts"].value() == "Rien reçu."
    assert not FACTS.form(two).is_bound
    assert FACTS.form(two, initial={"facts": "Déjà dit"})["facts"].value() == "Déjà dit"


def test_a_form_asks_what_the_desk_asks_since_its_last_version():
    desk = DeskFactory()
    draft = DraftFactory(desk=desk)
    assert "cin" not in COMPLAINANT.form(draft).fields
    AskedField.objects.create(desk=desk, field="cin")
    desk_changed(desks=[desk])
    draft = Draft.objects.get(pk=draft.pk)
    assert "cin" in COMPLAINANT.form(draft).fields
