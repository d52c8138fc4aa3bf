import django.db.models.deletion
from django.db import migrations, models

from claims_portal.cases.operations import WriteEventsOnce


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps true of cases, once their columns are filled."""

    dependencies = [("complaints", "0031_case_values")]

    operations = [
        migrations.AlterField(
            model_name='disposal',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.disposalbatch', verbose_name='suppression'),
        ),
        migrations.RemoveField(
            model_name='disposal',
            name='email_mark',
        ),
        migrations.RemoveField(
            model_name='disposal',
            name='mobile_mark',
        ),
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('is_promise', True), ('stopped_at__isnull', True)), fields=['due_at'], name='clock_promised'),
        ),
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('escalated_at__isnull', True), ('is_promise', True), ('stopped_at__isnull', True)), fields=['due_at'], name='clock_to_escalate'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['desk', '-opened_at', '-id'], name='complaint_desk_recent'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['-opened_at', '-id'], include=('desk', 'category', 'assigned_to', 'answered_at', 'waiting_on', 'due_at'), name='complaint_recent'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['desk', 'state', '-opened_at', '-id'], name='complaint_desk_state'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('waiting_on', 'desk')), fields=['desk', 'due_at', 'id'], name='complaint_desk_due'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('waiting_on', 'desk')), fields=['due_at', 'id'], name='complaint_due'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('waiting_on', 'person')), fields=['desk', '-opened_at', '-id'], name='complaint_desk_waits'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('waiting_on', 'person')), fields=['-opened_at', '-id'], name='complaint_waits'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('undelivered_at__isnull', False)), fields=['desk', '-opened_at', '-id'], name='complaint_undelivered'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['case', 'at', 'id'], name='event_of_complaint'),
        ),
        migrations.AddConstraint(
            model_name='clock',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'round'), name='clock_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(models.F('case'), condition=models.Q(('ended_at__isnull', True)), name='pause_open_once'),
        ),
        migrations.DeleteModel(
            name='DisposalBatch',
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['assigned_to', 'due_at', 'id'], include=('desk',), name='complaint_mine'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('assigned_to', None), ('closed_at__isnull', True)), fields=['due_at', 'id'], name='complaint_all_unassigned'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('assigned_to', None), ('closed_at__isnull', True)), fields=['desk', 'due_at', 'id'], name='complaint_unassigned'),
        ),
        WriteEventsOnce("complaints_event"),
    ]
