"""PostgreSQL, always: the local stack starts one when no address is given."""

from .environment import env

__all__ = ["DATABASES"]

# Behind a pool that gives each transaction another connection (PgBouncer, `pool_mode = transaction`) nothing is kept
# between two of them: neither cursors nor the plans of `claims_portal/prepared.py`.
_pooled = env.bool("DATABASE_POOLED", False)

DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", 600),
    CONN_HEALTH_CHECKS=True,
    DISABLE_SERVER_SIDE_CURSORS=_pooled,
)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if not _pooled:
    # All that is prepared is read by its keys: the plan of the first time serves from the second on, not the sixth.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c plan_cache_mode=force_generic_plan")
