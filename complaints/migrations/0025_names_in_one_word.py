"""Names of known cases as they are searched: one letter for its variants, and in one word, for Ben Ali is also Benali."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from complaints.folding import search_name

BATCH = 5000
UPDATE = """
    UPDATE complaints_complainant AS known SET search_name = folded.name
    FROM unnest(%s::bigint[], %s::text[]) AS folded(id, name) WHERE known.id = folded.id
"""


def fold(apps: Any, schema_editor: Any) -> None:
    """Write the names that differ, a batch and a transaction at a time; safe to stop and to run twice."""
    people, after = apps.get_model("complaints", "Complainant").objects.order_by("pk"), 0
    columns = ("pk", "last_name", "first_name", "search_name")
    while batch := list(people.filter(pk__gt=after).values_list(*columns)[:BATCH]):
        after = batch[-1][0]
        names = {key: (search_name(last, first), known) for key, last, first, known in batch}
        changed = {key: name for key, (name, known) in names.items() if name != known}
        if changed:
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(UPDATE, [list(changed), list(changed.values())])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("complaints", "0024_names_folded")]

    operations = [migrations.RunPython(fold, migrations.RunPython.noop)]
