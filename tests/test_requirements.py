"""`docs/requirements.md` says what is true: every row is there, and what is done has a test that shows it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "requirements.md"
STATUSES = {"done", "partly", "later"}
# Each source of rows, with the number of its last row; the rows of a source have no gap.
SOURCES = {"A": 44, "B": 36, "C": 46, "D": 154, "E": 141, "F": 52, "N": 10}
ASKED = [f"{source}{number}" for source, last in SOURCES.items() for number in range(1, last + 1)]


@cache
def rows() -> dict[str, dict[str, str]]:
    """Return the lines of all tables by row id, under the names of their columns."""
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
    """Return the ids of every `pytest.mark.req(…)` inside a node."""
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "req"]
    return {str(argument.value) for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)}


@cache
def marked_tests() -> dict[str, set[str]]:
    """Return the rows that each test, « file::name », is marked with. The marks of a module count for all its tests."""
    found = {}
    for path in TESTS.rglob("test_*.py"):
        module = ast.parse(path.read_text())
        everywhere = [rows_marked(statement) for statement in module.body if isinstance(statement, ast.Assign)]
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                own = [rows_marked(decorator) for decorator in node.decorator_list]
                found[f"{path.relative_to(TESTS)}::{node.name}"] = set().union(*everywhere, *own)
    return found


def test_every_row_has_its_line() -> None:
    assert [row for row in ASKED if row not in rows()] == []


def test_each_line_has_a_status_and_says_where_it_is() -> None:
    assert {row: line["status"] for row, line in rows().items() if line["status"] not in STATUSES} == {}
    assert [row for row, line in rows().items() if not line["what"] or not line["where"]] == []


def test_each_row_that_is_partly_there_says_what_is_missing() -> None:
    partly = {row: line["what"] for row, line in rows().items() if line["status"] == "partly"}
    assert [row for row, what in partly.items() if "Missing: " not in what] == []


def test_each_row_that_is_done_has_a_test_marked_with_it() -> None:
    shown = set().union(*marked_tests().values())
    assert [row for row, line in rows().items() if line["status"] == "done" and row not in shown] == []


def test_each_test_named_exists_and_is_marked_with_its_row() -> None:
    named = {row: line["test"].strip("`") for row, line in rows().items() if line["status"] != "later"}
    assert {row: test for row, test in named.items() if row not in marked_tests().get(test, set())} == {}


def test_each_row_that_a_test_shows_is_on_the_page() -> None:
    shown = set().union(*marked_tests().values())
    assert shown - set(rows()) == set()
