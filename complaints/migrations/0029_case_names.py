from django.db import migrations


class Migration(migrations.Migration):
    """The columns and relations that every kind of case has get their common names."""

    dependencies = [("complaints", "0028_addresses_in_arabic"), ("cases", "0002_disposals")]

    operations = [
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_mine',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_all_unassigned',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_unassigned',
        ),
        migrations.RemoveConstraint(
            model_name='clock',
            name='one_clock_of_a_kind',
        ),
        migrations.RemoveConstraint(
            model_name='pause',
            name='one_open_pause_a_complaint',
        ),
        migrations.RemoveIndex(
            model_name='clock',
            name='clock_promised',
        ),
        migrations.RemoveIndex(
            model_name='clock',
            name='clock_to_escalate',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_desk_recent',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_desk_state',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_undelivered',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_desk_due',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_due',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_desk_waits',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_waits',
        ),
        migrations.RemoveIndex(
            model_name='complaint',
            name='complaint_recent',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_of_complaint',
        ),
        migrations.RenameField("complaint", "received_at", "opened_at"),
        migrations.RenameField("complaint", "turn", "waiting_on"),
        # The parties get the names that every kind of case uses; the next migration makes the column shorter.
        migrations.RunSQL("UPDATE complaints_complaint SET waiting_on = 'person' WHERE waiting_on = 'complainant'"),
        migrations.RenameField("event", "complaint", "case"),
        migrations.RenameField("clock", "complaint", "case"),
        migrations.RenameField("pause", "complaint", "case"),
        migrations.RenameField("complaintdocument", "complaint", "case"),
        migrations.RenameField("disposal", "complaint", "case"),
    ]
