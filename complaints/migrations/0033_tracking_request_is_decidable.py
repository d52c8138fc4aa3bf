import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0032_case_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='trackingrequest',
            name='one_pending_tracking_request',
        ),
        migrations.RemoveIndex(
            model_name='trackingrequest',
            name='tracking_request',
        ),
        migrations.RenameField("trackingrequest", "state", "decision"),
        migrations.RunSQL("UPDATE complaints_trackingrequest SET decision = 'granted' WHERE decision = 'accepted'"),
        migrations.AlterField(
            model_name='trackingrequest',
            name='decision',
            field=models.CharField(choices=[('pending', 'À décider'), ('granted', 'Accordé'), ('partial', 'Accordé en partie'), ('refused', 'Refusé'), ('cancelled', 'Annulé')], default='pending', max_length=10, verbose_name='décision'),
        ),
        migrations.AddField(
            model_name='trackingrequest',
            name='decision_note',
            field=models.CharField(blank=True, max_length=500, verbose_name='précision'),
        ),
        migrations.AlterField(
            model_name='trackingrequest',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='décidé le'),
        ),
        migrations.AlterField(
            model_name='trackingrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidé par'),
        ),
        migrations.AddIndex(
            model_name='trackingrequest',
            index=models.Index(condition=models.Q(('decision', 'pending')), fields=['desk', 'created_at', 'id'], name='tracking_request'),
        ),
        migrations.AddConstraint(
            model_name='trackingrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', 'pending')), models.Q(models.Q(('decision', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='trackingrequest_decided_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='trackingrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'pending')), fields=('desk', 'number', 'name', 'letter_reference', 'email', 'mobile'), name='one_pending_tracking_request'),
        ),
    ]

