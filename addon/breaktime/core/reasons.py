"""Stage 5, reasons: the words of an answer. Members are added, never renamed."""

from enum import StrEnum


class Verdict(StrEnum):
    """What happens. Pass is not allow: pass is none of our business and leaves no record."""

    PASS = "pass"  # noqa: S105  a verdict, not a password
    ALLOW = "allow"
    BLOCK = "block"


class Reason(StrEnum):
    """Why: one member for each answer of the order above, and for our own faults."""

    NOT_CONTROLLED = "not_controlled"
    EXEMPT = "exempt"
    NAME_MISMATCH = "name_mismatch"
    OWN_PAGE = "own_page"
    OWN_PAGE_HELPER = "own_page_helper"
    BUSINESS_CASE = "business_case"
    BUSINESS_CASE_HELPER = "business_case_helper"
    EMBED = "embed"
    LOGIN = "login"
    SPECULATIVE = "speculative"
    ALWAYS_CLOSED = "always_closed"
    IDENTITY_UNKNOWN = "identity_unknown"
    RECORDS_UNWRITABLE = "records_unwritable"
    SUSPENDED = "suspended"
    BLACKOUT = "blackout"
    BREAK_FIXED = "break_fixed"
    BREAK_EXCEPTION = "break_exception"
    BREAK_FLEXIBLE = "break_flexible"
    BREAK_AVAILABLE_NOT_STARTED = "break_available_not_started"
    BUDGET_USED = "budget_used"
    LEDGER_UNREADABLE = "ledger_unreadable"
    OUTSIDE_BREAKS = "outside_breaks"
    FILTER_ERROR = "filter_error"


class Context(StrEnum):
    """Whether it was in a break: the question the record has to answer."""

    BREAK = "break"
    OUTSIDE_BREAK = "outside-break"
    BUSINESS_CASE = "business-case"
    OWN_PAGE = "own-page"
    GRACE = "grace"
    UNSCHEDULED = "unscheduled"
