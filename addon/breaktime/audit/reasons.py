"""
Why something happened, as `event.reason` says it: a closed list.

The words are those of whoever decided. They stand here together so that a reader of the log can be
told all of them; tests hold each against where it comes from.
"""

from typing import Final

from breaktime.core.decide import Reason
from breaktime.core.record import UNREACHABLE
from breaktime.core.session import Ending

_OF_IDENTITY: Final = frozenset({
    "identity_unknown", "claims_disagree", "header_from_untrusted_peer", "header_unreadable",
    "header_missing", "certificate_refused", "name_ambiguous",
})  # fmt: skip
"""Why somebody was not recognised: `identity.Doubt`."""

_OF_SITTINGS: Final = frozenset({"stopped", "budget_used", "span_ended"})
"""Why a break that somebody had started has ended: the ledger."""

CASE: Final = "case"
"""Why a pseudonym was revealed."""

REASONS: Final = frozenset({
    *(each.value for each in Reason), *(each.value for each in Ending),
    *_OF_IDENTITY, *_OF_SITTINGS, UNREACHABLE, CASE,
})  # fmt: skip
"""Every value of `event.reason`."""
