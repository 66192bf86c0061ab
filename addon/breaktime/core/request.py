"""Stage 1, request: what the gateway saw of one request, reduced to what the policy may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from breaktime.core.platforms import Role
from breaktime.core.signin import Strength
from breaktime.core.visit import NOTHING, NOWHERE, Evidence, Fetch, Source

UNSAID = Fetch()


class Opened(NamedTuple):
    """
    A document that was let through and may still be on somebody's screen.

    Fields:
        platform: whose.
        page: key of the page; empty for a part of another site.
        role: `WEB` for a page, `EMBED` for a part of another site, `LOGIN` for a log-in dialog.
    """

    platform: str
    page: str = ""
    role: Role = Role.WEB


@dataclass(frozen=True, slots=True)
class Request:
    """
    One request, or one connection of which only names are known.

    There is no query, fragment, cookie or body: what is not here cannot be decided by, and
    cannot leak into a record.

    Fields:
        names: every distinct name the request goes by (connected address, CONNECT target,
            SNI, Host or :authority), each as `core.names.normal_name` spells it.
        path: path of the address, percent-encoded as it came, without query and fragment.
        parameters: the page-naming parameters that the platform lists, and no others.
        repeated: parameters that are given more than once, each with all its values. They name
            no page, but a copy of one may be asked for with them.
        person: canonical id of who is asking, or None where identity does not know.
        groups: directory groups of the person, as identity reports them.
        known_by: how it is known who it is; nothing is decided by it.
        client: address the connection came from, as text.
        method: HTTP method in capitals; empty for a connection.
        fetch: what the browser says about it.
        source: the page it comes from, as far as the browser tells.
        evidence: how sure it is that a person goes to a page.
        opened: documents that the same client was let to lately.
    """

    names: tuple[str, ...]
    path: str = "/"
    parameters: Mapping[str, str] = field(default=NOTHING)
    repeated: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    person: str | None = None
    groups: tuple[str, ...] = ()
    known_by: Strength = Strength.NONE
    client: str | None = None
    method: str = ""
    fetch: Fetch = UNSAID
    source: Source = NOWHERE
    evidence: Evidence = Evidence.NAME_ONLY
    opened: frozenset[Opened] = frozenset()
