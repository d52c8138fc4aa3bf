"""Structured lines on standard output: UTC, one JSON object each, no personal data."""

from typing import Any

import structlog

from claims_portal.logs import mask

from .environment import env

__all__ = ["DJANGO_STRUCTLOG_IP_LOGGING_ENABLED", "DJANGO_STRUCTLOG_USER_ID_FIELD", "LOGGING"]

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.format_exc_info,
    mask,
]
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

_QUOTING = ["weasyprint", "fontTools", "pikepdf", "tinycss2", "PIL"]
_level = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": _level},
        "celery": {"level": "WARNING"},
        # They quote the pages and files they read, hence what people typed.
        **{name: {"handlers": ["nowhere"], "propagate": False} for name in _QUOTING},
    },
}
