"""One request as the policy is asked about it, with all that the answer depends on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breaktime.core.decide import Decision, decide
from breaktime.core.flexible import UNKNOWN, Usage
from breaktime.identity import NOBODY, Finding
from breaktime.mitm.state import InForce

if TYPE_CHECKING:  # the door's process has no mitmproxy
    from breaktime.mitm.observe import Seen, Tunnel


@dataclass(frozen=True, slots=True)
class Question:
    """
    One request, what was known before it, and what is asked about it.

    Fields:
        tunnel: the client connection it came by.
        seen: what it says.
        state: the configuration that is asked.
        at: UTC instant.
        finding: who it is, as far as somebody was asked for this request.
        usage: what the ledger says; unknown until it has been read, which few requests need.
    """

    tunnel: "Tunnel"
    seen: "Seen"
    state: InForce
    at: datetime
    usage: Usage = UNKNOWN
    finding: Finding = NOBODY

    def decide(self, *, records_writable: bool = True) -> Decision:
        """Ask the policy."""
        return decide(
            self.state.policy,
            self.seen.request,
            self.at,
            usage=self.usage,
            records_writable=records_writable,
        )

    def changed(self, **facts: Any) -> "Question":
        """Return the same question with other facts about the request."""
        request = replace(self.seen.request, **facts)
        return replace(self, seen=replace(self.seen, request=request))

    def with_usage(self, usage: Usage) -> "Question":
        """Return the same question with what the ledger says."""
        return replace(self, usage=usage)
