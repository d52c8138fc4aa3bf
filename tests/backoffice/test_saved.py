"""Views an agent keeps, what is taken away from a search, and what printing leaves in the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from claims_portal.accounts.models import AuditEntry
from complaints.models import Complaint, SavedFilter
from complaints.services.online import ask_online_tracking
from tests.factories.complaints import HANDLES, AgentFactory, ComplaintFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def search(browser, text: str) -> str:
    """Look for something; gives the key of the search."""
    return browser.post(f"{LIST}recherche/", {"texte": text})["Location"].rpartition("=")[2]


def shown(response) -> list[str]:
    return [row.number for row in response.context["cl"].rows]


@pytest.mark.req("F20")
def test_a_search_is_kept_under_a_name_and_opens_again(staff, desk, agent):
    tazi = ComplaintFactory(desk=desk, complainant__last_name="Tazi")
    ComplaintFactory(desk=desk, complainant__last_name="Alami")
    staff.post(f"{LIST}vues/", {"name": "Les Tazi", "recherche": search(staff, "tazi")})
    saved = SavedFilter.objects.get()
    later = signed_in(agent)  # another session, which remembers no search
    assert "Les Tazi" in later.get(LIST).content.decode()
    response = later.get(f"{LIST}vues/{saved.pk}/", follow=True)
    assert shown(response) == [str(tazi)]
    assert "tazi" not in response.redirect_chain[-1][0]


def test_a_queue_is_kept_and_the_same_name_again_replaces_it(staff, desk):
    for queue in ("echues", "a-moi"):
        staff.post(f"{LIST}vues/", {"name": "Matin", "file": queue})
    saved = SavedFilter.objects.get()
    assert staff.get(f"{LIST}vues/{saved.pk}/")["Location"] == f"{LIST}?file=a-moi"


def test_the_name_of_a_view_turns_nothing_around_it(staff):
    staff.post(f"{LIST}vues/", {"name": "Du \u202ejour\u2069", "file": "echues"})
    assert SavedFilter.objects.get().name == "Du jour"


def test_a_view_is_its_owners_until_a_supervisor_shares_it_with_the_desk(staff, desk):
    supervisor = signed_in(AgentFactory(desks=[desk], permissions=[*HANDLES, "accounts.see_organisation"]))
    supervisor.post(f"{LIST}vues/", {"name": "À moi seul", "file": "echues"})
    supervisor.post(f"{LIST}vues/", {"name": "Pour tous", "file": "echues", "guichet": desk.pk})
    assert [each.name for each in staff.get(LIST).context["cl"].saved] == ["Pour tous"]
    shared = SavedFilter.objects.get(name="Pour tous")
    assert staff.post(f"{LIST}vues/{shared.pk}/oublier/").status_code == 404
    assert supervisor.post(f"{LIST}vues/{shared.pk}/oublier/").status_code == 302
    assert staff.post(f"{LIST}vues/", {"name": "Moi", "guichet": desk.pk}).status_code == 404


def test_nobody_keeps_views_without_end(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.services.saving.MOST", 1)
    for name in ("Une", "Deux"):
        staff.post(f"{LIST}vues/", {"name": name})
    assert SavedFilter.objects.get().name == "Une"


def test_what_is_looked_for_is_exported_and_the_log_says_so_without_its_words(staff, desk):
    tazi = ComplaintFactory(desk=desk, complainant__last_name="Tazi")
    other = ComplaintFactory(desk=desk, complainant__last_name="Alami")
    sent = {"recherche": search(staff, "tazi"), "file": "toutes"}
    content = staff.post("/gestion/tableau-de-bord/dossiers/csv/", sent).content.decode("utf-8-sig")
    assert str(tazi) in content and str(other) not in content
    line = AuditEntry.objects.get(action="exported")
    assert line.details["what"] == "search" and "tazi" not in str(line.details)


@pytest.mark.req("F21")
def test_chosen_cases_are_printed_in_one_file_with_a_line_each_in_the_audit_log(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.printing.case_pdf", lambda case, **given: b"%PDF")
    monkeypatch.setattr("complaints.printing.joined", b"".join)
    cases = ComplaintFactory.create_batch(2, desk=desk)
    sent = {"case": [*map(str, cases), str(ComplaintFactory())]}  # the last one is of another desk
    response = staff.post(f"{LIST}en-lot/imprimer/", sent)
    assert (response["Content-Type"], response.content) == ("application/pdf", b"%PDF%PDF")
    lines = AuditEntry.objects.filter(action="case-printed")
    assert {line.reference for line in lines} == {case.number for case in cases}


def test_cases_that_are_too_long_together_are_not_printed_and_a_sentence_says_so(staff, desk, settings):
    settings.PDF_LIMITS = settings.PDF_LIMITS | {"batch_seconds": 0}
    case = ComplaintFactory(desk=desk)
    response = staff.post(f"{LIST}en-lot/imprimer/", {"case": str(case)}, follow=True)
    assert "trop longs pour être imprimés ensemble" in response.content.decode()
    assert not AuditEntry.objects.filter(action="case-printed").exists()


def test_too_many_cases_are_not_printed(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.printing_many.MOST", 1)
    cases = ComplaintFactory.create_batch(2, desk=desk)
    response = staff.post(f"{LIST}en-lot/imprimer/", {"case": list(map(str, cases))}, follow=True)
    assert "Choisissez de 1 à 1 dossiers à imprimer." in response.content.decode()


def test_papers_that_bear_an_address_ask_for_the_right_to_see_it(desk, agent):
    case = ComplaintFactory(desk=desk, channel="post", complainant__email="", entered_by=agent)
    hidden = signed_in(AgentFactory(desks=[desk], permissions=["complaints.view_complaint", "complaints.handle"]))
    letter = case.letters.get()
    assert hidden.get(f"/gestion/complaints/letter/{letter.pk}.pdf").status_code == 404
    assert hidden.post("/gestion/complaints/letter/imprimer/", {"letter": letter.pk}).status_code == 404
    assert hidden.post(f"{LIST}en-lot/imprimer/", {"case": str(case)}).status_code == 404


def test_printing_a_letter_and_opening_a_request_are_lines_of_the_audit_log(staff, desk, agent, monkeypatch):
    monkeypatch.setattr("complaints.printing.letters_pdf", lambda events, **given: b"%PDF")
    case = ComplaintFactory(desk=desk, channel="post", complainant__email="", entered_by=agent)
    staff.post("/gestion/complaints/letter/imprimer/", {"letter": case.letters.get().pk})
    given = {"number": case.number, "name": "", "letter_reference": "", "email": "a@exemple.ma", "mobile": ""}
    ask_online_tracking(desk=desk, language="fr", **given)
    (asked,) = staff.get("/gestion/complaints/trackingrequest/").context["waiting"]
    staff.get(f"/gestion/complaints/trackingrequest/{asked.pk}/")
    found = AuditEntry.objects.filter(action__in=["letter-printed", "request-opened"], reference=case.number)
    assert set(found.values_list("action", flat=True)) == {"letter-printed", "request-opened"}


def test_a_delay_that_was_escalated_is_said_in_the_list(staff, desk):
    case = ComplaintFactory(desk=desk, opened_at=timezone.now() - timedelta(days=90))
    Complaint.objects.filter(pk=case.pk).update(escalated_at=timezone.now())
    assert "en retard, signalé" in staff.get(LIST).content.decode()
