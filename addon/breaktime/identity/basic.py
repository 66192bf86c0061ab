"""
People by name and password: `{kind: basic, file: /etc/breaktime/htpasswd}`.

A check costs a tenth of a second and more, because the hashes withstand guessing. It runs in
threads of its own, once for the same credentials however many connections bring them, and its
outcome is remembered. Neither the password nor a plain hash of it is kept: the memory goes by a
keyed hash whose key dies with the process.
"""

import asyncio
import base64
import secrets
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from breaktime.core.who import canonical
from breaktime.identity.htpasswd import Hash, read_htpasswd
from breaktime.identity.provider import BusyError, Claim, Sighting

KNOWN_SECONDS = 300.0
"""How long a right password is remembered."""

REFUSED_SECONDS = 5.0
"""How long a wrong one is: long enough for the burst of a browser that retries."""

REMEMBERED = 4096
"""How many credentials of each kind are remembered; the oldest are forgotten first."""

WAITING = 1024
"""How many checks may wait for a thread. Those beyond are not taken."""

WAITING_PER_CLIENT = 4
"""The same for one address, so that nobody's guesses keep the others waiting."""

THREADS = 2

LONGEST = 1024
"""Longest header value that is looked at, in characters: nobody's password is longer."""

_KIND: Literal["basic"] = "basic"
_CHALLENGE = 'Basic realm="breaktime", charset="UTF-8"'


class BasicConfig(BaseModel):
    """The people of an htpasswd file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["basic"]
    file: Path
    """htpasswd file, beside the configuration unless absolute."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return (base / self.file,)

    def open(self, base: Path) -> "Basic":
        """
        Read the file; later changes of it count after a reload.

        Args:
            base: folder that relative paths start from.

        Raises:
            ValueError: the file has problems; all of them, one on a line.
            OSError: the file cannot be read.
        """
        path = base / self.file
        content = path.read_bytes()
        return Basic(read_htpasswd(path.name, content), digest=sha256(content).hexdigest())


class _Credentials(NamedTuple):
    person: str
    password: str


def _read(header: str) -> _Credentials | None:
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
    person = canonical(name)
    if not colon or not person or not person.isprintable():
        return None
    return _Credentials(person, password)


@dataclass(slots=True)
class _Memory:
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


class Basic:
    """Provider: name and password, asked for by the proxy, checked against an htpasswd file."""

    kind: str = _KIND
    can_challenge = True
    challenge = _CHALLENGE
    warnings: tuple[str, ...] = ()

    def __init__(
        self,
        people: Mapping[str, Hash],
        *,
        digest: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Hold the people of a file.

        Args:
            people: hash by canonical id.
            digest: of the file they were read from.
            monotonic: seconds that never go back.
        """
        self.digest = digest
        self._people = people
        self._monotonic = monotonic
        self._key = secrets.token_bytes(32)
        self._decoys = tuple(people.values())
        # Two memories, so that a flood of wrong passwords cannot push the right ones out.
        self._known = _Memory(KNOWN_SECONDS, REMEMBERED)
        self._refused = _Memory(REFUSED_SECONDS, REMEMBERED)
        self._running: dict[bytes, Future[Claim | None]] = {}
        self._of_client: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="breaktime-passwords")

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
        credentials = _read(header)
        if credentials is None:
            return None
        return _outcome(self._start(key, credentials, sighting.client))

    def close(self) -> None:
        """Take no more checks; those that wait end with `BusyError`."""
        with self._lock:
            self._closed = True
        self._threads.shutdown(wait=False)

    def _start(self, key: bytes, credentials: _Credentials, client: str) -> "Future[Claim | None]":
        """Return the check of these credentials, the running one if there is one."""
        with self._lock:
            check = self._running.get(key)
            if check is None:
                if (
                    self._closed
                    or len(self._running) >= WAITING
                    or self._of_client[client] >= WAITING_PER_CLIENT
                ):
                    raise BusyError
                check = self._threads.submit(self._check, key, credentials, client)
                self._running[key] = check
                self._of_client[client] += 1
            return check

    def _check(self, key: bytes, credentials: _Credentials, client: str) -> Claim | None:
        """Check a password and remember the outcome. Runs in a thread."""
        outcome: tuple[Claim | None] | None = None
        try:
            if self._closed:
                raise BusyError
            outcome = (self._measure(credentials),)
        finally:
            with self._lock:
                # Under one lock, so that the same credentials are running, remembered or neither.
                if outcome is not None:
                    memory = self._refused if outcome[0] is None else self._known
                    memory.put(key, outcome[0], self._monotonic())
                self._running.pop(key, None)
                self._of_client[client] -= 1
                if not self._of_client[client]:
                    del self._of_client[client]
        return outcome[0]

    def _measure(self, credentials: _Credentials) -> Claim | None:
        person, password = credentials
        stored = self._people.get(person)
        # A name that is not in the file costs what a wrong password costs: the hash of somebody
        # else is checked, always the same one for the same name.
        measured = stored or self._decoy(person)
        matches = measured is not None and measured.matches(password)
        return Claim(person, _KIND) if matches and stored is not None else None

    def _decoy(self, person: str) -> Hash | None:
        if not self._decoys:
            return None
        return self._decoys[int.from_bytes(self._hashed(person)) % len(self._decoys)]

    def _hashed(self, text: str) -> bytes:
        return blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16
        ).digest()


async def _outcome(check: "Future[Claim | None]") -> Claim | None:
    # Shielded: a client that hangs up must not cancel a check that others wait for.
    return await asyncio.shield(asyncio.wrap_future(check))
