"""Jobs: small, safe to run twice, and never waited for by a page."""

from celery.schedules import crontab

from .environment import VAR_DIR, env

__all__ = [
    "CELERY_BEAT_SCHEDULE",
    "CELERY_BEAT_SCHEDULE_FILENAME",
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP",
    "CELERY_BROKER_TRANSPORT_OPTIONS",
    "CELERY_BROKER_URL",
    "CELERY_TASK_ACKS_LATE",
    "CELERY_TASK_IGNORE_RESULT",
    "CELERY_TASK_PUBLISH_RETRY",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_TIMEZONE",
    "CELERY_WORKER_HIJACK_ROOT_LOGGER",
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
    "REDIS_URL",
]

REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away costs a request at most this long, once: the row in the outbox is the promise.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
    "max_retries": 1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
_SWEEP_SECONDS = env.float("OUTBOX_SWEEP_SECONDS", 20.0)
CELERY_BEAT_SCHEDULE = {
    "send what was not nudged": {
        "task": "notifications.sweep",
        "schedule": _SWEEP_SECONDS,
        "options": {"expires": _SWEEP_SECONDS},  # sweeps do not pile up behind a slow one
    },
    "wipe one-time codes": {"task": "notifications.blank", "schedule": 60.0, "options": {"expires": 60.0}},
    "scan what was not scanned": {"task": "documents.scan_pending", "schedule": 60.0},
    "prune unclaimed documents": {"task": "documents.prune", "schedule": crontab(hour="2", minute="10")},
    "prune expired drafts": {"task": "wizards.prune", "schedule": crontab(hour="2", minute="20")},
    # After the pruning of documents: it notes that the files of erased cases are gone.
    "archive and erase old cases": {"task": "cases.retention", "schedule": crontab(hour="3", minute="0")},
    "close and clean complaints": {"task": "complaints.retention", "schedule": crontab(hour="2", minute="50")},
    "prune lists nobody took in": {"task": "membership.prune", "schedule": crontab(hour="2", minute="25")},
    "count open deadlines again": {"task": "cases.recompute_clocks", "schedule": crontab(hour="1", minute="40")},
    "count deadlines of categories again": {
        "task": "complaints.recount_category",
        "schedule": crontab(hour="1", minute="45"),
    },
    "prune messages about no case": {"task": "notifications.prune", "schedule": crontab(hour="2", minute="35")},
    "erase old requests about data": {"task": "privacy.retention", "schedule": crontab(hour="2", minute="40")},
    "measure how long answers take": {"task": "complaints.measure", "schedule": crontab(hour="1", minute="50")},
    "remind of deadlines": {
        "task": "cases.remind",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600.0},
    },
    "close answered cases": {
        "task": "complaints.close_silent",
        "schedule": crontab(minute="5-59/15"),
        "options": {"expires": 600.0},
    },
    "carry out payments that were ordered": {
        "task": "health_claims.pay",
        "schedule": 120.0,
        "options": {"expires": 120.0},
    },
    "forget what agents looked for": {
        "task": "backoffice.prune",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600.0},
    },
    "clear expired sessions and counters": {"task": "accounts.prune", "schedule": crontab(hour="2", minute="30")},
}
