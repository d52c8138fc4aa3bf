
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_member_changes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('case-opened', 'Dossier ouvert'), ('case-printed', 'Dossier imprimé'), ('letter-printed', 'Courrier imprimé'), ('request-opened', 'Demande de suivi ouverte'), ('document-read', 'Document lu'), ('exported', 'Données exportées'), ('imported', 'Données importées'), ('signed-in', 'Connexion'), ('sign-in-refused', 'Connexion refusée'), ('factor-enrolled', 'Second facteur activé'), ('factor-passed', 'Second facteur donné'), ('factor-refused', 'Second facteur refusé'), ('factor-reset', 'Second facteur réinitialisé'), ('codes-renewed', 'Codes de secours renouvelés'), ('role-changed', 'Droits modifiés'), ('account-changed', 'Compte modifié'), ('password-changed', 'Mot de passe modifié'), ('disposal-proposed', 'Suppression de dossiers proposée'), ('disposal-approved', 'Suppression de dossiers approuvée'), ('rights-answered', 'Réponse à une demande sur des données'), ('disposal-refused', 'Suppression de dossiers refusée'), ('account-returned', 'Compte rendu à l’adhérent'), ('member-changed', 'RIB, CIN, naissance ou droits modifiés'), ('change-disputed', 'Changement contesté par l’adhérent'), ('change-released', 'Règlements libérés'), ('approval-cancelled', 'Accord préalable annulé')], max_length=20, verbose_name='action'),
        ),
    ]
