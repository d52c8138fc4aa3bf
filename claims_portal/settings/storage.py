"""Where files live: private ones in S3 or a folder, static ones hashed and compressed."""

from .environment import BASE_DIR, VAR_DIR, env

__all__ = [
    "FILE_UPLOAD_HANDLERS",
    "PRIVATE_FILES_ORIGIN",
    "PRIVATE_FILES_REDIRECT",
    "STATICFILES_DIRS",
    "STATIC_ROOT",
    "STATIC_URL",
    "STORAGES",
]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

_S3_BUCKET = env.str("S3_BUCKET", "")
if _S3_BUCKET:
    _private = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", None),
            "region_name": env.str("S3_REGION", None),
            "access_key": env.str("S3_ACCESS_KEY", None),
            "secret_key": env.str("S3_SECRET_KEY", None),
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 300,
        },
    }
else:
    _private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "file_permissions_mode": 0o600},
    }

STORAGES = {
    # There is no public upload: the default storage is the private one.
    "default": _private,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Set to the internal nginx location of the private folder to let nginx send the bytes.
PRIVATE_FILES_REDIRECT = env.str("PRIVATE_FILES_REDIRECT", "")
# Where the object storage answers (« https://s3.example »): pages that show a piece let it into a frame.
PRIVATE_FILES_ORIGIN = env.str("PRIVATE_FILES_ORIGIN", env.str("S3_ENDPOINT_URL", "") if _S3_BUCKET else "")
# The first repairs names that Django's parser drops silently; the others are Django's own.
FILE_UPLOAD_HANDLERS = [
    "claims_portal.documents.multipart.NameRepairHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
