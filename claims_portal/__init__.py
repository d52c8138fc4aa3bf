"""The claims portal: settings, wiring and the building blocks every app stands on."""

from .celery import app as celery_app

__all__ = ["celery_app"]
