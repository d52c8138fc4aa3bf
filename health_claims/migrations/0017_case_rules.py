from django.db import migrations, models

from claims_portal.cases.operations import WriteEventsOnce


class Migration(migrations.Migration):
    """What PostgreSQL itself keeps true of cases, once their columns are filled."""

    dependencies = [("health_claims", "0016_case_values")]

    operations = [
        migrations.RemoveField(
            model_name='declarationdocument',
            name='is_complement',
        ),
        migrations.AddIndex(
            model_name='claimevent',
            index=models.Index(fields=['case', 'at', 'id'], name='event_of_claim'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(fields=['member', '-opened_at', '-id'], name='declaration_of_member'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(condition=models.Q(('state', 'created')), fields=['desk', 'opened_at', 'id'], include=('waiting_on',), name='declaration_queue'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(condition=models.Q(('state', 'created')), fields=['opened_at', 'id'], include=('waiting_on',), name='declaration_waiting'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(fields=['desk', '-opened_at', '-id'], name='declaration_desk_recent'),
        ),
        migrations.AddIndex(
            model_name='declaration',
            index=models.Index(fields=['-opened_at', '-id'], name='declaration_recent'),
        ),
        migrations.AddIndex(
            model_name='declarationevent',
            index=models.Index(fields=['case', 'at', 'id'], name='event_of_declaration'),
        ),
        WriteEventsOnce("health_claims_declarationevent"),
        WriteEventsOnce("health_claims_claimevent"),
    ]
