from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('membership', '0007_family_ceilings'),
    ]

    operations = [
        migrations.RenameField(
            model_name='policy', old_name='member_number_label', new_name='member_number_label_fr'
        ),
        migrations.AlterField(
            model_name='policy',
            name='member_number_label_fr',
            field=models.CharField(default='DRPP', max_length=40, verbose_name='nom du numéro d’adhérent (fr)'),
        ),
        migrations.AddField(
            model_name='policy',
            name='member_number_label_ar',
            field=models.CharField(blank=True, max_length=40, verbose_name='nom du numéro d’adhérent (ar)'),
        ),
    ]
