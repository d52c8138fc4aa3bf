"""A card for each person of the family, beside the member's own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("membership", "0005_member_cards")]

    operations = [
        migrations.AlterField(
            model_name="membercard",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="cards",
                to="membership.member",
                verbose_name="adhérent",
            ),
        ),
        migrations.AddField(
            model_name="membercard",
            name="beneficiary",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="membership.beneficiary",
                verbose_name="bénéficiaire",
            ),
        ),
        migrations.AddConstraint(
            model_name="membercard",
            constraint=models.UniqueConstraint(
                fields=("member", "beneficiary"), name="one_card_a_person", nulls_distinct=False
            ),
        ),
    ]
