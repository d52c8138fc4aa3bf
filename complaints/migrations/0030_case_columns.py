import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The columns that every kind of case has, before they are filled."""

    dependencies = [
        ("complaints", "0029_case_names"),
        ("organisations", "0006_address_in_arabic"),
    ]

    operations = [
        migrations.AddField(
            model_name='clock',
            name='can_pause',
            field=models.BooleanField(default=False, verbose_name='suspendu pendant une demande de complément'),
        ),
        migrations.AddField(
            model_name='clock',
            name='is_promise',
            field=models.BooleanField(default=True, verbose_name='engagement du service'),
        ),
        migrations.AddField(
            model_name='clock',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='tour'),
        ),
        migrations.AddField(
            model_name='complaint',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='tour'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='contact_marks',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='event',
            name='actor',
            field=models.CharField(choices=[('person', 'La personne'), ('staff', 'Le service'), ('portal', 'Le portail')], default='person', max_length=10, verbose_name='auteur'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='event',
            name='on_behalf_of',
            field=models.CharField(blank=True, max_length=160, verbose_name='pour le compte de'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='archivé le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='changed_at',
            field=models.DateTimeField(auto_now=True, verbose_name='modifié le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='clôturé le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, verbose_name='enregistré le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.desk', verbose_name='guichet'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='disposed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='supprimé le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='signalé en retard le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='number',
            field=models.CharField(max_length=20, unique=True, verbose_name='numéro'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='opened_at',
            field=models.DateTimeField(verbose_name='reçu le'),
        ),
        migrations.AlterField(
            model_name='complaint',
            name='waiting_on',
            field=models.CharField(choices=[('desk', 'Au service'), ('person', 'À vous'), ('nobody', 'À personne')], default='desk', max_length=10, verbose_name='à qui de jouer'),
        ),
        migrations.AlterField(
            model_name='disposal',
            name='closed_at',
            field=models.DateTimeField(verbose_name='clôturé le'),
        ),
        migrations.AlterField(
            model_name='disposal',
            name='done_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='supprimé le'),
        ),
        migrations.AlterField(
            model_name='event',
            name='at',
            field=models.DateTimeField(verbose_name='le'),
        ),
        migrations.AlterField(
            model_name='event',
            name='body',
            field=models.TextField(blank=True, verbose_name='texte'),
        ),
        migrations.AlterField(
            model_name='event',
            name='is_public',
            field=models.BooleanField(default=True, verbose_name='lu par la personne'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('filed', 'Réclamation déposée'), ('acknowledged', 'Réclamation prise en charge'), ('complement-asked', 'Complément demandé'), ('message-in', 'Message envoyé au service'), ('message-out', 'Message du service'), ('answered', 'Réponse apportée'), ('closed', 'Réclamation clôturée'), ('closing-announced', 'Clôture prochaine annoncée'), ('closed-in-silence', 'Réclamation clôturée, sans nouvelle de votre part'), ('reopened', 'Réclamation rouverte'), ('note', 'Note interne'), ('assigned', 'Réclamation attribuée'), ('deadline-moved', 'Échéance recalculée'), ('escalated', 'Échéance dépassée, signalée au guichet'), ('late-told', 'Retard annoncé par courrier'), ('undelivered', 'Message non remis'), ('contact-added', 'Suivi en ligne ouvert'), ('hold-placed', 'Suppression interdite'), ('hold-lifted', 'Suppression de nouveau permise'), ('archived', 'Dossier archivé'), ('disposal-proposed', 'Suppression proposée'), ('disposed', 'Dossier supprimé'), ('linked', 'Lien entre dossiers'), ('merged', 'Réunie avec une autre réclamation'), ('absorbed', 'Autre réclamation réunie avec celle-ci'), ('transferred', 'Réclamation transmise à un autre guichet'), ('referred', 'Réclamation transmise à un autre organisme'), ('routed', 'Attribuée par une règle')], max_length=30),
        ),
    ]
