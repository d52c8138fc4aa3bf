"""Limits that protect people and machines. Each is (attempts, seconds)."""

from .environment import env

__all__ = [
    "DOCUMENT_LIMITS",
    "DOCUMENT_SCAN_URL",
    "DRAFT_DAYS",
    "PATIENCE_SECONDS",
    "THROTTLES",
    "TRACKING_GRANT_SECONDS",
]

THROTTLES = {
    "filing-address": (env.int("LIMIT_FILING_ADDRESS", 600), 3600),
    "filing-patient-address": (env.int("LIMIT_FILING_PATIENT", 30), 3600),
    "upload-address": (env.int("LIMIT_UPLOAD_ADDRESS", 3000), 3600),
    "draft-address": (env.int("LIMIT_DRAFT_ADDRESS", 1200), 3600),
    "tracking-address": (env.int("LIMIT_TRACKING_ADDRESS", 60), 600),
    "tracking-number": (env.int("LIMIT_TRACKING_NUMBER", 10), 600),
    "online-tracking-address": (env.int("LIMIT_ONLINE_TRACKING", 30), 3600),
    "link-address": (env.int("LIMIT_LINK_ADDRESS", 30), 3600),
    "print-address": (env.int("LIMIT_PRINT_ADDRESS", 60), 600),
    "link-recipient": (env.int("LIMIT_LINK_RECIPIENT", 5), 3600),
    "second-factor": (env.int("LIMIT_SECOND_FACTOR", 5), 900),
    "second-factor-month": (env.int("LIMIT_SECOND_FACTOR_MONTH", 100), 30 * 24 * 3600),
    "verify-address": (env.int("LIMIT_VERIFY_ADDRESS", 60), 600),
}
TRACKING_GRANT_SECONDS = 30 * 60
DRAFT_DAYS = env.int("DRAFT_DAYS", 30)
# Without JavaScript there is no proof of work: the person waits on the last page instead.
PATIENCE_SECONDS = env.int("PATIENCE_SECONDS", 20)

DOCUMENT_LIMITS = {
    "file_bytes": 10 * 1024 * 1024,
    "files": 10,
    "image_pixels": 30_000_000,
    "pdf_pages": 200,
    "check_processes": env.int("DOCUMENT_CHECK_PROCESSES", 2),
    "check_seconds": 20,
    "check_memory_bytes": 1024 * 1024 * 1024,
}
# clamd as tcp://host:port or unix:///path; empty: files are served after the content check alone.
DOCUMENT_SCAN_URL = env.str("CLAMD_URL", "")
