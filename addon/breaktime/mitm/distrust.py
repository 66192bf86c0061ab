"""
Who does not take our certificate: an application that pins another, or a computer without ours.

The two are told apart by what else comes from the same computer. Where a request has come over an
opened connection, the authority is there, and a program that refuses all the same has an idea of
its own which certificates are right. Some say so in TLS; others take the certificate, look at it,
and leave without a word, which browsers do as well, now and then: so that counts when it happens
again and again.

What is written tells of a platform or of a computer, and never of both: the operator has to know
which applications to list and which computers to mend, and not who used what.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog
from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.tls import TlsData

from breaktime.core.copies import Shown
from breaktime.core.names import normal_name
from breaktime.mitm.state import State
from breaktime.watch import Tally

SILENT: Final = 3
"""How often a program may leave one site without a word before it counts as refusing."""

MEMORY: Final = 10_000
"""How many computers, and how many sites of them, are remembered."""

LATELY: Final = timedelta(days=7)
"""For how long it is remembered that a computer has taken the certificate."""

QUIET: Final = timedelta(minutes=10)
"""For how long the same is not told again."""

_ALERTS: Final = re.compile(
    "unknown ca|bad certificate|certificate unknown|unsupported certificate|access denied"
    "|certificate revoked|certificate expired|bad_certificate"
)

log = structlog.get_logger("breaktime.gateway")


class Why(StrEnum):
    """
    Why a certificate was not taken. Values label a metric.

    Members:
        PINNED: other programs of the computer take it.
        AUTHORITY: nothing at the computer has taken it yet.
    """

    PINNED = "pinned"
    AUTHORITY = "authority"


class Distrust:
    """Hooks that notice whose certificate was not taken."""

    def __init__(self, state: State, clock: Callable[[], datetime], tally: Tally) -> None:
        """
        Begin with nothing noticed.

        Args:
            state: what is in force.
            clock: reads the instant.
            tally: counts.
        """
        self._state = state
        self._clock = clock
        self._tally = tally
        self._taken: OrderedDict[str, datetime] = OrderedDict()
        self._left: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._told: OrderedDict[tuple[Why, str], datetime] = OrderedDict()
        self._spoken: set[str] = set()

    def tls_failed_client(self, data: TlsData) -> None:
        """Take note of a handshake that a client has ended."""
        error = data.conn.error or ""
        client, name = data.context.client, _name(data.conn.sni, data.context.server.address)
        if _ALERTS.search(error.lower()):
            self._refused(client.peername[0], name)
        elif "disconnected during" in error:
            self._left_silently(client.peername[0], name)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Take note that somebody speaks on a connection that was opened for them."""
        client = flow.client_conn
        if not client.tls_established or client.id in self._spoken:
            return
        self._spoken.add(client.id)
        address = client.peername[0]
        _remember(self._taken, address, self._clock())
        self._left.pop((address, _name(client.sni, flow.server_conn.address)), None)

    def client_disconnected(self, client: Client) -> None:
        """Take note of a client that has looked at the certificate and left."""
        if client.id in self._spoken:
            self._spoken.discard(client.id)
        elif client.tls_established:
            self._left_silently(client.peername[0], _name(client.sni, None))

    def _left_silently(self, client: str, name: str) -> None:
        times = self._left.get((client, name), 0) + 1
        _remember(self._left, (client, name), times)
        if times >= SILENT:
            self._refused(client, name)

    def _refused(self, client: str, name: str) -> None:
        now, state = self._clock(), self._state.now
        taken = self._taken.get(client)
        why = Why.PINNED if taken is not None and now - taken < LATELY else Why.AUTHORITY
        self._tally.distrust[why] += 1
        match = state.policy.catalogue.find(Shown(name))[0] if name else None
        platform = None if match is None else match.platform
        if why is Why.PINNED and any(
            each.has(platform, (name,)) for each in state.settings.gateway.pinned
        ):
            return
        self._tell(why, client if why is Why.AUTHORITY else name, platform, now)

    def _tell(self, why: Why, what: str, platform: str | None, now: datetime) -> None:
        told = self._told.get((why, what))
        if told is not None and abs(now - told) < QUIET:
            return
        _remember(self._told, (why, what), now)
        if why is Why.PINNED:
            log.warning(
                "an application does not take the certificate of the gateway, and other programs"
                " at the same computer do; see `gateway.pinned`",
                platform=platform,
                name=what,
            )
        else:
            log.warning(
                "nothing at a computer has taken the certificate of the gateway yet; it may not"
                " have its authority",
                client=what,
            )


def _name(sni: str | None, address: tuple[str, int] | None) -> str:
    """Return the name that was asked for, in its normal spelling; empty where there is none."""
    given = sni or (address[0] if address else "")
    return normal_name(given) or ""


def _remember[Key, Value](memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MEMORY:
        memory.popitem(last=False)
