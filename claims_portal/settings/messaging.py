"""How e-mails and SMS leave."""

from .environment import DEMO, VAR_DIR, env

__all__ = [
    "CONTACT_PROOF_DAYS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_BACKEND",
    "EMAIL_FILE_PATH",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_TIMEOUT",
    "EMAIL_USE_SSL",
    "EMAIL_USE_TLS",
    "OUTBOX_BATCH",
    "OUTBOX_LEASE_SECONDS",
    "OUTBOX_MAX_ATTEMPTS",
    "OUTBOX_RETRY_SECONDS",
    "SERVER_EMAIL",
    "SMS_ALLOWED_REGIONS",
    "SMS_BACKEND",
    "SMS_CODES_PER_DAY",
    "SMS_GATEWAY",
    "SMS_PER_DAY",
    "SMS_PER_NUMBER_PER_DAY",
    "SMS_PREFIX_DIGITS",
]

# Outside a demonstration there is no default: mail that goes nowhere must be chosen, not forgotten.
_email = env.email_url("EMAIL_URL", default="filemail://") if DEMO else env.email_url("EMAIL_URL")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portail@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# A class with send(recipient, text, reference), named like EMAIL_BACKEND.
SMS_BACKEND = env.str("SMS_BACKEND", "claims_portal.notifications.sms.OutboxOnlyBackend")
SMS_GATEWAY = env.json("SMS_GATEWAY", default={})
# Where SMS go, and the countries whose mobiles forms accept.
SMS_ALLOWED_REGIONS = env.list("SMS_ALLOWED_REGIONS", default=["MA", "FR"])
SMS_PER_NUMBER_PER_DAY = env.int("SMS_PER_NUMBER_PER_DAY", 10)
# Notices and codes have a budget each: receipts that strangers ask for must not stop anybody from signing in.
SMS_PER_DAY = env.int("SMS_PER_DAY", 5000)
SMS_CODES_PER_DAY = env.int("SMS_CODES_PER_DAY", 20_000)
# Numbers that begin with the same digits, country included, are a block of one operator: « +212661… ».
SMS_PREFIX_DIGITS = env.int("SMS_PREFIX_DIGITS", 6)
# How long a contact stays proved after a link or a code came back from it.
CONTACT_PROOF_DAYS = env.int("CONTACT_PROOF_DAYS", 365)

# With the waits below, two days and a half: a mail server that is away over a week-end loses nothing.
OUTBOX_MAX_ATTEMPTS = env.int("OUTBOX_MAX_ATTEMPTS", 66)
# First wait before a new try; doubled each time up to an hour, with jitter.
OUTBOX_RETRY_SECONDS = env.float("OUTBOX_RETRY_SECONDS", 30.0)
# E-mails over one connection.
OUTBOX_BATCH = 50
# How long a worker may take over one message before another does; well above EMAIL_TIMEOUT for each exchange.
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 180)
