"""The demonstration's catalogue, loaded once for all the tests of a module that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models

from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector
from claims_portal.privacy.models import RightsDelay
from complaints.management.commands.load_demo import CATALOGUE
from complaints.models import (
    AnswerTemplate,
    AskedField,
    Category,
    Mediation,
    Mediator,
    Outcome,
    Procedure,
    Reason,
    Respondent,
)
from complaints.services.catalogue import load_catalogue
from tests.rows import Rows

# In an order in which they can be deleted.
MODELS: list[type[models.Model]] = [
    AnswerTemplate,
    Outcome,
    Reason,
    Mediation,
    Mediator,
    AskedField,
    Category,
    Procedure,
    Respondent,
    LegalText,
    RightsDelay,
    Desk,
    Organisation,
    Sector,
    Delay,
    Calendar,
]


@pytest.fixture(scope="session")
def institutions() -> Rows:
    return Rows(lambda: load_catalogue(folder=CATALOGUE))


@pytest.fixture(scope="module")
def catalogue(django_db_setup: None, django_db_blocker: Any, institutions: Rows) -> Iterator[None]:
    with django_db_blocker.unblock():
        institutions.put()
    yield
    with django_db_blocker.unblock():
        for model in MODELS:
            model._default_manager.all().delete()
