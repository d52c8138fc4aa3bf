"""`docs/requirements.md` says what is true: every row is there, and what is done has a test that shows it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "requirements.md"
STATUSES = {"done", "partly", "later"}
# The rows named by the issue about complaints.
ASKED = [
    *(f"A{number}" for number in range(1, 45)),
    *(f"C{number}" for number in (*range(1, 34), 36)),
    *("F1", "F2", "F3", "F6", "F7", "F27", "F32", "F36", "N3", "N5", "N7"),
]


@cache
def rows() -> dict[str, dict[str, str]]:
    """The lines of both tables by row id, under the names of their columns."""
    found: dict[str, dict[str, str]] = {}
    columns: list[str] = []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        if cells[0] == "id":
            columns = cells
            continue
        assert cells[0] not in found, f"{cells[0]} is there twice"
        found[cells[0]] = dict(zip(columns, cells, strict=True))
    return found


def rows_marked(node: ast.AST) -> set[str]:
    """The ids of every `pytest.mark.req(…)` inside."""
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "req"]
    return {str(argument.value) for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)}


@cache
def marked_tests() -> dict[str, set[str]]:
    """Every test of the project, « file::name », with the rows it is marked with; a module's marks are its tests'."""
    found = {}
    for path in TESTS.rglob("test_*.py"):
        module = ast.parse(path.read_text())
        everywhere = [rows_marked(each) for each in module.body if isinstance(each, ast.Assign)]
        for each in ast.walk(module):
            if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
                own = [rows_marked(decorator) for decorator in each.decorator_list]
                found[f"{path.relative_to(TESTS)}::{each.name}"] = set().union(*everywhere, *own)
    return found


def test_every_row_of_the_issue_has_its_line() -> None:
    assert [row for row in ASKED if row not in rows()] == []


def test_each_line_has_a_status_and_says_where_it_is() -> None:
    asked = {row: rows()[row] for row in ASKED}
    assert {row: line["status"] for row, line in asked.items() if line["status"] not in STATUSES} == {}
    assert [row for row, line in rows().items() if not line["what"] or not line["where"]] == []


@pytest.mark.parametrize("row", ASKED)
def test_a_row_that_is_done_has_a_test_marked_with_it(row: str) -> None:
    if rows()[row]["status"] == "done":
        assert any(row in marks for marks in marked_tests().values())


def test_each_test_named_exists_and_is_marked_with_its_row() -> None:
    named = {row: line["test"].strip("`") for row, line in rows().items() if line.get("status") != "later"}
    assert {row: test for row, test in named.items() if row not in marked_tests().get(test, set())} == {}


def test_each_row_that_a_test_shows_is_on_the_page() -> None:
    shown = set().union(*marked_tests().values())
    assert shown - set(rows()) == set()
