import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0002_rightsdelay_retention'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='rightsrequest',
            name='rights_met_once_identity_is_checked',
        ),
        migrations.RemoveConstraint(
            model_name='rightsrequest',
            name='rights_refused_with_a_reason',
        ),
        migrations.RemoveIndex(
            model_name='rightsrequest',
            name='rights_pending',
        ),
        migrations.RenameField("rightsrequest", "state", "decision"),
        migrations.RunSQL("UPDATE privacy_rightsrequest SET decision = 'granted' WHERE decision = 'accepted'"),
        migrations.AlterField(
            model_name='rightsrequest',
            name='decision',
            field=models.CharField(choices=[('pending', 'À traiter'), ('granted', 'Acceptée'), ('partial', 'Acceptée en partie'), ('refused', 'Refusée')], default='pending', max_length=10, verbose_name='réponse'),
        ),
        migrations.AddField(
            model_name='rightsrequest',
            name='decision_note',
            field=models.CharField(blank=True, max_length=500, verbose_name='précision'),
        ),
        migrations.AlterField(
            model_name='rightsrequest',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='décidé le'),
        ),
        migrations.AlterField(
            model_name='rightsrequest',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidé par'),
        ),
        migrations.AddIndex(
            model_name='rightsrequest',
            index=models.Index(condition=models.Q(('decision', 'pending')), fields=['due_at', 'id'], name='rights_pending'),
        ),
        migrations.AddConstraint(
            model_name='rightsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', 'pending')), models.Q(models.Q(('decision', 'pending'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='rightsrequest_decided_at_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='rightsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['granted', 'partial']), _negated=True), ('identity_checked', True), _connector='OR'), name='rights_met_once_identity_is_checked'),
        ),
        migrations.AddConstraint(
            model_name='rightsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ['partial', 'refused']), _negated=True), models.Q(('refusal', ''), _negated=True), _connector='OR'), name='rights_refused_with_a_reason'),
        ),
    ]

