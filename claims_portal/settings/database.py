"""PostgreSQL, always: the local stack starts one when no address is given."""

from .environment import env

__all__ = ["COMPILED_QUERIES", "DATABASES"]

DATABASES = {"default": env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"].update(CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", 600), CONN_HEALTH_CHECKS=True)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# Keep the SQL of the most frequent queries (`claims_portal/compiled_query.py`). 0 runs the plain querysets.
COMPILED_QUERIES = env.bool("COMPILED_QUERIES", True)
