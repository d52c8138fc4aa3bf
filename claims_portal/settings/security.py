"""Keys, cookies, headers and who may sign in. The promises are in docs/security.md."""

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .environment import DEMO, HTTPS, PUBLIC_URL, env

__all__ = [
    "AGENT_BROWSER_COOKIE_NAME",
    "ALLOWED_HOSTS",
    "AUTH_PASSWORD_VALIDATORS",
    "CONTENT_SECURITY_POLICY",
    "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE",
    "CSRF_FAILURE_VIEW",
    "CSRF_TRUSTED_ORIGINS",
    "DATA_UPLOAD_MAX_MEMORY_SIZE",
    "DATA_UPLOAD_MAX_NUMBER_FIELDS",
    "DATA_UPLOAD_MAX_NUMBER_FILES",
    "HTTPS",
    "KNOWN_BROWSER_COOKIE_NAME",
    "MESSAGE_STORAGE",
    "OTP_TOTP_ISSUER",
    "OTP_TOTP_THROTTLE_FACTOR",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SECURE_REDIRECT_EXEMPT",
    "SECURE_REFERRER_POLICY",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_SECURE",
    "SESSION_ENGINE",
    "STAFF_IDLE_SECONDS",
    "STAFF_SECOND_FACTOR",
    "STAFF_SESSION_SECONDS",
    "TRUSTED_PROXIES",
    "X_FRAME_OPTIONS",
]

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 20:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters; see docs/operations.md.")

# Former keys: what they signed or sealed is still read, until it is signed or sealed anew.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PUBLIC_URL.split("://", 1)[1].split("/")[0].split(":")[0]])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Addresses (CIDR) of the proxies whose X-Forwarded-For we believe; none by default.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

SESSION_ENGINE = "claims_portal.accounts.sessions"
SESSION_COOKIE_NAME = "__Host-portal" if HTTPS else "portal"
# As long as a draft lives on its device. What a session opens ends sooner by itself: a tracking grant after thirty
# minutes, a staff sign-in after fifteen idle ones.
SESSION_COOKIE_AGE = env.int("DRAFT_DAYS", 30) * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
KNOWN_BROWSER_COOKIE_NAME = "__Host-browser" if HTTPS else "browser"
# Names a browser that an agent has signed in with. It opens nothing: it only has its own count of wrong passwords.
AGENT_BROWSER_COOKIE_NAME = "__Host-agent-browser" if HTTPS else "agent-browser"
STAFF_IDLE_SECONDS = 15 * 60
# However active: a session that was stolen ends too.
STAFF_SESSION_SECONDS = env.int("STAFF_SESSION_SECONDS", 12 * 3600)
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "claims_portal.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
# The load balancer asks over plain HTTP whether this node lives.
SECURE_REDIRECT_EXEMPT = [r"^sante-systeme/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# After the password, staff give the code of an authenticator application. The accounts of a demonstration are shared.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", not DEMO)
OTP_TOTP_ISSUER = ALLOWED_HOSTS[0]
OTP_TOTP_THROTTLE_FACTOR = 0  # wrong codes are counted with every other limit (settings/limits.py)

# Above what a person may type or choose by mistake: the forms refuse it with a sentence, and keep what was typed.
# A megabyte of Arabic travels as three.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 50
