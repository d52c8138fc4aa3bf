import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The columns that every kind of case has, before they are filled."""

    dependencies = [("health_claims", "0014_case_names"), ("organisations", "0006_address_in_arabic")]

    operations = [
        migrations.CreateModel(
            name='ClaimDisposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_at', models.DateTimeField(verbose_name='clôturé le')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='à conserver jusqu’au')),
                ('explanation', models.JSONField(blank=True, null=True, verbose_name='calcul')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='supprimé le')),
                ('erased', models.JSONField(default=dict, verbose_name='ce qui a été supprimé')),
                ('document_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('files_gone_at', models.DateTimeField(blank=True, null=True, verbose_name='fichiers détruits, constaté le')),
                ('contact_marks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, editable=False, size=None)),
            ],
            options={
                'verbose_name': 'dossier supprimé',
                'verbose_name_plural': 'dossiers supprimés',
                'ordering': ['pk'],
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='DeclarationDisposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_at', models.DateTimeField(verbose_name='clôturé le')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='à conserver jusqu’au')),
                ('explanation', models.JSONField(blank=True, null=True, verbose_name='calcul')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='supprimé le')),
                ('erased', models.JSONField(default=dict, verbose_name='ce qui a été supprimé')),
                ('document_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('files_gone_at', models.DateTimeField(blank=True, null=True, verbose_name='fichiers détruits, constaté le')),
                ('contact_marks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, editable=False, size=None)),
            ],
            options={
                'verbose_name': 'déclaration supprimée',
                'verbose_name_plural': 'déclarations supprimées',
                'ordering': ['pk'],
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='claim',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='archivé le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='changed_at',
            field=models.DateTimeField(auto_now=True, verbose_name='modifié le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='channel',
            field=models.CharField(choices=[('web', 'En ligne'), ('post', 'Courrier'), ('phone', 'Téléphone'), ('email', 'E-mail'), ('counter', 'Guichet')], default='web', max_length=10, verbose_name='canal'),
        ),
        migrations.AddField(
            model_name='claim',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='clôturé le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='enregistré le'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='claim',
            name='disposed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='supprimé le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='due_at',
            field=models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), editable=False, verbose_name='prochaine échéance'),
        ),
        migrations.AddField(
            model_name='claim',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='signalé en retard le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='held_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='conservation ordonnée le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='language',
            field=models.CharField(default='fr', max_length=2, verbose_name='langue'),
        ),
        migrations.AddField(
            model_name='claim',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='tour'),
        ),
        migrations.AddField(
            model_name='claim',
            name='undelivered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='message non remis le'),
        ),
        migrations.AddField(
            model_name='claim',
            name='waiting_on',
            field=models.CharField(choices=[('desk', 'Au service'), ('person', 'À vous'), ('nobody', 'À personne')], default='desk', max_length=10, verbose_name='à qui de jouer'),
        ),
        migrations.AddField(
            model_name='claimdocument',
            name='event',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='health_claims.claimevent'),
        ),
        migrations.AddField(
            model_name='claimdocument',
            name='kind',
            field=models.CharField(choices=[('piece', 'Pièce du dossier'), ('complement', 'Complément'), ('sent', 'Document envoyé par le service')], default='complement', max_length=20),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='actor',
            field=models.CharField(choices=[('person', 'La personne'), ('staff', 'Le service'), ('portal', 'Le portail')], default='person', max_length=10, verbose_name='auteur'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='claimevent',
            name='from_state',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='on_behalf_of',
            field=models.CharField(blank=True, max_length=160, verbose_name='pour le compte de'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='archived_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='archivé le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='changed_at',
            field=models.DateTimeField(auto_now=True, verbose_name='modifié le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='channel',
            field=models.CharField(choices=[('web', 'En ligne'), ('post', 'Courrier'), ('phone', 'Téléphone'), ('email', 'E-mail'), ('counter', 'Guichet')], default='web', max_length=10, verbose_name='canal'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='clôturé le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='enregistré le'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='declaration',
            name='disposed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='supprimé le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='due_at',
            field=models.DateTimeField(default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), editable=False, verbose_name='prochaine échéance'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='signalé en retard le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='held_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='conservation ordonnée le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='tour'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='undelivered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='message non remis le'),
        ),
        migrations.AddField(
            model_name='declaration',
            name='waiting_on',
            field=models.CharField(choices=[('desk', 'Au service'), ('person', 'À vous'), ('nobody', 'À personne')], default='desk', max_length=10, verbose_name='à qui de jouer'),
        ),
        migrations.AddField(
            model_name='declarationdocument',
            name='event',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='health_claims.declarationevent'),
        ),
        migrations.AddField(
            model_name='declarationdocument',
            name='kind',
            field=models.CharField(choices=[('piece', 'Pièce du dossier'), ('complement', 'Complément'), ('sent', 'Document envoyé par le service')], default='piece', max_length=20),
        ),
        migrations.AddField(
            model_name='declarationevent',
            name='actor',
            field=models.CharField(choices=[('person', 'La personne'), ('staff', 'Le service'), ('portal', 'Le portail')], default='person', max_length=10, verbose_name='auteur'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='declarationevent',
            name='from_state',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='declarationevent',
            name='on_behalf_of',
            field=models.CharField(blank=True, max_length=160, verbose_name='pour le compte de'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.desk', verbose_name='guichet'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='number',
            field=models.CharField(max_length=20, unique=True, verbose_name='N° déclaration'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='opened_at',
            field=models.DateTimeField(verbose_name='reçu le'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='state',
            field=models.CharField(choices=[('opened', 'En cours de traitement'), ('complement', 'Complément demandé'), ('counter-visit', 'Contre-visite demandée'), ('computed', 'Décompte établi'), ('paid', 'Réglé'), ('refused', 'Refusé')], default='opened', max_length=20, verbose_name='état'),
        ),
        migrations.AlterField(
            model_name='claimdocument',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='health_claims.claim'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='at',
            field=models.DateTimeField(verbose_name='le'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='body',
            field=models.TextField(blank=True, verbose_name='texte'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='is_public',
            field=models.BooleanField(default=True, verbose_name='lu par la personne'),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Dossier ouvert'), ('message-in', 'Message envoyé au service'), ('message-out', 'Message du service'), ('complement-asked', 'Complément demandé'), ('closed', 'Dossier clôturé'), ('reopened', 'Dossier rouvert'), ('note', 'Note interne'), ('assigned', 'Dossier attribué'), ('deadline-moved', 'Échéance recalculée'), ('escalated', 'Échéance dépassée, signalée au guichet'), ('undelivered', 'Message non remis'), ('hold-placed', 'Suppression interdite'), ('hold-lifted', 'Suppression de nouveau permise'), ('archived', 'Dossier archivé'), ('disposal-proposed', 'Suppression proposée'), ('disposed', 'Dossier supprimé'), ('ask_complement', 'Complément demandé'), ('supply', 'Complément envoyé'), ('ask_counter_visit', 'Contre-visite demandée'), ('record_counter_visit', 'Avis de la contre-visite enregistré'), ('compute', 'Décompte établi'), ('refuse', 'Dossier refusé'), ('leave_batch', 'Sorti du lot'), ('review', 'Contrôle fait'), ('pay', 'Dossier réglé'), ('assign', 'Dossier attribué'), ('feedback', 'Avis de l’adhérent')], max_length=30),
        ),
        migrations.AlterField(
            model_name='claimevent',
            name='to_state',
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name='declaration',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.desk', verbose_name='guichet'),
        ),
        migrations.AlterField(
            model_name='declaration',
            name='number',
            field=models.CharField(max_length=20, unique=True, verbose_name='ID demande'),
        ),
        migrations.AlterField(
            model_name='declaration',
            name='opened_at',
            field=models.DateTimeField(verbose_name='reçu le'),
        ),
        migrations.AlterField(
            model_name='declaration',
            name='state',
            field=models.CharField(choices=[('created', 'Créée'), ('validated', 'Validée'), ('rejected', 'Rejetée')], default='created', max_length=20, verbose_name='statut'),
        ),
        migrations.AlterField(
            model_name='declarationdocument',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='health_claims.declaration'),
        ),
        migrations.AlterField(
            model_name='declarationevent',
            name='at',
            field=models.DateTimeField(verbose_name='le'),
        ),
        migrations.AlterField(
            model_name='declarationevent',
            name='body',
            field=models.TextField(blank=True, verbose_name='texte'),
        ),
        migrations.AlterField(
            model_name='declarationevent',
            name='is_public',
            field=models.BooleanField(default=True, verbose_name='lu par la personne'),
        ),
        migrations.AlterField(
            model_name='declarationevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Dossier ouvert'), ('message-in', 'Message envoyé au service'), ('message-out', 'Message du service'), ('complement-asked', 'Complément demandé'), ('closed', 'Dossier clôturé'), ('reopened', 'Dossier rouvert'), ('note', 'Note interne'), ('assigned', 'Dossier attribué'), ('deadline-moved', 'Échéance recalculée'), ('escalated', 'Échéance dépassée, signalée au guichet'), ('undelivered', 'Message non remis'), ('hold-placed', 'Suppression interdite'), ('hold-lifted', 'Suppression de nouveau permise'), ('archived', 'Dossier archivé'), ('disposal-proposed', 'Suppression proposée'), ('disposed', 'Dossier supprimé'), ('sent', 'Demande envoyée'), ('validate', 'Déclaration validée'), ('reject', 'Déclaration rejetée'), ('ask_complement', 'Complément demandé'), ('supply', 'Complément envoyé'), ('assign', 'Déclaration attribuée'), ('set_aside', 'Mise de côté'), ('attach', 'Rattachée à l’adhérent')], max_length=30),
        ),
        migrations.AlterField(
            model_name='declarationevent',
            name='to_state',
            field=models.CharField(max_length=20),
        ),
        migrations.AddField(
            model_name='claimdisposal',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.disposalbatch', verbose_name='suppression'),
        ),
        migrations.AddField(
            model_name='claimdisposal',
            name='case',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disposal', to='health_claims.claim', verbose_name='dossier maladie'),
        ),
        migrations.AddField(
            model_name='declarationdisposal',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.disposalbatch', verbose_name='suppression'),
        ),
        migrations.AddField(
            model_name='declarationdisposal',
            name='case',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disposal', to='health_claims.declaration', verbose_name='déclaration'),
        ),
        migrations.AddIndex(
            model_name='claimdisposal',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['batch'], name='claimdisposal_to_do'),
        ),
        migrations.AddIndex(
            model_name='claimdisposal',
            index=models.Index(condition=models.Q(('done_at__isnull', False), ('files_gone_at__isnull', True)), fields=['id'], name='claimdisposal_files'),
        ),
        migrations.AddIndex(
            model_name='declarationdisposal',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['batch'], name='declarationdisposal_to_do'),
        ),
        migrations.AddIndex(
            model_name='declarationdisposal',
            index=models.Index(condition=models.Q(('done_at__isnull', False), ('files_gone_at__isnull', True)), fields=['id'], name='declarationdisposal_files'),
        ),
    ]
