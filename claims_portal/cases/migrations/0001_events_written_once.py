from django.db import migrations

# The words of an event may be erased with its case (retention); the rest of it, never.
FINAL = """
CREATE FUNCTION cases_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.body = '' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An event of a case is written once, and stays.';
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FINAL, "DROP FUNCTION cases_event_is_final();")]
