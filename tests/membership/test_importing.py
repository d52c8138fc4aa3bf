"""Lists of members: what is wrong is said line by line, what is right is written at once."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine
from django.utils import timezone

from membership.models import Beneficiary, Member, MemberImport
from membership.services.importing import MissingColumns, apply_import, plan_import, prune_imports, take_in
from membership.tables import LINES_MAX, UnreadableTable, read_table
from tests.factories.complaints import AgentFactory
from tests.factories.membership import RIB, MemberFactory, PolicyFactory
from tests.together import at_once

HEAD = ["Numéro", "Lien", "Nom", "Prénom", "Naissance", "CIN", "RIB", "Mode", "Droits du", "Droits au"]
MEMBER = ["1000", "adhérent", "Essai", "Salma", "17/05/1980", "bk 12345", RIB, "virement", "01/01/2020", ""]
CHILD = ["1000", "enfant", "Essai", "Anas", "2012-03-04", "", "", "", "01/01/2020", "03/03/2033"]


def changed(line: list[str], **cells: str) -> list[str]:
    names = ["number", "relation", "last", "first", "born", "cin", "rib", "mode", "begins", "ends"]
    return [cells.get(name, cell) for name, cell in zip(names, line, strict=True)]


def problems(*lines: list[str]) -> list[tuple[int, str]]:
    plan = plan_import(policy=PolicyFactory(), table=[HEAD, *lines])
    return [(problem.line, problem.column) for problem in plan.problems]


@pytest.mark.django_db
class TestWriting:
    @pytest.mark.req("E12", "E13")
    def test_a_member_and_their_family_are_written(self):
        plan = apply_import(policy=PolicyFactory(), table=[HEAD, MEMBER, CHILD])
        member = Member.objects.get()
        assert (plan.new_members, plan.new_families, plan.problems) == (1, 1, [])
        assert (member.cin, member.rib, member.birth_date) == ("BK12345", RIB, date(1980, 5, 17))
        assert member.beneficiaries.get().rights_to == date(2033, 3, 3)

    def test_the_same_list_twice_changes_nothing(self):
        policy = PolicyFactory()
        for _each in range(2):
            plan = apply_import(policy=policy, table=[HEAD, MEMBER, CHILD])
        assert (plan.new_members, plan.new_families) == (0, 0)
        assert (Member.objects.count(), Beneficiary.objects.count()) == (1, 1)

    def test_a_column_that_is_not_there_leaves_what_is_known(self):
        member = MemberFactory(number="1000")
        without = [HEAD[:6] + HEAD[7:], MEMBER[:6] + MEMBER[7:]]
        apply_import(policy=member.policy, table=without)
        member.refresh_from_db()
        assert (member.first_name, member.rib) == ("Salma", RIB)

    def test_right_lines_are_written_and_wrong_ones_are_not(self):
        other = changed(MEMBER, number="1001", cin="?")
        plan = apply_import(policy=PolicyFactory(), table=[HEAD, MEMBER, other])
        assert list(Member.objects.values_list("number", flat=True)) == ["1000"]
        assert [problem.line for problem in plan.problems] == [3]

    def test_members_of_another_policy_with_the_same_number_are_left_alone(self):
        stranger = MemberFactory(number="1000", first_name="Autre")
        apply_import(policy=PolicyFactory(), table=[HEAD, MEMBER])
        stranger.refresh_from_db()
        assert stranger.first_name == "Autre"

    def test_planning_costs_the_same_queries_for_one_line_or_many(self, django_assert_num_queries):
        policy = MemberFactory(number="1000").policy
        many = [changed(MEMBER, number=str(number)) for number in range(1001, 1041)]
        with django_assert_num_queries(2):
            plan_import(policy=policy, table=[HEAD, MEMBER, CHILD])
        with django_assert_num_queries(2):
            plan_import(policy=policy, table=[HEAD, *many, CHILD])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "column"),
    [
        (changed(MEMBER, number=""), "numéro"),
        (changed(MEMBER, number="12 ab"), "numéro"),
        (changed(MEMBER, relation="cousin"), "lien"),
        (changed(MEMBER, last="12"), "nom"),
        (changed(MEMBER, born="31/02/1980"), "naissance"),
        (changed(MEMBER, born="01/01/1850"), "naissance"),
        (changed(MEMBER, born="01/01/2200"), "naissance"),
        (changed(MEMBER, cin=""), "CIN"),
        (changed(MEMBER, rib=RIB[:-1] + "2"), "RIB"),
        (changed(MEMBER, mode="troc"), "mode"),
        (changed(MEMBER, begins=""), "droits du"),
        (changed(MEMBER, ends="01/01/2019"), "droits au"),
    ],
)
def test_a_wrong_cell_is_named(line, column):
    assert problems(line) == [(2, column)]


@pytest.mark.django_db
def test_the_same_person_twice_in_a_list_is_said():
    assert problems(MEMBER, CHILD, CHILD, MEMBER) == [(4, "numéro"), (5, "numéro")]


@pytest.mark.django_db
def test_a_child_without_a_member_is_said():
    assert problems(changed(CHILD, number="9999")) == [(2, "numéro")]


@pytest.mark.django_db
def test_a_list_without_its_headings_is_refused():
    with pytest.raises(MissingColumns) as missing:
        plan_import(policy=PolicyFactory(), table=[["a", "b"], MEMBER])
    assert "numéro" in missing.value.names


@pytest.mark.django_db(transaction=True)
def test_a_list_taken_in_twice_at_once_is_written_once():
    policy = PolicyFactory()
    waiting = MemberImport.objects.create(policy=policy, table=[HEAD, MEMBER, CHILD], made_by=AgentFactory())
    ends = at_once(*[lambda: take_in(import_id=waiting.pk)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["DoesNotExist", "Plan"]
    waiting.refresh_from_db()
    assert waiting.table == []


@pytest.mark.django_db
def test_a_list_nobody_took_in_is_deleted_after_a_day():
    MemberImport.objects.create(policy=PolicyFactory(), table=[HEAD], made_by=AgentFactory())
    assert prune_imports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert prune_imports() == 1


def xlsx(*lines: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "a;b\n1;é\n".encode(),
        "a;b\n1;é\n".encode("cp1252"),
        "\ufeffa,b\r\n1,é\r\n".encode(),
        "a\tb\n1\té\n\n\n".encode(),
        xlsx(["a", "b"], [1.0, "é"]),
    ],
    ids=["utf-8", "windows", "mark and commas", "tabs and empty lines", "xlsx"],
)
def test_lists_of_every_usual_kind_are_read(data):
    assert read_table(data) == [["a", "b"], ["1", "é"]]


def test_a_date_of_a_spreadsheet_is_read_as_a_day():
    assert read_table(xlsx(["naissance"], [date(1980, 5, 17)])) == [["naissance"], ["1980-05-17"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04not a workbook", "format"),
        (b"%PDF-1.7\x00", "format"),
        (b"a\n" * (LINES_MAX + 2), "too_long"),
    ],
)
def test_what_is_no_list_says_why(data, code):
    with pytest.raises(UnreadableTable) as refused:
        read_table(data)
    assert refused.value.code == code
