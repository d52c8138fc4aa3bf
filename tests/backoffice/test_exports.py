"""What agents take away: files that hold no formula, no contact, no more than they may see, and leave a trace."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from claims_portal.accounts.models import AuditEntry
from claims_portal.backoffice.exports import csv_file, safe_text, xlsx_file
from complaints.models import Complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory

from .conftest import signed_in

FIGURES = "/gestion/tableau-de-bord/export/{}/"
QUEUE = "/gestion/tableau-de-bord/dossiers/{}/"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=HYPERLINK("http://x")']


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(content: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_that_could_be_a_formula_is_a_text(text):
    ((cell,),) = lines(csv_file(["titre"], [[text]]))[1:]
    assert cell.startswith("'")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula(text):
    cells = sheet(xlsx_file(["titre"], [[text]])).findall(f".//{SHEET}c")
    assert [cell.get("t") for cell in cells] == ["inlineStr", "inlineStr"]
    assert not sheet(xlsx_file([text], [[text]])).findall(f".//{SHEET}f")


@pytest.mark.parametrize("text", ["Retard", "1234 5678", "l’écart = 3", ""])
def test_an_ordinary_text_is_left_as_it_is(text):
    assert safe_text(text) == text


def test_numbers_stay_numbers():
    (cell,) = sheet(xlsx_file(["n"], [[-3.25]])).findall(f".//{SHEET}c[@r='A2']")
    assert cell.get("t") is None
    assert lines(csv_file(["n"], [[-3.25, 12, None]]))[1] == ["-3,2", "12", ""]


def test_excel_recognises_the_encoding():
    assert csv_file(["Réclamation"], []).startswith(b"\xef\xbb\xbf")


def test_the_figures_on_show_are_exported(staff, desk):
    ComplaintFactory(desk=desk)
    response = staff.post(FIGURES.format("csv"))
    assert response["Content-Disposition"].startswith("attachment")
    rows = lines(response.content)
    assert ["Par catégorie", "Retard de remboursement", "1", "0", "0", "0", "", ""] in rows


def test_a_hostile_name_of_a_category_is_a_text_in_both_files(staff, desk):
    category = desk.categories.order_by("pk")[0]
    category.name_fr = '=cmd|"/c calc"!A1'
    category.save()
    ComplaintFactory(desk=desk)
    for address in (FIGURES, QUEUE):
        assert any(f"'{category.name_fr}" in row for row in lines(staff.post(address.format("csv")).content))
        assert not sheet(staff.post(address.format("xlsx")).content).findall(f".//{SHEET}f")


def test_a_queue_is_exported_without_names_nor_contacts(staff, desk):
    complaint = ComplaintFactory(
        desk=desk, complainant__last_name="Zyxwv", complainant__email="zyxwv@exemple.ma", facts__facts="Zyxwv" * 9
    )
    content = staff.post(QUEUE.format("csv"), {"file": "a-traiter"}).content
    (row,) = lines(content)[1:]
    assert row[0] == str(complaint)
    for secret in ("Zyxwv", "exemple.ma", "612345678", "BK123456"):
        assert secret not in content.decode()


def test_a_queue_holds_only_the_desks_of_the_agent(staff, desk):
    ours = ComplaintFactory(desk=desk)
    ComplaintFactory()
    rows = lines(staff.post(QUEUE.format("csv"), {"file": "toutes"}).content)[1:]
    assert [row[0] for row in rows] == [str(ours)]


def test_a_long_queue_is_cut_and_says_so(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.exporting.MOST_ROWS", 2)
    ComplaintFactory.create_batch(3, desk=desk)
    rows = lines(staff.post(QUEUE.format("csv"), {"file": "toutes"}).content)[1:]
    assert len(rows) == 3
    assert rows[-1] == ["Fichier limité aux 2 premières lignes."]


@pytest.mark.parametrize(("address", "reference"), [(FIGURES, "figures"), (QUEUE, "a-traiter")])
def test_every_export_leaves_a_line_in_the_audit_log(staff, agent, desk, address, reference):
    ComplaintFactory(desk=desk)
    staff.post(address.format("csv"), {"file": "a-traiter"})
    entry = AuditEntry.objects.get(action=AuditEntry.Action.EXPORTED)
    assert (entry.user, entry.reference, entry.details["format"]) == (agent, reference, "csv")
    assert entry.details["rows"] >= 1


@pytest.mark.parametrize("address", [FIGURES, QUEUE])
def test_an_export_is_asked_for_by_a_button_never_by_a_link(staff, desk, address):
    assert staff.get(address.format("csv")).status_code == 405
    assert not AuditEntry.objects.filter(action=AuditEntry.Action.EXPORTED).exists()


@pytest.mark.parametrize("address", [FIGURES, QUEUE])
def test_nobody_exports_without_a_right_on_complaints(client, desk, address):
    assert client.post(address.format("csv")).status_code == 302
    assert signed_in(AgentFactory(desks=[desk], permissions=[])).post(address.format("csv")).status_code == 404


@pytest.mark.parametrize("name", ["a-traiter", "echues"])
def test_the_buttons_stand_under_the_list(staff, desk, name):
    ComplaintFactory(desk=desk)
    Complaint.objects.update(due_at=timezone.now() - timedelta(days=1))
    page = staff.get("/gestion/complaints/complaint/", {"file": name}).content.decode()
    assert QUEUE.format("csv") in page
