"""Schema, gateway: where it listens, what it records, and what its pages say."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Literal, Self

from pydantic import Field, Tag, model_validator

from breaktime.audit.sinks import SinkConfig
from breaktime.config import text
from breaktime.config.values import (
    KEYS,
    LIST,
    ONE,
    AnchorLine,
    Database,
    Day,
    Direct,
    Endpoint,
    GatewayName,
    HostPort,
    KeepTime,
    Line,
    Network,
    Notice,
    PersonId,
    Portal,
    PublicKey,
    SealTime,
    Section,
    SiteName,
    WebAddress,
    WitnessAt,
    by_shape,
)
from breaktime.core.retention import Keep as Lengths

KEEP = Lengths()
"""What is kept for how long, if left out."""

type Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
type Workers = Annotated[int, Field(strict=True, ge=1, le=64)]

type Endpoints = Annotated[
    Annotated[Endpoint, Tag(ONE)] | Annotated[tuple[Endpoint, ...], Field(min_length=1), Tag(LIST)],
    by_shape("must be an address such as `0.0.0.0:8080`, or a list of them"),
]


class Entrance(Section):
    """A port to listen at, and how clients come to it."""

    address: Endpoint
    """IP address and port: `0.0.0.0:8080`."""
    kind: Literal["proxy", "transparent", "socks5"] = "proxy"
    """`proxy`: browsers are told that it is their proxy. `transparent`: a firewall sends their
    connections here. `socks5`: they are told that it is their SOCKS server. `proxy` if left out."""
    proxy_protocol_from: tuple[Network, ...] = ()
    """Balancers that say whose each connection is, by the PROXY protocol, version 2. Nobody else
    may come to this port then. A transparent port goes by the destination that they say, and the
    firewall sends clients to them. None if left out."""


type Doorway = Annotated[
    Annotated[Endpoint, Tag(ONE)] | Annotated[Entrance, Tag(KEYS)],
    by_shape(
        "must be an address such as `0.0.0.0:8080`, "
        "or keys such as `{address: 0.0.0.0:1080, kind: socks5}`"
    ),
]
type Doorways = Annotated[
    Annotated[Endpoint, Tag(ONE)]
    | Annotated[tuple[Doorway, ...], Field(min_length=1), Tag(LIST)]
    | Annotated[Entrance, Tag(KEYS)],
    by_shape("must be an address such as `0.0.0.0:8080`, or a list of them"),
]


class Ending(Section):
    """What happens when a break ends."""

    warn_before: Notice = Field(default_factory=lambda: timedelta(minutes=5))
    """How long before the end people are told. `5 minutes` if left out; at most an hour."""
    grace: Notice = Field(default_factory=lambda: timedelta(seconds=60))
    """How long what has begun may go on afterwards. `60 seconds` if left out; at most an hour."""


class Tls(Section):
    """TLS between browsers and the gateway, besides the plain ports."""

    listen: Endpoints
    """Address and port, or a list of them: `0.0.0.0:8443`."""
    certificate: Line
    """File with the certificate of the gateway's name, and its chain (PEM)."""
    key: Line
    """File with its key (PEM), readable by the gateway only."""
    proxy_protocol_from: tuple[Network, ...] = ()
    """Balancers that say whose each connection is, before TLS begins, by the PROXY protocol,
    version 2. Nobody else may come to these ports then. None if left out."""


class Metrics(Section):
    """Where the gateway is watched. Whoever reaches this sees counts, and nobody's doings."""

    socket: Line = "/run/breaktime/metrics.sock"
    """Unix socket, for the gateway's user and group. `/run/breaktime/metrics.sock` if left out."""
    listen: Endpoint | None = None
    """Address and port of this machine instead: `127.0.0.1:9178`."""

    @model_validator(mode="after")
    def _on_this_machine(self) -> Self:
        if self.listen is None:
            return self
        if "socket" in self.model_fields_set:
            raise ValueError("is a socket or a port; remove `socket` or `listen`")
        if not ip_address(self.listen.host).is_loopback:
            raise ValueError(
                f"must be on this machine, found `{self.listen}`; write for example"
                " `listen: 127.0.0.1:9178`"
            )
        return self


class Parent(Section):
    """Another proxy, through which the gateway reaches everything outside."""

    address: HostPort
    """Name or address of the parent, and its port: `proxy.example.org:3128`."""
    tls: bool = False
    """`true`: TLS is spoken to it; its certificate has to be of that name, by `trust`. `false` if
    left out."""
    credentials_file: Line | None = None
    """File with `name:password` for it, readable by the gateway only. None are sent if left out."""
    resolve: Literal["parent", "gateway"] = "parent"
    """Who looks names up: `parent`, which is told names, or `gateway`, which judges the addresses
    of names and tells those. `parent` if left out."""
    except_: tuple[Direct, ...] = Field(default=(), alias="except")
    """Names, with everything below, and networks that are reached without it. None if left out."""


class Limits(Section):
    """How many connections there may be at the same time."""

    connections: Annotated[int, Field(strict=True, ge=16, le=1_000_000)] | None = None
    """All together; fewer where the system gives the gateway fewer files to open, which is said.
    `8000` if left out, or as many as the system gives."""
    per_address: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1000
    """Of one address, of those of which it is not known whose they are. `1000` if left out; more
    where many people share an address."""
    per_person: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 500
    """Of one person who is known, from wherever. `500` if left out."""


class Pinned(Section):
    """Applications that take no certificate but that of their own site, and cannot be opened."""

    platforms: tuple[Line, ...] = ()
    """Ids of platforms. None if left out."""
    names: tuple[SiteName, ...] = ()
    """Names that the application connects to, with everything below. None if left out."""
    policy: Literal["block", "pass_in_break"]
    """`block`: they are opened like all others, which the application does not take.
    `pass_in_break`: in breaks that open everything controlled, they pass unopened."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.platforms and not self.names:
            raise ValueError("names nothing; add `names` or `platforms`")
        return self


class Gateway(Section):
    """Where the gateway listens, and where it may connect to."""

    name: GatewayName = "gateway"
    """What its log is called, and what it is called where several share a ledger. `gateway` if
    left out; several gateways need a name each."""
    workers: Workers | None = None
    """How many processes open connections, beside one for the door. All in one process if left
    out; then there is no door of its own."""
    listen: Doorways = Field(default_factory=lambda: text.Endpoint("127.0.0.1", 8080))
    """Address and port, or a list of them, or of addresses with a kind. `127.0.0.1:8080` if left
    out: this machine only."""
    tls: Tls | None = None
    """TLS between browsers and the gateway; none if left out."""
    ports: tuple[Port, ...] = Field(default=(80, 443), min_length=1)
    """Ports of other servers that people may reach. `[80, 443]` if left out."""
    ca: Line = "/var/lib/breaktime/ca"
    """Folder with the certificate authority that browsers trust."""
    trust: tuple[Line, ...] = ()
    """Files with the authorities that the gateway trusts. Those of the system if left out."""
    internal: tuple[Network, ...] = ()
    """Private networks that people may reach through the gateway. None if left out."""
    parent: Parent | None = None
    """Another proxy, through which everything outside is reached. None if left out."""
    decrypt_during_breaks: bool = True
    """`false`: in breaks that open everything controlled, connections pass unopened. Their records
    have a site and a time, and no page. `true` if left out."""
    limits: Limits = Field(default_factory=Limits)
    """How many connections there may be at the same time."""
    pinned: tuple[Pinned, ...] = ()
    """What becomes of applications that cannot be opened. Opened like all others if left out."""
    metrics: Metrics | None = None
    """Where metrics, health and readiness are asked for; nowhere if left out."""


class Keep(Section):
    """How long records are kept, from the end of their day on; then they are deleted."""

    break_: KeepTime = Field(default_factory=lambda: KEEP.break_, alias="break")
    """What was visited in breaks. `90 days` if left out."""
    refused: KeepTime = Field(default_factory=lambda: KEEP.refused)
    """What was refused. `180 days` if left out."""
    business_case: KeepTime = Field(default_factory=lambda: KEEP.business_case)
    """What was visited for work, own pages too, and what was asked for. `1 year` if left out."""
    system: KeepTime = Field(default_factory=lambda: KEEP.system)
    """What the gateway did, who has read records, and notes on them. `400 days` if left out."""


class Hold(Section):
    """Records that are not deleted while a case needs them."""

    case: Line
    """What it is for, as people outside call it. No name: it stands in the configuration."""
    records: tuple[Line, ...] = Field(min_length=1)
    """Ids from block pages and proofs, or numbers of records."""
    until: Day
    """The last day; then their time is that of all others. A longer one is a new date here."""


type _Detail = Literal["none", "count", "site", "page"]


class DetailOf(Section):
    """
    How much is recorded, by what the answer was.

    `none`: nothing. `count`: how many there were in an hour, without anybody's name. `site`: a
    record that names the site. `page`: a record with the page, without anything after a `?`.
    """

    break_: _Detail | None = Field(default=None, alias="break")
    """What is visited in breaks."""
    refused: _Detail | None = None
    """What is refused."""
    business_case: _Detail | None = None
    """What is visited for a business case."""
    own_page: _Detail | None = None
    """Visits to pages of the organisation."""


class WitnessFor(Section):
    """Other gateways, whose seals are witnessed here."""

    listen: Endpoint
    """Address and port at which they send their seals, one of this machine: `10.0.0.2:8447`."""
    anchors: tuple[AnchorLine, ...] = Field(min_length=1)
    """The line that `breaktime audit init` printed on each of them."""


class Records(Section):
    """What is written down, and where."""

    directory: Line = "/var/log/breaktime"
    """Folder of the records."""
    preset: Literal["full", "balanced", "strict"] = "full"
    """
    A combination of what is recorded; `full` if left out. `detail` and `names` win over it.

    `full`: the pages that were visited, without queries, by name. `balanced`: the sites that were
    visited, by pseudonym. `strict`: only how many visits there were.
    """
    detail: DetailOf = Field(default_factory=DetailOf)
    """What is recorded, by what the answer was. As the preset has it if left out."""
    names: Literal["clear", "pseudonym"] | None = None
    """`clear`: people are recorded by their sign-in name. `pseudonym`: by a word that only a key
    makes, another one each month. As the preset has it if left out."""
    pseudonym_keys: Line = "/var/lib/breaktime/pseudonyms"
    """Folder of the keys that make pseudonyms; whoever may read them knows who is who."""
    if_records_cannot_be_written: Literal["block", "allow"] = "block"
    """`block` controlled platforms, or `allow` them unrecorded. All else goes on either way."""
    seal_keys: Line = "/var/lib/breaktime/seal"
    """Folder of the keys that records are sealed with; `breaktime audit init` makes them."""
    seal_every: SealTime = Field(default_factory=lambda: timedelta(seconds=60))
    """How often records are sealed. `60 seconds` if left out, and at most."""
    keep: Keep = Field(default_factory=Keep)
    """How long records are kept."""
    hold: tuple[Hold, ...] = ()
    """Records that have to stay. None if left out."""
    sinks: tuple[SinkConfig, ...] = ()
    """Who is handed each record besides: a SIEM, the journal. Nobody if left out."""
    witnesses: tuple[WitnessAt, ...] = ()
    """Who is told of each seal, so that nobody can cut the records unseen. Nobody if left out."""
    witness_for: WitnessFor | None = None
    """Other gateways, whose seals are witnessed here; `breaktime audit peer` says what they write
    as their witness. None if left out."""


class Ledger(Section):
    """Where it is written down how much of their flexible breaks people have had."""

    path: Line | None = None
    """File of an SQLite database. `ledger.sqlite` in the folder of the records if left out."""
    url: Database | None = None
    """Address of a PostgreSQL database instead, where several gateways share a ledger."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.path is not None and self.url is not None:
            raise ValueError("is a file or a database of PostgreSQL; remove `path` or `url`")
        return self


class Updates(Section):
    """How the catalogue of platforms is kept up to date. As shipped if left out."""

    folder: Line
    """Folder where `breaktime rules update` installs editions of the catalogue."""
    key: PublicKey | None = None
    """Public key of who signs them: `ed25519:` and 44 letters."""


class Help(Section):
    """Whom people may ask."""

    name: Line
    """Name of the desk or person."""
    phone: Line = ""
    """Phone number; in quotes if it begins with `+`."""
    email: Line = ""
    """Mail address."""
    hours: Line = ""
    """When somebody answers."""


class ProxyFile(Section):
    """The file that tells browsers which sites they reach through the gateway: `/proxy.pac`."""

    address: HostPort
    """Name or address and port of the gateway, as browsers reach it."""
    send: Literal["everything", "controlled"] = "everything"
    """`everything`, or only the `controlled` platforms and the portal."""


class Page(Section):
    """What people see: the block page, and the portal."""

    help: Help | None = None
    """Whom people may ask."""
    policy: WebAddress | None = None
    """Address of the organisation's policy on social media."""
    questions: WebAddress | None = None
    """Address of frequent questions and their answers."""
    portal: Portal | None = None
    """Address of the portal: a name that only the gateway answers for. None if left out."""
    managers: dict[Line, Annotated[tuple[PersonId, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Who approves requests for business cases, by team."""
    helpdesk: tuple[PersonId, ...] = ()
    """Who may see what is left of somebody's allowance, and give it anew."""
    cases: Line = "cases.d"
    """Folder where approved requests are written; `include` has to name its files."""
    documents: Line | None = None
    """Folder with `policy.md`, `questions.md` and `advice.md`, and `policy.cy.md` for Welsh."""
    templates: Line | None = None
    """Folder with sentences, templates and colours of the site, in place of ours."""
    proxy_file: ProxyFile | None = None
    """What `/proxy.pac` tells browsers; there is none if left out."""
