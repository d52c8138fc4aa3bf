"""French first, Arabic complete; UTC in the database, the organisation's zone on screen."""

import zoneinfo

from .environment import BASE_DIR

__all__ = [
    "FORMAT_MODULE_PATH",
    "LANGUAGES",
    "LANGUAGE_CODE",
    "LOCALE_PATHS",
    "PHONENUMBER_DB_FORMAT",
    "TIME_ZONE",
    "USE_I18N",
    "USE_TZ",
]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "claims_portal.formats"
USE_I18N = True
USE_TZ = True
# The zones of the pinned package, the same on every machine: a system that lags behind a decree is an hour wrong.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
# Pages about an organisation switch to its own zone; this one serves where none is known.
TIME_ZONE = "Africa/Casablanca"
PHONENUMBER_DB_FORMAT = "E164"
# PHONENUMBER_DEFAULT_REGION is not set: a model must not guess the country of a number without a prefix.
