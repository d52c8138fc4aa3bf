from django.db import migrations

# Events say who did them. The clocks say what they promise.
FORWARDS = """
UPDATE complaints_event SET actor = CASE
    WHEN user_id IS NOT NULL THEN 'staff'
    WHEN kind IN ('deadline-moved', 'escalated', 'late-told', 'archived', 'routed', 'undelivered', 'closing-announced',
                  'closed-in-silence') THEN 'portal'
    ELSE 'person' END
WHERE user_id IS NOT NULL OR kind IN ('deadline-moved', 'escalated', 'late-told', 'archived', 'routed', 'undelivered',
                                      'closing-announced', 'closed-in-silence');

UPDATE complaints_clock SET is_promise = kind IN ('acknowledgement', 'answer'), can_pause = kind = 'answer'
WHERE kind NOT IN ('acknowledgement');

UPDATE complaints_disposal SET contact_marks = array_remove(ARRAY[email_mark, mobile_mark], '');

INSERT INTO cases_disposalbatch
    (id, kind, desk_id, reason, state, size, proposed_by_id, proposed_at, decided_by_id, decided_at)
SELECT id, 'complaint', desk_id, reason, state, size, proposed_by_id, proposed_at, decided_by_id, decided_at
FROM complaints_disposalbatch;
SELECT setval(pg_get_serial_sequence('cases_disposalbatch', 'id'), GREATEST((SELECT MAX(id) FROM cases_disposalbatch), 1),
              EXISTS (SELECT FROM cases_disposalbatch));

-- The right to read the disposals moves with their table: whoever had it keeps it.
UPDATE django_content_type SET app_label = 'cases' WHERE app_label = 'complaints' AND model = 'disposalbatch';
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0030_case_columns")]
    operations = [migrations.RunSQL(FORWARDS)]
