"""The street an attack happens in: clients, the gateway, an innocent site, and a closed one."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from houses import PLAIN
from meter import Meter
from support.clients import Http2, Reply, connect, curl, exchange, tls
from support.gateway import SOCIAL_ADDRESS, RunningGateway
from support.origin import ISSUER, CountingOrigin
from support.way_out import WayOut
from support.wire import pump

CLOSED = "www.facebook.com"
OTHER = "x.com"
INNOCENT = "www.example.org"
OWN_PAGE = "/ExampleshireCouncil"
CLOSED_ADDRESS = "127.0.50.1"
STAFF = "127.0.20.5"
PATIENCE_SECONDS = 4
IN_A_TUNNEL_SECONDS = 0.3  # a tunnel that is granted stays open, and says nothing of itself

NAMES = {
    CLOSED: [[CLOSED_ADDRESS]],
    OTHER: [[CLOSED_ADDRESS]],
    "m.facebook.com": [[CLOSED_ADDRESS]],
    "hidden.example": [[SOCIAL_ADDRESS]],
    "turning.example": [["127.0.0.1"], [SOCIAL_ADDRESS]],
    "inward.example": [["127.0.0.53"]],
}


@dataclass(frozen=True, slots=True)
class Attack:
    """
    One way that somebody may try.

    Fields:
        row: of the list of attacks in `docs/threat-model.md`.
        name: what is tried, in a few words.
        run: tries it, in a street.
        recorded: the log must tell of it. What is refused before anybody has said which site is
            meant, and what is none of our business, leaves no line.
        own_page: it begins at the council's own page, which is open: what counts as reaching the
            site is a request for anything else.
        house: kind of gateway it is tried on, a key of `HOUSES`.
    """

    row: str
    name: str
    run: "Callable[[Street], None]"
    recorded: bool
    own_page: bool
    house: str


ATTACKS: list[Attack] = []


def attack(
    row: str,
    name: str,
    *,
    recorded: bool = True,
    own_page: bool = False,
    house: str = PLAIN,
) -> Callable[["Callable[[Street], None]"], "Callable[[Street], None]"]:
    """Enter a function in the list."""

    def enter(run: "Callable[[Street], None]") -> "Callable[[Street], None]":
        ATTACKS.append(Attack(row, name, run, recorded, own_page, house))
        return run

    return enter


@dataclass
class Street:
    """
    What an attack may use, and what it is judged by.

    Every way to ask swallows what a closed door does to a client: what counts is what arrives.

    Fields:
        gateway: under attack.
        origin: answers for every site there is.
        meter: in front of the closed sites.
        way_out: what the gateway's parent asks, where it has one.
        reloads: how often the configuration is read again.
        day: of the gateway's clock, a working day without breaks of its own.
        tries: how often something was tried.
        complaints: what an attack itself saw that must not be.
    """

    gateway: RunningGateway
    origin: CountingOrigin
    meter: Meter
    way_out: WayOut
    reloads: int
    day: str = ""
    tries: int = 0
    complaints: list[str] = field(default_factory=list)

    def begin(self, day: str, wall: str) -> None:
        """Count from nothing, at a time of a day."""
        self.day = day
        self.clock(wall)
        self.tries = 0
        self.complaints = []
        self.origin.reset()
        self.meter.reset()
        self.way_out.heads.clear()

    def clock(self, wall: str) -> None:
        """Set the gateway's clock to another time of this day."""
        self.gateway.clock(wall, self.day)

    def leaked(self, case: Attack) -> int:
        """Return how many bytes reached the closed site that should not have."""
        if not case.own_page:
            asked = (head for head in self.way_out.heads if _asked_for(head) != INNOCENT)
            return self.meter.bytes + sum(map(len, asked))
        return sum(
            len(target)
            for _, host, _, target, _ in self.origin.seen.requests
            if host != INNOCENT and target.partition("?")[0] != OWN_PAGE
        )

    def log_size(self) -> int:
        """Return how many bytes of records there are."""
        return sum(file.stat().st_size for file in self.gateway.folder.glob("audit/*"))

    def innocent_is_served(self) -> bool:
        """Ask an innocent site by each way there is."""
        sealed = curl(self.gateway, f"https://{INNOCENT}/", source="127.0.20.9")
        clear = curl(self.gateway, f"http://{INNOCENT}/", source="127.0.20.9")
        return (sealed.status, clear.status) == (200, 200)

    @contextmanager
    def dialled(self) -> Iterator[socket.socket]:
        """Open a connection to the proxy."""
        self.tries += 1
        with (
            socket.create_connection(
                self.gateway.proxy, PATIENCE_SECONDS, source_address=(STAFF, 0)
            ) as sock,
            suppress(OSError),
        ):
            yield sock

    def say(self, words: bytes) -> bytes:
        """Say something to the proxy, and return all that comes back."""
        answer = b""
        with self.dialled() as sock:
            sock.sendall(words)
            sock.settimeout(IN_A_TUNNEL_SECONDS)
            answer = pump(sock)
        return answer  # noqa: RET504  a closed door ends the block above early

    def say_inside(self, target: str, words: bytes, *pieces: bytes) -> bytes:
        """Say something in a tunnel, in pieces if there are several."""
        self.tries += 1
        answer = b""
        with suppress(OSError), connect(self.gateway, target) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in (words, *pieces):
                sock.sendall(piece)
            sock.shutdown(socket.SHUT_WR)
            sock.settimeout(PATIENCE_SECONDS)
            answer = pump(sock)
        return answer

    def ask_inside(self, target: str, sni: str | None, request: bytes) -> Reply:
        """Ask in TLS in a tunnel, with a name in the handshake of one's own choosing."""
        self.tries += 1
        reply = Reply(0)
        with (
            suppress(OSError),
            connect(self.gateway, target) as sock,
            tls(self.gateway, sock, sni) as secured,
        ):
            reply = exchange(secured, request)
        return reply

    @contextmanager
    def http2(self, host: str) -> Iterator[Http2]:
        """Open HTTP/2 in a tunnel."""
        self.tries += 1
        with (
            connect(self.gateway, f"{host}:443") as sock,
            tls(self.gateway, sock, host, alpn=("h2",)) as secured,
            suppress(OSError),
        ):
            yield Http2(secured)

    def curl(self, url: str, *arguments: str, source: str = STAFF) -> Reply:
        """Ask with curl."""
        self.tries += 1
        return curl(self.gateway, url, *arguments, source=source)

    def insist(self, *, that: bool, else_: str) -> None:
        """Note what must not be."""
        if not that:
            self.complaints.append(else_)


def _asked_for(head: bytes) -> str:
    """Return the host that a parent was asked for a tunnel to."""
    return head.split()[1].decode("latin-1").rpartition(":")[0]


def get(host: str, path: str = "/", extra: str = "") -> bytes:
    """Write a request of HTTP/1.1."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n".encode()


class Block:
    """Origin, meter and way out, before there is a gateway."""

    def __init__(self, folder: Path) -> None:
        """Take a folder to work in."""
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Open them."""
        self.origin = self._stack.enter_context(CountingOrigin(self._folder, "127.0.0.1"))
        ports = (self.origin.port, self.origin.plain_port)
        closed = (CLOSED_ADDRESS, SOCIAL_ADDRESS)
        self.meter = self._stack.enter_context(Meter(closed, ports))
        self.way_out = self._stack.enter_context(WayOut(self.origin))
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._stack.close()


def names_file(folder: Path) -> None:
    """Write where each site lives."""
    (folder / "names.json").write_text(json.dumps(NAMES))


__all__ = ["ATTACKS", "ISSUER", "Attack", "Block", "Street", "attack", "get", "names_file"]
