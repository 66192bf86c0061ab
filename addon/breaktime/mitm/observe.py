"""Stage 1, observe: what a flow says, under all the names it goes by."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from mitmproxy import http

from breaktime.core.names import normal_name, query_parameters, repeated_parameters
from breaktime.core.parts import is_of_platform
from breaktime.core.paths import sanitise_path
from breaktime.core.request import Request
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence, Fetch, grade, source_of
from breaktime.core.what import Catalogue
from breaktime.door import Identity
from breaktime.identity import Claim
from breaktime.mitm.framing import body_follows
from breaktime.pages import Asked

_CONTROLS = bytes([*range(0x09), *range(0x0A, 0x20), 0x7F])
_METHOD = re.compile(rb"[A-Z][A-Z-]{0,31}")
_PATH = re.compile(rb"/[\x21-\x7e\x80-\xff]*")
_SCHEMES = frozenset({b"http", b"https"})
_LOOKED_AT = {
    name.encode(): name
    for name in (
        "accept", "accept-language", "access-control-request-method", "content-length",
        "content-type", "host", "origin", "proxy-authorization", "purpose", "referer",
        "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-purpose",
        "transfer-encoding", "upgrade", "x-moz", "x-purpose",
    )
}  # fmt: skip
_LOOKED_AT |= {name.title(): text for name, text in _LOOKED_AT.items()}  # as HTTP/1 spells them


@dataclass(slots=True)
class Tunnel:
    """
    What is known of a client connection before its first request.

    Fields:
        id: of the client connection, in the door, in mitmproxy and in leases.
        client: address of the client, as text.
        host: target of the CONNECT, or None where the proxy itself is asked request by request.
        sni: name in the ClientHello.
        address: address that the target resolved to, where it was looked up.
        person, groups, known_by: who opened it, and how that is known; unknown where the proxy
            is asked request by request.
        certificate: DER of what the client showed to the proxy, verified; None for none.
        signed_in: who signed in with a ticket that holds for the whole connection.
        shared: two people have signed in on it; nobody is taken for the one before.
        identified: somebody has been asked who this is.
        counted_for: whose connection the door takes it for, where the proxy itself is asked.
        opened: hosts that had to be opened to judge them, and that a decision let through.
    """

    id: str
    client: str
    host: str | None = None
    sni: str | None = None
    address: str | None = None
    person: str | None = None
    groups: tuple[str, ...] = ()
    known_by: Strength = Strength.NONE
    certificate: bytes | None = None
    signed_in: Claim | None = None
    shared: bool = False
    identified: bool = False
    counted_for: str | None = None
    opened: set[str] = field(default_factory=set)

    @property
    def identity(self) -> Identity:
        """Who opened it, as the door knows it."""
        return Identity(self.person, groups=self.groups, known_by=self.known_by)


@dataclass(frozen=True, slots=True)
class Seen:
    """
    One request as far as anybody downstream may know it.

    Fields:
        request: what the policy may see.
        asked: what decides the form of an answer.
        scheme, domain, path: where, reduced to what may be written down.
        removed: what was cut off.
        credentials: raw Proxy-Authorization of a request to the proxy itself.
        headers: names in lower case and values, of a request to the proxy itself.
        wellformed: False for a request whose names cannot be read in one way only.
        body: upper bound of the bytes of the request's body; None where it is not announced.
    """

    request: Request
    asked: Asked
    scheme: str
    domain: str | None
    path: str
    removed: tuple[str, ...]
    wellformed: bool
    body: int | None
    credentials: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def evidence(self) -> Evidence:
        """How sure it is that a person goes to a page."""
        return self.request.evidence


def observe(flow: http.HTTPFlow, tunnel: Tunnel, catalogue: Catalogue) -> Seen:
    """
    Reduce a flow to what the policy, the pages and the record may know of it.

    Args:
        flow: at `requestheaders`, before a byte has gone upstream.
        tunnel: the client connection it came by.
        catalogue: the platforms that are controlled; it knows whose page a request comes from.
    """
    request = flow.request
    headers, hosts = _texts(request.headers)
    names, readable = _names(flow, tunnel, hosts)
    path, _, query = request.path.partition("?")
    method = request.method.upper()
    fetch = _fetch(headers)
    source = source_of(headers.get("referer", ""), headers.get("origin", ""))
    evidence = grade(
        fetch,
        method,
        accepts_html="text/html" in headers.get("accept", "").lower(),
        controlled=is_of_platform(catalogue, source),
    )
    clean, removed = sanitise_path(path)
    return Seen(
        request=Request(
            names=names,
            path=path or "/",
            parameters=query_parameters(query),
            repeated=repeated_parameters(query),
            person=tunnel.person,
            groups=tunnel.groups,
            known_by=tunnel.known_by,
            client=tunnel.client,
            method=method,
            fetch=fetch,
            source=source,
            evidence=evidence,
        ),
        asked=_asked(method, fetch, headers),
        scheme=request.scheme,
        domain=_domain(flow, tunnel, hosts) if readable else None,
        path=clean,
        removed=("query", *removed) if query and "query" not in removed else removed,
        credentials=headers.get("proxy-authorization") if tunnel.host is None else None,
        headers=_pairs(request) if tunnel.host is None else (),
        wellformed=readable and _is_one_line(request) and not _has_controls(request),
        body=_body(request, headers),
    )


def _texts(headers: http.Headers) -> tuple[dict[str, str], list[str]]:
    """
    Return the headers that are looked at, as mitmproxy reads each: repeated ones in one line.

    Its own way goes through all of them for each question.

    Returns:
        Names in lower case and values, and each `Host` by itself.
    """
    found: dict[str, str] = {}
    hosts: list[str] = []
    for raw_name, raw in headers.fields:
        name = _LOOKED_AT.get(raw_name) or _LOOKED_AT.get(raw_name.lower())
        if name is None:
            continue
        value = raw.decode("utf-8", "surrogateescape")
        if name == "host":
            hosts.append(value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found, hosts


def _fetch(headers: dict[str, str]) -> Fetch:
    """Read what the browser says; older ones have other names for what they fetch ahead."""
    return _fetch_of(
        headers.get("sec-fetch-dest", ""),
        headers.get("sec-fetch-mode", ""),
        headers.get("sec-fetch-site", ""),
        headers.get("sec-fetch-user", ""),
        headers.get("sec-purpose")
        or headers.get("purpose")
        or headers.get("x-purpose")
        or headers.get("x-moz", ""),
    )


@lru_cache(maxsize=256)  # browsers have a few dozen ways to say it
def _fetch_of(dest: str, mode: str, site: str, user: str, purpose: str) -> Fetch:
    return Fetch(dest.lower(), mode.lower(), site.lower(), user == "?1", purpose.lower())


def _asked(method: str, fetch: Fetch, headers: dict[str, str]) -> Asked:
    """Read what decides the form of an answer."""
    return Asked(
        method=method,
        fetch=fetch,
        accept=headers.get("accept", ""),
        accept_language=headers.get("accept-language", ""),
        upgrade="websocket" if headers.get("upgrade", "").lower() == "websocket" else "",
        preflight=method == "OPTIONS" and "access-control-request-method" in headers,
        grpc=headers.get("content-type", "").lower().startswith("application/grpc"),
    )


def _pairs(request: http.Request) -> tuple[tuple[str, str], ...]:
    """Return all headers as the door reads them: a byte is a character."""
    pairs = request.headers.fields
    fields = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    return tuple((name.lower(), value) for name, value in fields)


def _names(flow: http.HTTPFlow, tunnel: Tunnel, hosts: list[str]) -> tuple[tuple[str, ...], bool]:
    """
    Collect every name that a request goes by, normalised, and say whether all could be read.

    Each of them can be chosen by the client, and any one of them alone can reach a site.
    """
    request = flow.request
    if len(hosts) > 1:
        return (), False
    claimed = [request.host, request.authority, *hosts, tunnel.host, tunnel.sni]
    claimed += [flow.client_conn.sni, tunnel.address]
    if tunnel.host is not None and flow.server_conn.address:
        claimed.append(flow.server_conn.address[0])
    readable = True
    names: list[str] = []
    for claim in dict.fromkeys(filter(None, claimed)):
        name = normal_name(claim)
        if name is None:
            readable = False
        elif name not in names:
            names.append(name)
    return tuple(names), readable and bool(names)


def _is_one_line(request: http.Request) -> bool:
    """
    Tell whether method, scheme and path make one request line, and this one only.

    In HTTP/2 they are three texts. An origin that speaks HTTP/1 reads one line, in which a blank
    within the method would begin another path than the one that was judged.
    """
    method, path = request.data.method, request.data.path
    return (
        _METHOD.fullmatch(method) is not None
        and request.data.scheme in _SCHEMES
        and (_PATH.fullmatch(path) is not None or (method == b"OPTIONS" and path == b"*"))
    )


def _has_controls(request: http.Request) -> bool:
    """
    Tell whether what is, or becomes, a header holds folded lines or control characters.

    The origin may read another header out of it than was read here, and with that another end of
    the body.
    """
    values = [value for _, value in request.headers.fields]
    text = b"\t".join([request.data.authority, *values])
    return len(text.translate(None, _CONTROLS)) < len(text)


def _domain(flow: http.HTTPFlow, tunnel: Tunnel, hosts: list[str]) -> str | None:
    """Return the name the person asked for: what the address bar shows."""
    request = flow.request
    for claim in (*hosts, request.authority, tunnel.host, request.host):
        name = normal_name(claim) if claim else None
        if name is not None:
            return name
    return None


def body_of(request: http.Request) -> int | None:
    """Return how long the body of a request is; None where it does not say."""
    return _body(request, _texts(request.headers)[0])


def _body(request: http.Request, headers: dict[str, str]) -> int | None:
    if "transfer-encoding" in headers:
        return None
    length = headers.get("content-length")
    if length is None:
        return None if request.is_http2 and body_follows(request) else 0
    return int(length) if length.isascii() and length.isdigit() else None
