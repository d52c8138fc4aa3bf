"""Finding a case by what somebody says on the telephone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.backoffice.models import Search
from claims_portal.backoffice.tasks import prune
from complaints.admin.queues import visible_cases
from complaints.admin.search import matching
from complaints.models import Complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"
PERSON = {
    "complainant__last_name": "Tazi",
    "complainant__first_name": "Zineb",
    "complainant__email": "zineb@exemple.ma",
    "complainant__mobile": "+212661234567",
    "complainant__cin": "AB98765",
    "complainant__nir": "255081416802538",
    "complainant__cnss_number": "123456789",
    "facts__policy_number": "GRP-2024/17 B",
    "facts__registration_number": "AFF 20-778",
    "facts__claim_reference": "SIN/2026/0042",
}


def search(staff, text: str):
    return staff.post(f"{LIST}recherche/", {"texte": text}, follow=True)


def numbers(response) -> list[str]:
    return [row.number.replace(" ", "") for row in response.context["cl"].rows]


@pytest.mark.parametrize(
    "text",
    [
        "ZINEB@exemple.ma ",
        "0661 23 45 67",
        "+212 661-234567",
        "٠٦٦١٢٣٤٥٦٧",
        "ab 98765",
        "2 55 08 14 168 025 38",
        "2550814168025",
        "2.55.08.14.168.025.38",
        "2-55-08-14-168-025/38",
        "06/61/23/45/67",
        "grp-2024/17 b",
        "aff 20-778",
        "sin/2026/0042",
        "123 456 789",
        "tazi",
        "TAZI zin",
        "Zineb Tazi",
        "Tâzi",
    ],
)
def test_a_case_is_found_by_any_of_its_keys_in_any_writing(staff, desk, text):
    found = ComplaintFactory(desk=desk, **PERSON)
    ComplaintFactory(desk=desk)
    assert numbers(search(staff, text)) == [found.number]


@pytest.mark.parametrize(
    ("last_name", "first_name", "text"),
    [
        ("Benaïssa", "Aïcha", "benaissa aicha"),
        ("Benaissa", "Aicha", "AÏCHA BENAÏSSA"),
        ("Ben-Ali", "Zoé", "ben ali"),
        ("Ben Ali", "Zoé", "Benali"),
        ("Benali", "Zoé", "zoé ben ali"),
        ("بن علي", "زينب", "زينب بنعلي"),
        ("N’Diaye", "Awa", "N'Diaye"),
        ("الهاشمي", "مصطفى", "مصطفي الهاشمى"),
        ("إدريسي", "فاطمة", "فاطمه ادريسي"),
        ("أيت أحمد", "هدى", "ايت احمد"),
        ("آل فاسي", "مُحَمَّد", "محمد ال فاسى"),
    ],
)
def test_a_name_is_found_however_its_letters_are_written(staff, desk, last_name, first_name, text):
    given = {"complainant__last_name": last_name, "complainant__first_name": first_name}
    found = ComplaintFactory(desk=desk, **given)
    ComplaintFactory(desk=desk)
    assert numbers(search(staff, text)) == [found.number]


@pytest.mark.parametrize("grouping", ["{0} {1} {2}", "{0}-{1}-{2}", "n° {0}{1}{2}", "{0}.{1}.{2}"])
def test_a_number_opens_its_case_however_it_is_grouped(staff, desk, grouping):
    complaint = ComplaintFactory(desk=desk)
    number = complaint.number
    response = search(staff, grouping.format(number[:4], number[4:8], number[8:]))
    assert response.redirect_chain[-1][0] == f"{LIST}{complaint.pk}/"


def test_a_policy_numbered_like_an_identity_card_is_found_beside_it(staff, desk):
    card = ComplaintFactory(desk=desk, complainant__cin="AB98765")
    policy = ComplaintFactory(desk=desk, facts__policy_number="AB98765")
    ComplaintFactory(facts__policy_number="AB98765")
    assert sorted(numbers(search(staff, "AB98765"))) == sorted([card.number, policy.number])


@pytest.mark.parametrize("text", ["tazi", "0661234567", "zineb@exemple.ma", "AB98765"])
def test_the_cases_of_another_desk_are_not_found(staff, text):
    ComplaintFactory(**PERSON)
    assert numbers(search(staff, text)) == []


def test_the_number_of_another_desks_case_finds_nothing(staff):
    complaint = ComplaintFactory()
    assert numbers(search(staff, complaint.number)) == []


def test_closed_cases_are_found_too(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="closed", **PERSON)
    assert numbers(search(staff, "Tazi")) == [complaint.number]


def test_what_was_looked_for_stays_out_of_the_address_and_in_the_box(staff, desk):
    ComplaintFactory(desk=desk, **PERSON)
    response = search(staff, "zineb@exemple.ma")
    address = response.redirect_chain[-1][0]
    assert "zineb" not in address
    assert 'value="zineb@exemple.ma"' in staff.get(address).content.decode()


def test_a_search_that_finds_nothing_says_what_to_try(staff):
    assert "Aucune réclamation ne correspond." in search(staff, "Personne").content.decode()


def test_an_empty_search_goes_back_to_the_queue(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    assert numbers(search(staff, "  ")) == [complaint.number]


def test_signs_that_mean_something_to_the_database_mean_themselves(staff, desk):
    ComplaintFactory(desk=desk, **PERSON)
    for text in ("%", "ta_i", "\\", "' or 1=1", "ta\x01zi"):
        assert search(staff, text).status_code == 200
    assert numbers(search(staff, "%")) == []


def test_found_cases_page_by_key(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.complaint.ComplaintAdmin.list_per_page", 1)
    made = [ComplaintFactory(desk=desk, complainant__last_name="Tazi").number for _each in range(2)][::-1]
    first = search(staff, "tazi")
    second = staff.get(LIST + first.context["cl"].older_url)
    assert numbers(first) + numbers(second) == made


def test_a_search_costs_the_same_queries_with_one_case_or_twenty(staff, desk):
    def cost() -> int:
        address = search(staff, "tazi").redirect_chain[-1][0]
        with CaptureQueriesContext(connection) as queries:
            staff.get(address)
        return len(queries)

    ComplaintFactory(desk=desk, **PERSON)
    few = cost()
    ComplaintFactory.create_batch(15, desk=desk, complainant__last_name="Tazi")
    assert cost() == few <= 15


def test_each_way_of_searching_follows_its_index_among_many_cases(crowd, agent):
    expected = [
        ("000000000077@exemple.ma", "complainant_email"),
        ("0600000077", "complainant_mobile"),
        ("AB000077", "complainant_cin"),
        ("255081416802538", "complainant_nir"),
        ("nom000000000077", "complainant_name"),
        ("prenom nom000000000077", "complainant_name"),
        ("AB000077", "complaint_policy"),
        ("AB000077", "complaint_registration"),
        ("AB000077", "complaint_claim"),
        ("000000077", "complainant_cnss"),
    ]
    cases = visible_cases(agent)
    for text, index in expected:
        found = matching(cases, text, contact=True).order_by("-opened_at", "-pk")
        assert index in found[:25].explain(), text


def test_a_mobile_written_without_prefix_is_looked_for_in_each_country(db):
    complaint = ComplaintFactory(complainant__mobile="+33612345678")
    assert list(matching(Complaint.objects.all(), "06 12 34 56 78", contact=True)) == [complaint]


# --- How long a search stays --------------------------------------------------------------------------------------


def looked_for(staff, text: str = "Tazi Zineb") -> str:
    """Look for a name; gives the address of the list."""
    return str(staff.post(f"{LIST}recherche/", {"texte": text}).headers["Location"])


def test_what_is_looked_for_is_in_no_session(staff):
    looked_for(staff)
    assert Search.objects.get().text == "Tazi Zineb"
    assert "Tazi" not in str(dict(staff.session.items()))


def test_a_search_ends_after_an_hour_and_is_deleted(staff):
    address = looked_for(staff)
    assert staff.get(address).context["cl"].query == "Tazi Zineb"
    assert timedelta(minutes=59) < Search.objects.get().expires_at - timezone.now() <= timedelta(hours=1)
    Search.objects.update(expires_at=timezone.now())
    assert staff.get(address).context["cl"].query == ""
    prune()
    assert not Search.objects.exists()


def test_a_search_is_of_whoever_typed_it(staff, desk):
    address = looked_for(staff)
    colleague = signed_in(AgentFactory(desks=[desk]))
    assert colleague.get(address).context["cl"].query == ""


@pytest.mark.parametrize("key", ["\x01", "x" * 5000, "0" * 16, "²" * 16, "0123456789ABCDEF"])
def test_a_key_that_names_no_search_shows_the_list(staff, key):
    assert staff.get(LIST, {"recherche": key}).status_code == 200


def test_signing_out_deletes_what_one_looked_for_and_no_more(staff, desk):
    looked_for(staff)
    looked_for(signed_in(AgentFactory(desks=[desk])), "Autre")
    staff.post("/gestion/logout/")
    assert [search.text for search in Search.objects.all()] == ["Autre"]
