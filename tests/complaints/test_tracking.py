"""« Suivi de ma réclamation » : who may follow a case, and what the dashboard tells them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from claims_portal.cases.services import assignment, exchange
from claims_portal.documents.models import Document
from complaints import access
from complaints.models import Complaint
from complaints.references import new_number
from complaints.services import following, handling
from complaints.workflow import State
from tests.factories.complaints import AgentFactory, ComplaintFactory, lead_to
from tests.factories.documents import DocumentFactory

from .public import dashboard, follow

TRACK = "/reclamations/suivi/"
NOT_FOUND = "Aucune réclamation ne correspond à ce numéro et à ce contact."


@pytest.fixture
def complaint(db: None) -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma", complainant__mobile="+212612345678")


@pytest.fixture
def agent(complaint: Complaint):
    return AgentFactory.create(desks=[complaint.desk])


def shown(client: Client, complaint: Complaint) -> str:
    follow(client, complaint)
    answer = client.get(dashboard(complaint))
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    """What is read, without the tags."""
    return " ".join(re.sub("<[^>]+>", " ", page).split())


# --- The form -----------------------------------------------------------------------------------------------------


@pytest.mark.req("A28", "A29", "A30", "A31", "A32", "A33", "A35")
def test_the_form_has_the_words_of_the_guide(client, db):
    page = text(client.get(TRACK).content.decode())
    instruction = "Veuillez saisir ci-dessous le numéro ainsi que l’adresse email ou le téléphone saisis lors du dépôt."
    words = [
        "Suivi de ma réclamation\u00a0:",
        instruction,
        "Numéro\u00a0:",
        "Email\u00a0:",
        " ou ",
        "Téléphone portable\u00a0:",
    ]
    places = [page.index(each) for each in [*(each.replace("\u00a0", " ") for each in words), "Valider"]]
    assert len(places) == 7


@pytest.mark.req("A13", "A34", "A36")
def test_number_and_e_mail_open_the_dashboard_without_an_account(client, complaint):
    answer = follow(client, complaint, email=" Amina@Exemple.ma ")
    assert answer.headers["Location"] == dashboard(complaint)
    assert client.get(dashboard(complaint)).status_code == 200


@pytest.mark.req("A33", "A34")
@pytest.mark.parametrize(
    "typed", ["0612345678", "06 12 34 56 78", "+212 6.12-34-56-78", "00212612345678", "٠٦١٢٣٤٥٦٧٨"]
)
def test_number_and_mobile_open_it_however_they_are_written(client, complaint, typed):
    answer = client.post(TRACK, {"number": f"n° {complaint}", "mobile": typed})
    assert answer.headers["Location"] == dashboard(complaint)


@pytest.mark.req("A33", "A34")
@pytest.mark.parametrize("typed", ["0612345678", "+33 6 12 34 56 78"])
def test_a_mobile_given_to_a_french_desk_is_found_as_it_was_typed_there(client, typed, db):
    complaint = ComplaintFactory(desk__organisation__country="FR", complainant__mobile="+33612345678")
    assert client.post(TRACK, {"number": complaint.number, "mobile": typed}).headers["Location"] == dashboard(complaint)


def test_a_national_number_is_no_number_of_another_country_than_that_of_the_desk(client, db):
    complaint = ComplaintFactory(desk__organisation__country="FR", complainant__mobile="+212612345678")
    assert "location" not in client.post(TRACK, {"number": complaint.number, "mobile": "0612345678"}).headers
    given = client.post(TRACK, {"number": complaint.number, "mobile": "+212612345678"})
    assert given.headers["Location"] == dashboard(complaint)


@pytest.mark.req("A34")
def test_a_wrong_number_and_a_wrong_contact_are_told_the_same(client, complaint):
    wrong_number = client.post(TRACK, {"number": new_number(), "email": "amina@exemple.ma"})
    wrong_contact = client.post(TRACK, {"number": complaint.number, "email": "autre@exemple.ma"})
    errors = [answer.context["form"].errors.as_data()["number"][0].message for answer in (wrong_number, wrong_contact)]
    assert errors[0] == errors[1]
    assert errors[0].startswith(NOT_FOUND)
    assert wrong_number.status_code == wrong_contact.status_code == 200
    assert access.SESSION_KEY not in client.session


@pytest.mark.req("A34")
def test_a_wrong_number_and_a_wrong_contact_cost_the_same(client, complaint, django_assert_num_queries):
    for number, email in ((new_number(), "amina@exemple.ma"), (complaint.number, "autre@exemple.ma")):
        with django_assert_num_queries(4):  # three limits, one look-up
            client.post(TRACK, {"number": number, "email": email})


def test_a_contact_that_was_not_given_opens_nothing(client, db):
    complaint = ComplaintFactory(complainant__email="", complainant__mobile="+212612345678")
    for contact in ({"email": ""}, {"email": " ", "mobile": ""}):
        assert client.post(TRACK, {"number": complaint.number} | contact).status_code == 200
    assert client.get(dashboard(complaint)).status_code == 404


@pytest.mark.req("A30")
def test_a_mistyped_number_is_told_as_such(client, complaint):
    wrong = complaint.number[:-1] + str((int(complaint.number[-1]) + 1) % 10)
    page = client.post(TRACK, {"number": wrong, "email": "amina@exemple.ma"}).content.decode()
    assert "Ce numéro contient une erreur" in page
    assert f'value="{wrong}"' in page
    assert 'value="amina@exemple.ma"' in page


@pytest.mark.req("A32")
def test_neither_contact_is_asked_for(client, complaint):
    page = client.post(TRACK, {"number": complaint.number}).content.decode()
    assert "Indiquez l’adresse e-mail ou le téléphone portable donné lors du dépôt." in page


@pytest.mark.req("A34")
def test_failures_for_one_number_are_limited_whoever_tries(complaint, settings):
    settings.THROTTLES = settings.THROTTLES | {"tracking-number-day": (2, 600)}
    answers = [
        Client(REMOTE_ADDR=f"41.250.1.{place}").post(TRACK, {"number": complaint.number, "email": "x@exemple.ma"})
        for place in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600


@pytest.mark.req("A34")
def test_failures_from_one_address_are_limited_whatever_the_number(client, complaint, settings):
    settings.THROTTLES = settings.THROTTLES | {"tracking-address": (2, 600)}
    answers = [client.post(TRACK, {"number": new_number(), "email": "x@exemple.ma"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert follow(Client(REMOTE_ADDR="41.250.9.9"), complaint).status_code == 302


# --- The right to follow ------------------------------------------------------------------------------------------


@pytest.mark.req("A36")
def test_the_right_is_for_one_case(client, complaint):
    other = ComplaintFactory(desk=complaint.desk, complainant__email="amina@exemple.ma")
    follow(client, complaint)
    for page in ("", "cloture/", "accuse.pdf", "dossier.pdf"):
        assert client.get(dashboard(other, page)).status_code == 404
    assert client.post(dashboard(other, "echange/"), {"body": "x"}).status_code == 404
    assert client.post(dashboard(other, "reouverture/"), {"reason": "x"}).status_code == 404


def test_a_case_that_does_not_exist_looks_like_somebody_elses(client, complaint):
    for number in (new_number(), complaint.number, "abc", "1" * 40):
        assert client.get(f"/reclamations/suivi/{number}/").status_code == 404


@pytest.mark.req("A36")
def test_the_right_ends_thirty_minutes_after_the_last_activity(client, complaint):
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        follow(client, complaint)
    for minutes in (30, 60):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.get(dashboard(complaint)).status_code == 200
    with time_machine.travel(now + timedelta(minutes=90, seconds=1), tick=False):
        assert client.get(dashboard(complaint)).status_code == 404


def test_a_document_of_another_case_does_not_exist(client, complaint):
    other = ComplaintFactory(documents=1)
    follow(client, complaint)
    assert client.get(dashboard(complaint, f"documents/{other.documents.get().pk}/")).status_code == 404


# --- The dashboard ------------------------------------------------------------------------------------------------


@pytest.mark.req("A37", "F32")
def test_the_dashboard_shows_the_detail_of_the_complaint(client, db):
    complaint = ComplaintFactory(dependants=1, complainant__email="amina@exemple.ma")
    page = shown(client, complaint)
    person = complaint.complainant
    words = [str(complaint), complaint.desk.name, complaint.category.name, "ATL-2024-001234", person.full_name]
    words += ["Depuis, personne ne me répond.", "Deux appels au standard.", "Recevoir mon remboursement de 1 250 MAD."]
    words += [str(complaint.dependants.get())]
    assert [each for each in words if each not in page] == []


@pytest.mark.req("A13", "N7", "F4")
@pytest.mark.parametrize(
    ("state", "standing", "turn"),
    [
        (State.RECEIVED, "Votre réclamation est arrivée.", "Atlas"),
        (State.IN_PROGRESS, "Le service examine votre réclamation", "Atlas"),
        (State.COMPLEMENT, "Le service a besoin d’un complément de votre part", "vous"),
        (State.ANSWERED, "Le service vous a répondu.", "vous"),
        (State.CLOSED, "Votre réclamation est clôturée.", ""),
    ],
)
def test_the_dashboard_says_where_it_stands_and_whose_turn_it_is(client, complaint, agent, state, standing, turn):
    lead_to(complaint, state, agent=agent)
    page = text(shown(client, complaint))
    assert standing in page
    assert (f"Qui doit agir : {turn}" in page) == bool(turn)  # nobody's turn is not spoken of


def test_a_message_after_the_answer_hands_the_turn_to_the_desk(client, complaint, agent):
    lead_to(complaint, State.ANSWERED, agent=agent)
    following.write_to_desk(complaint_id=complaint.pk, body="Et la suite ?")
    assert "Votre message est arrivé. Le service l’examine." in shown(client, complaint)


@pytest.mark.req("N7")
def test_the_dashboard_explains_each_date(client, db):
    with time_machine.travel(datetime(2026, 9, 1, 9, 0, tzinfo=UTC)):
        page = text(shown(client, ComplaintFactory(complainant__email="amina@exemple.ma")))
    assert "Prise en charge au plus tard le mardi 15 septembre 2026" in page
    assert "Réponse au plus tard le mardi 13 octobre 2026" in page
    assert page.count("Comment cette date est calculée") == 2
    assert "10 jours ouvrables" in page


@pytest.mark.req("N7")
def test_a_clock_that_waits_for_the_person_is_shown_as_paused(client, complaint, agent):
    lead_to(complaint, State.COMPLEMENT, agent=agent)
    assert 'class="clock is-paused"' in shown(client, complaint)


def test_a_clock_that_is_over_is_shown_as_late(client, complaint):
    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert shown(client, complaint).count('class="clock is-late"') == 2


@pytest.mark.req("F27")
def test_the_timeline_tells_what_happened_newest_first(client, complaint, agent):
    lead_to(complaint, State.ANSWERED, agent=agent)
    page = shown(client, complaint)
    timeline = page[page.index('class="timeline"') :]
    titles = ["Réponse apportée", "Réclamation prise en charge", "Réclamation déposée"]
    assert sorted(titles, key=timeline.index) == titles


@pytest.mark.req("A38")
def test_the_exchange_is_shown_oldest_first_under_who_said_it(client, complaint, agent):
    following.write_to_desk(complaint_id=complaint.pk, body="Avez-vous des nouvelles ?")
    handling.send_message(complaint_id=complaint.pk, user=agent, body="Nous avançons.")
    page = shown(client, complaint)
    assert page.index("Avez-vous des nouvelles") < page.index("Nous avançons.")
    assert page.count('class="bubble is-mine"') == page.count('class="bubble is-theirs"') == 1
    assert agent.last_name not in page


@pytest.mark.req("F27")
def test_what_is_internal_to_the_desk_never_reaches_the_person(client, complaint, agent):
    exchange.add_note(Complaint, case_id=complaint.pk, user=agent, body="Dossier douteux.")
    assignment.assign_case(Complaint, case_id=complaint.pk, user=agent)
    page = shown(client, complaint)
    for words in ("Dossier douteux", "Note interne", "Réclamation attribuée"):
        assert words not in page


@pytest.mark.req("A39")
def test_documents_are_listed_and_open(client, complaint, agent):
    sent = DocumentFactory(label="decompte.pdf")
    handling.send_message(complaint_id=complaint.pk, user=agent, body="Voici le décompte.", documents=[sent])
    page = shown(client, complaint)
    address = dashboard(complaint, f"documents/{complaint.documents.get().pk}/")
    assert page.count("decompte.pdf") >= 2
    assert address in page
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_document_being_checked_is_named_but_not_opened(client, complaint):
    following.write_to_desk(
        complaint_id=complaint.pk, body="x", documents=[DocumentFactory(state=Document.State.PENDING, label="a.pdf")]
    )
    page = shown(client, complaint)
    assert "a.pdf" in page
    assert f"documents/{complaint.documents.get().pk}/" not in page


@pytest.mark.req("F2", "F28")
def test_receipt_and_case_are_downloaded_as_pdf(client, complaint):
    follow(client, complaint)
    for name in ("accuse.pdf", "dossier.pdf"):
        answer = client.get(dashboard(complaint, name))
        assert answer.content.startswith(b"%PDF")
        assert answer.headers["Content-Type"] == "application/pdf"


def test_what_may_not_be_done_is_not_offered(client, complaint, agent):
    lead_to(complaint, State.CLOSED, agent=agent)
    page = shown(client, complaint)
    assert dashboard(complaint, "echange/") not in page
    assert dashboard(complaint, "cloture/") not in page
    assert dashboard(complaint, "reouverture/") in page


def test_the_dashboard_costs_the_same_whatever_the_case_holds(client, django_assert_num_queries, db):
    small = ComplaintFactory(complainant__email="a@exemple.ma")
    large = ComplaintFactory(complainant__email="b@exemple.ma", documents=5, messages=12, dependants=3)
    for complaint in (small, large):
        follow(client, complaint)
        with django_assert_num_queries(6):  # session, case, events, documents, clocks, dependants
            client.get(dashboard(complaint))


def test_pages_about_a_case_are_kept_by_nobody(client, complaint):
    follow(client, complaint)
    assert client.get(dashboard(complaint)).headers["Cache-Control"] == "no-store"


def test_the_dashboard_exists_in_arabic_from_right_to_left(client, complaint):
    follow(client, complaint)
    page = client.get("/ar" + dashboard(complaint)).content.decode()
    assert 'dir="rtl"' in page
    assert complaint.desk.name_ar in page
