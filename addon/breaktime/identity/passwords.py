"""
Names and passwords as browsers send them, and what is remembered of them.

Neither the password nor a plain hash of it is kept: the memory goes by a keyed hash whose key
dies with the process.
"""

import base64
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from breaktime.core.signin import SignInNames
from breaktime.identity.checks import Checks
from breaktime.identity.provider import Claim, Sighting, Source

KNOWN_SECONDS = 300.0
"""How long a right password is remembered."""

REFUSED_SECONDS = 5.0
"""How long a wrong one is: long enough for the burst of a browser that retries."""

REMEMBERED = 4096
"""How many credentials of each kind are remembered; the oldest are forgotten first."""

LONGEST = 1024
"""Longest header value that is looked at, in characters: nobody's password is longer."""


class Credentials(NamedTuple):
    """
    A name and a password.

    Fields:
        person: canonical id that the name stands for.
        password: as typed. A secret: it is in no `repr` that anybody sees.
    """

    person: str
    password: str

    def __repr__(self) -> str:
        """Show whose they are, and nothing else."""
        return f"Credentials({self.person!r})"


def read_basic(header: str, names: SignInNames) -> Credentials | None:
    """Read a Proxy-Authorization value (RFC 7617); None where it is not a Basic one."""
    scheme, _, token = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        pair = base64.b64decode(token.strip().encode("ascii"), validate=True)
    except ValueError:
        return None
    try:
        text = pair.decode()
    except UnicodeDecodeError:
        text = pair.decode("latin-1")  # what clients send that do not know charset="UTF-8"
    name, colon, password = text.partition(":")
    person = names.person(name)
    if not colon or person is None:
        return None
    return Credentials(person, password)


@dataclass(slots=True)
class Memory:
    """
    Outcomes by keyed hash of the credentials, for a while.

    Fields:
        seconds: how long an outcome holds.
        size: how many are kept.
    """

    seconds: float
    size: int
    _held: dict[bytes, tuple[float, Claim | None]] = field(default_factory=dict)

    def get(self, key: bytes, now: float) -> tuple[Claim | None] | None:
        """Return the outcome in a tuple, because "nobody" is one too, or None."""
        held = self._held.get(key)
        return None if held is None or held[0] <= now else (held[1],)

    def put(self, key: bytes, claim: Claim | None, now: float) -> None:
        """Remember an outcome, and forget the oldest where there are too many."""
        self._held.pop(key, None)
        self._held[key] = (now + self.seconds, claim)
        while len(self._held) > self.size:
            del self._held[next(iter(self._held))]


class Passwords:
    """Provider: name and password, asked for by the proxy; who derives from it knows them."""

    kind = ""
    source = Source.CREDENTIALS
    challenge = "Basic"
    headers: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    def __init__(
        self,
        names: SignInNames,
        *,
        threads: int,
        digest: str = "",
        known_seconds: float = KNOWN_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Remember nobody yet.

        Args:
            names: which names are one person.
            threads: how many passwords are checked at the same time.
            digest: of what the people are read from.
            known_seconds: how long a right password is remembered.
            monotonic: seconds that never go back.
        """
        self.digest = digest
        self._names = names
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)
        # Two memories, so that a flood of wrong passwords cannot push the right ones out.
        self._known = Memory(known_seconds, REMEMBERED)
        self._refused = Memory(REFUSED_SECONDS, REMEMBERED)
        self._checks: Checks[Claim | None] = Checks(f"{self.kind}-passwords", threads)

    def identify(self, sighting: Sighting) -> Claim | Awaitable[Claim | None] | None:
        """
        Answer at once where the credentials are remembered or are none, else when checked.

        Raises:
            BusyError: too many checks are waiting, or it is closed.
        """
        header = sighting.credentials
        if header is None or len(header) > LONGEST:
            return None
        key = self._hashed(header)
        now = self._monotonic()
        held = self._known.get(key, now) or self._refused.get(key, now)
        if held is not None:
            return held[0]
        credentials = read_basic(header, self._names)
        if credentials is None:
            return None
        return self._checks.start(
            key,
            sighting.client,
            lambda: self._measure(credentials),
            lambda claim: self._keep(key, claim),
        )

    def close(self) -> None:
        """Take no more checks; those that wait end with `BusyError`."""
        self._checks.close()

    def _measure(self, credentials: Credentials) -> Claim | None:
        """Check a password. Runs in a thread; may raise `BusyError`."""
        raise NotImplementedError

    def _keep(self, key: bytes, claim: Claim | None) -> None:
        memory = self._refused if claim is None else self._known
        memory.put(key, claim, self._monotonic())

    def _hashed(self, text: str) -> bytes:
        return blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16
        ).digest()
