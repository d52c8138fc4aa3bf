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
    _options = ["-c plan_cache_mode=force_generic_plan"]
    # A page that PostgreSQL does not answer in this time is answered with the page of status 503. Migrations, commands
    # and Celery workers may take longer: only `claims_portal/wsgi.py` says that its process serves pages.
    if _seconds := env.int("WEB_STATEMENT_SECONDS", 15) * (env("PORTAL_PROCESS", default="") == "web"):
        _options.append(f"-c statement_timeout={_seconds}s")
    # What DATABASE_URL itself asks for stands last, and so wins.
    _options.append(DATABASES["default"]["OPTIONS"].get("options", ""))
    DATABASES["default"]["OPTIONS"]["options"] = " ".join(_options).strip()
