from django.db import migrations


class Migration(migrations.Migration):
    """The columns and relations that every kind of case has get their common names."""

    dependencies = [("health_claims", "0013_quote_answers"), ("cases", "0002_disposals")]

    operations = [
        migrations.RemoveIndex("declaration", "declaration_of_member"),
        migrations.RemoveIndex("declaration", "declaration_queue"),
        migrations.RemoveIndex("declaration", "declaration_waiting"),
        migrations.RemoveIndex("declaration", "declaration_desk_recent"),
        migrations.RemoveIndex("declaration", "declaration_recent"),
        migrations.RemoveIndex("declarationevent", "event_of_declaration"),
        migrations.RemoveIndex("claimevent", "event_of_claim"),
        migrations.RenameModel("DeclarationPiece", "DeclarationDocument"),
        migrations.RenameModel("ClaimPiece", "ClaimDocument"),
        migrations.RenameField("declaration", "reference", "number"),
        migrations.RenameField("declaration", "created_at", "opened_at"),
        migrations.RenameField("declarationevent", "declaration", "case"),
        migrations.RenameField("declarationdocument", "declaration", "case"),
        migrations.RenameField("claimevent", "claim", "case"),
        migrations.RenameField("claimdocument", "claim", "case"),
    ]
