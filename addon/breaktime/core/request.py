"""Stage 1, request: what the gateway saw of one request, reduced to what the policy may know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from breaktime.core.signin import Strength

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fetch:
    """
    What the browser says about a request (Fetch Metadata), in lower case; empty where unsaid.

    It is asserted by the client: a person can forge it with tools of their own, a page cannot.
    Source: https://www.w3.org/TR/fetch-metadata/

    Fields:
        dest: what the answer is for: ``document``, ``iframe``, ``image``, ``empty`` ...
        mode: ``navigate``, ``cors``, ``no-cors``, ``same-origin``, ``websocket``.
        site: ``none``, ``same-origin``, ``same-site`` or ``cross-site``.
        user: a person's own act started the navigation.
        purpose: ``prefetch`` for pages that nobody has asked to see yet.
    """

    dest: str = ""
    mode: str = ""
    site: str = ""
    user: bool = False
    purpose: str = ""


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
