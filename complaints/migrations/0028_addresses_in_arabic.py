from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0027_late_letter'),
    ]

    operations = [
        migrations.RenameField(model_name='mediator', old_name='postal_address', new_name='postal_address_fr'),
        migrations.AlterField(
            model_name='mediator',
            name='postal_address_fr',
            field=models.TextField(blank=True, verbose_name='adresse postale (fr)'),
        ),
        migrations.AddField(
            model_name='mediator',
            name='postal_address_ar',
            field=models.TextField(blank=True, verbose_name='adresse postale (ar)'),
        ),
        migrations.RenameField(model_name='recipient', old_name='postal_address', new_name='postal_address_fr'),
        migrations.AlterField(
            model_name='recipient',
            name='postal_address_fr',
            field=models.TextField(verbose_name='adresse postale (fr)'),
        ),
        migrations.AddField(
            model_name='recipient',
            name='postal_address_ar',
            field=models.TextField(blank=True, verbose_name='adresse postale (ar)'),
        ),
    ]
