"""What goes on in the connections that `bench/cut.py` has ended."""

from dataclasses import dataclass
from enum import Enum, auto

from support.crowd import h2_requests
from support.wire import upgrade

SOCIAL, INNOCENT, RAW = "www.facebook.com", "www.example.org", "tunnels.example.org"
OWN = "/ExampleshireCouncil"
FEW = 100


class Where(Enum):
    """
    Where a client comes in.

    Members:
        OPENED: at a proxy that opens what is controlled.
        UNOPENED: at one that lets it pass unopened in breaks.
        TLS: at one that is asked by TLS.
    """

    OPENED = auto()
    UNOPENED = auto()
    TLS = auto()


class End(Enum):
    """
    What ends it.

    Members:
        CLOCK: the break is over, and the grace.
        CONFIGURATION: a new one, by which the site is controlled.
    """

    CLOCK = auto()
    CONFIGURATION = auto()


@dataclass(frozen=True)
class Protocol:
    """
    What goes on in a connection.

    Fields:
        sent: what is asked for.
        shown: what shows that it goes on; None where nothing comes back.
        reads: the client reads what comes.
        flows: what comes does not end; else it is little, and looked at afterwards.
        alpn: what is offered; HTTP/2 ends a stream, and not the connection.
        where: where it comes in.
        end: what ends it.
        target: host and port of the tunnel.
        raw: it is no TLS that is spoken in the tunnel.
        most: how many there are at the same time.
        held: descriptors that the gateway has for one of them.
    """

    sent: bytes
    shown: bytes | None
    reads: bool = True
    flows: bool = False
    alpn: tuple[str, ...] = ()
    where: Where = Where.OPENED
    end: End = End.CLOCK
    target: tuple[str, int] = (SOCIAL, 443)
    raw: bool = False
    most: int = 1_000_000
    held: int = 2

    @property
    def keeps(self) -> bool:
        """Whether what comes is looked at afterwards."""
        return self.reads and not self.flows


def get(path: str) -> bytes:
    """Return a request of HTTP/1.1."""
    return f"GET {path} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode()


POST = f"POST / HTTP/1.1\r\nHost: {SOCIAL}\r\nContent-Length: 99999\r\n\r\nx".encode()
TWO_STREAMS = h2_requests(SOCIAL, ("/events", f"{OWN}/events"))
EVENTS, EVENT = get("/events"), b"data: 1\n\n"
ENDLESS, PACED = get("/big/2000000000000"), get("/paced")

PROTOCOLS = {
    "events": Protocol(EVENTS, EVENT),
    "http2-stream": Protocol(TWO_STREAMS, EVENT, alpn=("h2",)),
    "websocket": Protocol(upgrade(SOCIAL), b"\r\n\r\n"),
    "download": Protocol(PACED, None, flows=True),
    "download-full": Protocol(ENDLESS, None, flows=True, most=FEW),
    "upload": Protocol(POST, None),
    "idle": Protocol(get("/"), b"GET / 0\n"),
    "unread-download": Protocol(ENDLESS, None, reads=False),
    "unopened": Protocol(EVENTS, EVENT, where=Where.UNOPENED),
    "unopened-download": Protocol(PACED, None, flows=True, where=Where.UNOPENED),
    "unopened-unread": Protocol(ENDLESS, None, reads=False, where=Where.UNOPENED),
    "tls-proxy": Protocol(EVENTS, EVENT, where=Where.TLS, held=4),
    "tls-proxy-unread": Protocol(ENDLESS, None, reads=False, where=Where.TLS, held=4),
    "raw-tunnel": Protocol(
        b"SSH-2.0-bench\r\n", None, end=End.CONFIGURATION, target=(RAW, 80), raw=True
    ),
}
