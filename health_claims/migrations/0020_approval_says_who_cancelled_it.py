
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_released'),
        ('health_claims', '0019_claim_says_why_and_how_it_ended'),
        ('membership', '0009_sensitive_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='priorapproval',
            name='cancel_reason',
            field=models.CharField(blank=True, max_length=500, verbose_name='motif de l’annulation'),
        ),
        migrations.AddField(
            model_name='priorapproval',
            name='cancelled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='annulé le'),
        ),
        migrations.AddField(
            model_name='priorapproval',
            name='cancelled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='annulé par'),
        ),
        migrations.AddConstraint(
            model_name='priorapproval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False), ('decision', 'cancelled'), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='cancelled_approval_says_who_and_why'),
        ),
    ]
