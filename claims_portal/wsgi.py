"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_portal.settings")
os.environ["PORTAL_PROCESS"] = "web"  # read by settings/database.py: its statements have a time limit

application = get_wsgi_application()
