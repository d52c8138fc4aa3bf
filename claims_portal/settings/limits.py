"""Limits that protect people and machines. Each is (attempts, seconds)."""

from .environment import env

__all__ = [
    "CASE_MESSAGES",
    "DISPOSAL_CASES",
    "DOCUMENT_LIMITS",
    "DOCUMENT_SCAN_URL",
    "DRAFT_DAYS",
    "KNOWN_BROWSER_DAYS",
    "MEMBER_IDLE_SECONDS",
    "MEMBER_PASSWORD_MIN",
    "MEMBER_SESSION_SECONDS",
    "PATIENCE_SECONDS",
    "PDF_LIMITS",
    "SAVED_SEARCH_DAYS",
    "THROTTLES",
    "TRACKING_GRANT_SECONDS",
    "UNTIED_CONTACT_DAYS",
]

# Hundreds of honest people share one address: an employer, a hospital, a mobile operator. A limit that ends in
# « -address » therefore counts failures, or a volume that so many people do not reach within its seconds; what one
# person may do is limited for that person, account, number or contact (docs/security.md).
THROTTLES = {
    "filing-address": (env.int("LIMIT_FILING_ADDRESS", 600), 3600),
    "filing-patient-address": (env.int("LIMIT_FILING_PATIENT", 200), 3600),
    "upload-address": (env.int("LIMIT_UPLOAD_ADDRESS", 3000), 3600),
    "draft-address": (env.int("LIMIT_DRAFT_ADDRESS", 1200), 3600),
    "tracking-address": (env.int("LIMIT_TRACKING_ADDRESS", 60), 600),
    "tracking-number": (env.int("LIMIT_TRACKING_NUMBER", 10), 12 * 3600),  # of one number, from one address
    "tracking-number-day": (env.int("LIMIT_TRACKING_NUMBER_DAY", 100), 24 * 3600),  # of one number, from everywhere
    "online-tracking-address": (env.int("LIMIT_ONLINE_TRACKING", 30), 3600),
    "link-address": (env.int("LIMIT_LINK_ADDRESS", 30), 3600),
    "print-address": (env.int("LIMIT_PRINT_ADDRESS", 600), 600),
    "print-member": (env.int("LIMIT_PRINT_MEMBER", 30), 600),
    # Links of one kind to one recipient: a stranger who has many of another kind sent keeps nobody from asking.
    "link-recipient": (env.int("LIMIT_LINK_RECIPIENT", 5), 3600),
    "rights-address": (env.int("LIMIT_RIGHTS_ADDRESS", 200), 3600),
    # Wrong passwords of the staff: in a browser of theirs; elsewhere for an account at an address, for an
    # address (what was not followed by a right one), for an account.
    "staff-sign-in-browser": (env.int("LIMIT_STAFF_SIGN_IN_BROWSER", 10), 3600),
    "staff-sign-in": (env.int("LIMIT_STAFF_SIGN_IN", 5), 3600),
    "staff-sign-in-address": (env.int("LIMIT_STAFF_SIGN_IN_ADDRESS", 25), 600),
    "staff-sign-in-account": (env.int("LIMIT_STAFF_SIGN_IN_ACCOUNT", 50), 3600),
    "confirmation": (env.int("LIMIT_CONFIRMATION", 5), 900),
    "second-factor": (env.int("LIMIT_SECOND_FACTOR", 5), 900),
    "second-factor-month": (env.int("LIMIT_SECOND_FACTOR_MONTH", 100), 30 * 24 * 3600),
    # Wrong CINs and passwords of members: in a known browser, for a member at an address, for an address (what was
    # not followed by a right one). A hundred in a row: membership/services/wrong_tries.py says what happens then.
    "sign-in-browser": (env.int("LIMIT_SIGN_IN_BROWSER", 10), 3600),
    "sign-in-member": (env.int("LIMIT_SIGN_IN_MEMBER", 10), 3600),
    "sign-in-address": (env.int("LIMIT_SIGN_IN_ADDRESS", 300), 600),
    "sign-in-failures": (env.int("LIMIT_SIGN_IN_FAILURES", 100), 30 * 24 * 3600),
    "member-confirmation": (env.int("LIMIT_MEMBER_CONFIRMATION", 10), 3600),
    "code-subject": (env.int("LIMIT_CODE_SUBJECT", 3), 900),
    "code-number": (env.int("LIMIT_CODE_NUMBER", 10), 24 * 3600),
    "code-address": (env.int("LIMIT_CODE_ADDRESS", 300), 3600),
    "code-budget": (env.int("LIMIT_CODE_BUDGET", 3000), 3600),  # SMS an hour for the whole portal
    "code-failures": (env.int("LIMIT_CODE_FAILURES", 100), 30 * 24 * 3600),
    "declaration-member": (env.int("LIMIT_DECLARATION_MEMBER", 60), 3600),
    # What a complainant writes on one case; and from one address, which a family or a health centre shares.
    "message-case": (env.int("LIMIT_MESSAGE_CASE", 30), 24 * 3600),
    "message-address": (env.int("LIMIT_MESSAGE_ADDRESS", 300), 3600),
    # Messages to a contact that nobody proved; what is over waits (notifications/pacing.py).
    "notice-case": (env.int("LIMIT_NOTICE_CASE", 5), 3600),
    "notice-recipient": (env.int("LIMIT_NOTICE_RECIPIENT", 20), 3600),
    "notice-recipient-day": (env.int("LIMIT_NOTICE_RECIPIENT_DAY", 60), 24 * 3600),
    "sms-prefix": (env.int("LIMIT_SMS_PREFIX", 60), 3600),
    "case-change": (env.int("LIMIT_CASE_CHANGE", 4), 3600),  # closed or reopened by the complainant
    "verify-address": (env.int("LIMIT_VERIFY_ADDRESS", 300), 600),
    "robots-proof": (1, 24 * 3600),  # what proved that a person is there serves once
}
TRACKING_GRANT_SECONDS = 30 * 60
MEMBER_IDLE_SECONDS = env.int("MEMBER_IDLE_SECONDS", 15 * 60)
MEMBER_SESSION_SECONDS = env.int("MEMBER_SESSION_SECONDS", 12 * 3600)
MEMBER_PASSWORD_MIN = env.int("MEMBER_PASSWORD_MIN", 6)  # row D67 as settled: a minimum
KNOWN_BROWSER_DAYS = env.int("KNOWN_BROWSER_DAYS", 180)
DRAFT_DAYS = env.int("DRAFT_DAYS", 30)
# How long an address or a number stays that belongs to no case: in a message about none, in a request refused.
UNTIED_CONTACT_DAYS = env.int("UNTIED_CONTACT_DAYS", 90)
# A search that an agent keeps may hold a name: it goes when nobody has opened it for so long.
SAVED_SEARCH_DAYS = env.int("SAVED_SEARCH_DAYS", 180)
# How many cases one proposal of disposal holds at most: as many as somebody can still look through.
DISPOSAL_CASES = env.int("DISPOSAL_CASES", 100)
# How many messages a complainant may write on one case in all.
CASE_MESSAGES = env.int("CASE_MESSAGES", 500)
# Without JavaScript there is no proof of work: the person waits on the last page instead.
PATIENCE_SECONDS = env.int("PATIENCE_SECONDS", 20)

DOCUMENT_LIMITS = {
    "file_bytes": 10 * 1024 * 1024,
    "files": 10,
    "image_pixels": 30_000_000,
    "pdf_pages": 200,
    "check_processes": env.int("DOCUMENT_CHECK_PROCESSES", 2),
    "check_seconds": 20,
    # While somebody waits who used the processes less; an honest photograph takes half a second.
    "check_crowded_seconds": 1,
    "check_memory_bytes": 1024 * 1024 * 1024,
}
# Drawing a PDF. A web process has few threads: `waiting` stays below WEB_THREADS, so that pages are served meanwhile.
PDF_LIMITS = {
    "processes": env.int("PDF_PROCESSES", 1),
    "seconds": env.int("PDF_SECONDS", 20),
    "memory_bytes": env.int("PDF_MEMORY_MB", 768) * 1024 * 1024,
    "niceness": 5,
    "patience": env.int("PDF_PATIENCE_SECONDS", 30),
    "waiting": env.int("PDF_WAITING", 3),
    "waiting_per_person": env.int("PDF_WAITING_PER_PERSON", 2),
    "batch_seconds": env.int("PDF_BATCH_SECONDS", 40),
}
# clamd as tcp://host:port or unix:///path; empty: files are served after the content check alone.
DOCUMENT_SCAN_URL = env.str("CLAMD_URL", "")
