from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# The name of each constraint, what a row that breaks it lacks, and how to find such rows.
RULES = [
    ("claim_amount_is_not_negative", "a negative amount", Q(amount__lt=0)),
    ("refusal_has_a_reason", "a refusal without a reason", Q(state="refused", reason=None)),
    (
        "paid_claim_has_a_batch_and_a_date",
        "a payment without a batch or a date",
        Q(state="paid") & (Q(batch=None) | Q(paid_at=None)),
    ),
]


def require_valid_claims(apps: Any, schema_editor: Any) -> None:
    """Count the claims that break a rule, and stop before any is changed: nobody can guess what they lack."""
    rows = apps.get_model("health_claims", "Claim").objects.using(schema_editor.connection.alias)
    found = []
    for name, words, condition in RULES:
        wrong = rows.filter(condition).order_by("pk")
        if count := wrong.count():
            numbers = ", ".join(wrong.values_list("number", flat=True)[:10])
            found.append(f"{count} with {words} ({name}), such as {numbers}")
    if found:
        raise ValueError("Claims to correct before this migration: " + "; ".join(found) + ".")


class Migration(migrations.Migration):
    """Have PostgreSQL keep what a claim's end says, and keep the rows that are evidence."""

    dependencies = [("health_claims", "0018_undelivered_by_index"), ("membership", "0009_sensitive_changes")]

    operations = [
        migrations.RunPython(require_valid_claims, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(condition=Q(amount__gte=0), name="claim_amount_is_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=~Q(state="refused") | Q(reason__isnull=False), name="refusal_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=~Q(state="paid") | Q(batch__isnull=False, paid_at__isnull=False),
                name="paid_claim_has_a_batch_and_a_date",
            ),
        ),
        migrations.AlterField(
            model_name="accountreturn",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="account_returns",
                to="membership.member",
                verbose_name="adhérent",
            ),
        ),
        migrations.AlterField(
            model_name="claimdocument",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="health_claims.claim"
            ),
        ),
        migrations.AlterField(
            model_name="declarationdocument",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="health_claims.declaration"
            ),
        ),
        migrations.AlterField(
            model_name="identitypaper",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="membership.member",
                verbose_name="adhérent",
            ),
        ),
        migrations.AlterField(
            model_name="reviewrule",
            name="policy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review_rules",
                to="membership.policy",
                verbose_name="police",
            ),
        ),
    ]
