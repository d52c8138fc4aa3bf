from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_sender_name'),
    ]

    operations = [
        migrations.RenameField(model_name='desk', old_name='postal_address', new_name='postal_address_fr'),
        migrations.AlterField(
            model_name='desk',
            name='postal_address_fr',
            field=models.TextField(blank=True, verbose_name='adresse postale (fr)'),
        ),
        migrations.AddField(
            model_name='desk',
            name='postal_address_ar',
            field=models.TextField(blank=True, verbose_name='adresse postale (ar)'),
        ),
    ]
