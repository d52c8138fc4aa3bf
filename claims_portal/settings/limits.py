"""Limits that protect people and machines. Each is (attempts, seconds)."""

from .environment import env

__all__ = [
    "DISPOSAL_CASES",
    "DOCUMENT_LIMITS",
    "DOCUMENT_SCAN_URL",
    "DRAFT_DAYS",
    "KNOWN_BROWSER_DAYS",
    "MEMBER_IDLE_SECONDS",
    "MEMBER_PASSWORD_MIN",
    "PATIENCE_SECONDS",
    "SAVED_SEARCH_DAYS",
    "THROTTLES",
    "TRACKING_GRANT_SECONDS",
    "UNTIED_CONTACT_DAYS",
]

THROTTLES = {
    "filing-address": (env.int("LIMIT_FILING_ADDRESS", 600), 3600),
    "filing-patient-address": (env.int("LIMIT_FILING_PATIENT", 30), 3600),
    "upload-address": (env.int("LIMIT_UPLOAD_ADDRESS", 3000), 3600),
    "draft-address": (env.int("LIMIT_DRAFT_ADDRESS", 1200), 3600),
    "tracking-address": (env.int("LIMIT_TRACKING_ADDRESS", 60), 600),
    "tracking-number": (env.int("LIMIT_TRACKING_NUMBER", 10), 12 * 3600),  # of one number, from one address
    "tracking-number-day": (env.int("LIMIT_TRACKING_NUMBER_DAY", 100), 24 * 3600),  # of one number, from everywhere
    "online-tracking-address": (env.int("LIMIT_ONLINE_TRACKING", 30), 3600),
    "link-address": (env.int("LIMIT_LINK_ADDRESS", 30), 3600),
    "print-address": (env.int("LIMIT_PRINT_ADDRESS", 60), 600),
    "link-recipient": (env.int("LIMIT_LINK_RECIPIENT", 5), 3600),
    "rights-address": (env.int("LIMIT_RIGHTS_ADDRESS", 20), 3600),
    "confirmation": (env.int("LIMIT_CONFIRMATION", 5), 900),
    "second-factor": (env.int("LIMIT_SECOND_FACTOR", 5), 900),
    "second-factor-month": (env.int("LIMIT_SECOND_FACTOR_MONTH", 100), 30 * 24 * 3600),
    "sign-in-address": (env.int("LIMIT_SIGN_IN_ADDRESS", 60), 600),
    "sign-in-member": (env.int("LIMIT_SIGN_IN_MEMBER", 10), 3600),
    "password-failures": (env.int("LIMIT_PASSWORD_FAILURES", 100), 30 * 24 * 3600),
    "code-subject": (env.int("LIMIT_CODE_SUBJECT", 3), 900),
    "code-number": (env.int("LIMIT_CODE_NUMBER", 10), 24 * 3600),
    "code-address": (env.int("LIMIT_CODE_ADDRESS", 30), 3600),
    "code-budget": (env.int("LIMIT_CODE_BUDGET", 3000), 3600),  # SMS an hour for the whole portal
    "code-failures": (env.int("LIMIT_CODE_FAILURES", 100), 30 * 24 * 3600),
    "declaration-member": (env.int("LIMIT_DECLARATION_MEMBER", 60), 3600),
    "robots-proof": (1, 24 * 3600),  # what proved that a person is there serves once
    "verify-address": (env.int("LIMIT_VERIFY_ADDRESS", 60), 600),
}
TRACKING_GRANT_SECONDS = 30 * 60
MEMBER_IDLE_SECONDS = env.int("MEMBER_IDLE_SECONDS", 15 * 60)
MEMBER_PASSWORD_MIN = env.int("MEMBER_PASSWORD_MIN", 6)  # row D67 as settled: a minimum
KNOWN_BROWSER_DAYS = env.int("KNOWN_BROWSER_DAYS", 180)
DRAFT_DAYS = env.int("DRAFT_DAYS", 30)
# How long an address or a number stays that belongs to no case: in a message about none, in a request refused.
UNTIED_CONTACT_DAYS = env.int("UNTIED_CONTACT_DAYS", 90)
# A search that an agent keeps may hold a name: it goes when nobody has opened it for so long.
SAVED_SEARCH_DAYS = env.int("SAVED_SEARCH_DAYS", 180)
# How many cases one proposal of disposal holds at most: as many as somebody can still look through.
DISPOSAL_CASES = env.int("DISPOSAL_CASES", 100)
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
