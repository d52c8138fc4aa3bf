"""What the project is made of."""

from .environment import BASE_DIR, DEMO, PUBLIC_URL, env

__all__ = [
    "APPEND_SLASH",
    "AUTH_USER_MODEL",
    "BASE_DIR",
    "CRISPY_ALLOWED_TEMPLATE_PACKS",
    "CRISPY_TEMPLATE_PACK",
    "DEBUG",
    "DEFAULT_AUTO_FIELD",
    "DEMO",
    "FORM_RENDERER",
    "INSTALLED_APPS",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "MIDDLEWARE",
    "PUBLIC_URL",
    "ROOT_URLCONF",
    "TEMPLATES",
    "WSGI_APPLICATION",
]

DEBUG = False
ROOT_URLCONF = "claims_portal.urls"
WSGI_APPLICATION = "claims_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "claims_portal.backoffice.apps.BackofficeConfig",
    "claims_portal.backoffice.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_structlog",
    "phonenumber_field",
    "claims_portal.accounts",
    "claims_portal.organisations",
    "claims_portal.deadlines",
    "claims_portal.documents",
    "claims_portal.notifications",
    "claims_portal.cases",
    "claims_portal.wizards",
    "claims_portal.privacy",
    "membership",
    "complaints",
    "health_claims",
    *env.list("PORTAL_EXTRA_APPS", default=[]),  # kinds of case that a deployment adds (docs/operations.md)
]

MIDDLEWARE = [
    "claims_portal.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "claims_portal.middleware.UploadMiddleware",
    "claims_portal.middleware.FaultMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "claims_portal.middleware.LegibleAddressMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "claims_portal.middleware.PrivatePagesMiddleware",
    "claims_portal.accounts.middleware.IdleSessionMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "claims_portal.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.cache",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "claims_portal.templatetags.portal",
            ],
            "libraries": {"portal": "claims_portal.templatetags.portal"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "claims_portal.context_processors.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
# Crispy lays forms out with our own template pack: hint, error and field tied together for a screen reader.
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
