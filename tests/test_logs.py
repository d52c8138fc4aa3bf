"""Log lines keep the page and the fault, never a number, a token or a value."""

from __future__ import annotations

import pytest

from claims_portal.logs import mask


@pytest.mark.parametrize(
    "secret",
    [
        "405371405010",
        "067c6d4c-8545-4afb-8579-ac37a2f5198a",
        "0f7Yq3b1mPz0vV2k9eE3WQ5cJtZlXr8sUuD4aHnGyT0",
    ],
)
def test_an_address_is_logged_without_its_number_or_token(secret: str) -> None:
    assert secret not in mask(None, "", {"request": f"GET /ar/reclamations/suivi/{secret}/"})["request"]


def test_the_name_of_a_page_stays_readable() -> None:
    line = {"request": "GET /reclamations/mes-reclamations/"}
    assert mask(None, "", dict(line)) == line


def test_the_values_of_a_refused_row_are_left_out() -> None:
    exception = "IntegrityError: duplicate key\nDETAIL:  Key (email)=(amina@exemple.ma) already exists."
    assert "amina" not in mask(None, "", {"exception": exception})["exception"]
