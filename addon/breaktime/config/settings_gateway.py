"""Settings of the gateway: ports, the way out, and what is not opened. All paths are absolute."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from breaktime.config.schema_gateway import Entrance, Gateway, Parent
from breaktime.config.text import Endpoint
from breaktime.core.who import Network


@dataclass(frozen=True, slots=True)
class EntranceSettings:
    """
    A port to listen at.

    Fields:
        address: IP address and port.
        kind: `proxy`, `transparent` or `socks5`.
        balancers: that say whose each connection is; empty where there are none.
    """

    address: Endpoint
    kind: str = "proxy"
    balancers: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """
    TLS between browsers and the gateway.

    Fields:
        listen: addresses with ports.
        certificate, key: files of the gateway's own name.
        balancers: that say whose each connection is; empty where there are none.
    """

    listen: tuple[Endpoint, ...]
    certificate: Path
    key: Path
    balancers: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class ParentSettings:
    """
    The proxy through which everything outside is reached.

    Fields:
        address: name or address, and port.
        tls: TLS is spoken to it.
        credentials: file with name and password, or None.
        by_address: names are looked up here.
        direct: names and networks that are reached without it.
    """

    address: Endpoint
    tls: bool
    credentials: Path | None
    by_address: bool
    direct: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PinnedSettings:
    """
    Applications that cannot be opened.

    Fields:
        platforms, names: whose connections; names with everything below.
        passes: they pass unopened in breaks.
    """

    platforms: frozenset[str]
    names: frozenset[str]
    passes: bool

    def has(self, platform: str | None, names: Collection[str]) -> bool:
        """Tell whether a connection is one of theirs: all its host names, or its platform."""
        return platform in self.platforms or (
            bool(names)
            and all(
                any(name == each or name.endswith("." + each) for each in self.names)
                for name in names
            )
        )


@dataclass(frozen=True, slots=True)
class LimitsSettings:
    """
    How many connections there may be at the same time.

    Fields:
        connections: all together; None for as many as can be had, within reason.
        per_address: of one address, where it is not known whose they are.
        per_person: of one person who is known.
    """

    connections: int | None = None
    per_address: int = 1000
    per_person: int = 500


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """
    Where the gateway listens, and where it may connect to.

    Fields:
        listen: ports to listen at.
        tls: those where TLS is spoken to the gateway, or None.
        ports: ports of other servers that people may reach.
        ca: folder with the certificate authority that browsers trust.
        trust: files with the authorities that the gateway trusts; empty for the system's.
        internal: private networks that people may reach; all others are refused.
        metrics: socket or address where the gateway is watched, or None.
        name: what it is called.
        workers: how many processes open connections; None where there is one process for all.
        parent: the proxy through which everything outside is reached, or None.
        pinned: applications that cannot be opened.
        opens_in_breaks: connections are opened in breaks as at all other times.
        limits: how many connections there may be at the same time.
    """

    listen: tuple[EntranceSettings, ...]
    tls: TlsSettings | None
    ports: frozenset[int]
    ca: Path
    trust: tuple[Path, ...]
    internal: tuple[Network, ...]
    metrics: Path | Endpoint | None = None
    name: str = "gateway"
    workers: int | None = None
    parent: ParentSettings | None = None
    pinned: tuple[PinnedSettings, ...] = ()
    opens_in_breaks: bool = True
    limits: LimitsSettings = field(default_factory=LimitsSettings)

    def opens(self, platform: str | None, names: Collection[str]) -> bool:
        """
        Tell whether connections are opened in breaks, too.

        Args:
            platform: whose it is, as far as that is known.
            names: its host names, in their normal spelling.
        """
        return self.opens_in_breaks and not any(
            each.passes and each.has(platform, names) for each in self.pinned
        )


def gateway_settings(gateway: Gateway, base: Path) -> GatewaySettings:
    """Return the settings of a gateway whose main file is in the folder *base*."""
    return GatewaySettings(
        listen=_entrances(gateway.listen),
        tls=None
        if gateway.tls is None
        else TlsSettings(
            _endpoints(gateway.tls.listen),
            base / gateway.tls.certificate,
            base / gateway.tls.key,
            gateway.tls.proxy_protocol_from,
        ),
        ports=frozenset(gateway.ports),
        ca=base / gateway.ca,
        trust=tuple(base / each for each in gateway.trust),
        internal=gateway.internal,
        metrics=None
        if gateway.metrics is None
        else gateway.metrics.listen or base / gateway.metrics.socket,
        name=gateway.name,
        workers=gateway.workers,
        parent=None if gateway.parent is None else _parent(gateway.parent, base),
        pinned=tuple(
            PinnedSettings(
                frozenset(each.platforms), frozenset(each.names), each.policy == "pass_in_break"
            )
            for each in gateway.pinned
        ),
        opens_in_breaks=gateway.decrypt_during_breaks,
        limits=LimitsSettings(**gateway.limits.model_dump()),
    )


def _parent(model: Parent, base: Path) -> ParentSettings:
    file = model.credentials_file
    return ParentSettings(
        model.address,
        model.tls,
        None if file is None else base / file,
        model.resolve == "gateway",
        model.except_,
    )


def _entrances(
    written: Endpoint | Entrance | tuple[Endpoint | Entrance, ...],
) -> tuple[EntranceSettings, ...]:
    # An endpoint is a tuple, too.
    several = (written,) if isinstance(written, Endpoint | Entrance) else written
    found = (
        EntranceSettings(each)
        if isinstance(each, Endpoint)
        else EntranceSettings(each.address, each.kind, each.proxy_protocol_from)
        for each in several
    )
    return tuple(dict.fromkeys(found))


def _endpoints(written: Endpoint | tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    return (written,) if isinstance(written, Endpoint) else tuple(dict.fromkeys(written))
