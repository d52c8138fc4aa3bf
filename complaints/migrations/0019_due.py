"""Each case learns when its nearest promise is due, as `complaints.services.clocks` keeps it from now on."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations, models

BATCH = 5000
FILL = """
    UPDATE complaints_complaint AS promised SET due_at = nearest.due_at
    FROM (
        SELECT clock.complaint_id, min(clock.due_at) AS due_at
        FROM complaints_clock AS clock
        WHERE clock.complaint_id BETWEEN %s AND %s
          AND clock.stopped_at IS NULL
          AND clock.kind IN ('acknowledgement', 'answer')
          AND NOT (clock.kind = 'answer' AND EXISTS (
              SELECT 1 FROM complaints_pause AS pause
              WHERE pause.complaint_id = clock.complaint_id AND pause.ended_at IS NULL))
        GROUP BY clock.complaint_id
    ) AS nearest
    WHERE promised.id = nearest.complaint_id
"""


def fill(_apps: Any, schema_editor: Any) -> None:
    """A batch of cases at a time, each in its own short transaction; running it again changes nothing."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM complaints_complaint")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, BATCH):
            cursor.execute(FILL, [start, start + BATCH - 1])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0018_savedfilter_used_at")]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="due_at",
            field=models.DateTimeField(
                default=datetime(9999, 1, 1, tzinfo=UTC), editable=False, verbose_name="prochaine échéance"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
