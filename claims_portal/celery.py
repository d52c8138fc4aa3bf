"""The Celery application: `celery -A claims_portal worker` and `… beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_portal.settings")

app = Celery("claims_portal")
app.set_default()  # for tasks sent from the threads of a web process too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
