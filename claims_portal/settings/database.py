"""PostgreSQL, always: the local stack starts one when no address is given."""

from .environment import env

__all__ = ["DATABASES"]

DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", 60),
    CONN_HEALTH_CHECKS=True,
    # A pool that gives each transaction another connection (PgBouncer, `pool_mode = transaction`) keeps nothing
    # between two of them: neither cursors nor the plans of `claims_portal/prepared.py`.
    DISABLE_SERVER_SIDE_CURSORS=env.bool("DATABASE_POOLED", False),
)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
