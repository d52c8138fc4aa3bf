"""Names of known cases were folded here first. 0025 folds them as they are searched now, so that nothing is left to do."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0023_endings_told")]

    operations = []
