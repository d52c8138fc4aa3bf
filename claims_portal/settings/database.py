"""PostgreSQL, and the limits of what pages ask of it."""

from .environment import env

__all__ = ["COMPILED_QUERIES", "DATABASES"]

# Behind a pool that gives each transaction another connection (PgBouncer, `pool_mode = transaction`), no cursor is kept
# between two of them, and PgBouncer refuses the options of a connection (docs/operations.md).
_pooled = env.bool("DATABASE_POOLED", False)

DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", 600),
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=_pooled,
)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# A page that PostgreSQL does not answer in this time is answered with the page of status 503. Migrations, commands and
# Celery workers may take longer: only `claims_portal/wsgi.py` says that its process serves pages.
_seconds = env.int("WEB_STATEMENT_SECONDS", 15) * (env("PORTAL_PROCESS", default="") == "web")
if _seconds and not _pooled:
    # The options that DATABASE_URL itself asks for stand last, and so win.
    _asked = DATABASES["default"]["OPTIONS"].get("options", "")
    DATABASES["default"]["OPTIONS"]["options"] = f"-c statement_timeout={_seconds}s {_asked}".strip()

# Keep the SQL of the most frequent queries (`claims_portal/compiled_query.py`). 0 runs the plain querysets.
COMPILED_QUERIES = env.bool("COMPILED_QUERIES", True)
