from typing import Any

from django.db import migrations

# django-axes is gone: wrong passwords are counted by accounts.throttles, whose rows are deleted every night.
DROP_TABLES = """
DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accesslog, axes_accessfailurelog;
DELETE FROM django_migrations WHERE app = 'axes';
"""


def delete_content_types(apps: Any, schema_editor: Any) -> None:
    """Delete the content types of the tables, with the permissions and grants that refer to them."""
    apps.get_model("contenttypes", "ContentType").objects.filter(app_label="axes").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_account_audit_actions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(delete_content_types, migrations.RunPython.noop),
        migrations.RunSQL(DROP_TABLES, migrations.RunSQL.noop),
    ]
