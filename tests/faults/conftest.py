"""One portal for all fault tests; each must leave it healthy for the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.faults.cases", "tests.faults.client", "tests.faults.stack")

from .stack import Stack, running_stack  # noqa: E402 -- after its assertions were made to speak


@pytest.fixture(scope="package")
def stack(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Stack]:
    with running_stack() as running:
        yield running
        if request.session.testsfailed:
            running.show_logs()
