"""The data migration that writes known names as they are searched now."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection

from complaints.models import Complainant
from tests.factories.complaints import ComplaintFactory

migration = importlib.import_module("complaints.migrations.0025_names_in_one_word")


@pytest.mark.django_db
def test_known_names_are_folded_in_batches_and_those_erased_stay_empty(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    for last_name in ("الهاشمي", "Ben-Ali", ""):
        ComplaintFactory(complainant__last_name=last_name, complainant__first_name="")
    Complainant.objects.exclude(last_name="").update(search_name="avant")
    with connection.schema_editor() as editor:
        for _again in range(2):
            migration.fold(apps, editor)
    assert list(Complainant.objects.order_by("pk").values_list("search_name", flat=True)) == ["الهاشمي", "benali", ""]
