"""The one reader of environment variables, shared by every settings file."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# Everything the running portal writes: local database, files, demo mail, collected static.
VAR_DIR = Path(env.str("PORTAL_VAR", str(BASE_DIR / "var" / "local")))
# A demonstration shows every message it sends on a page and says so in a banner.
DEMO = env.bool("PORTAL_DEMO", False)
# The address people type, used in every link that leaves the site (never the request's host).
PUBLIC_URL = env.str("PORTAL_PUBLIC_URL").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
