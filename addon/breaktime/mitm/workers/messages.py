"""
What the door's process and its workers tell each other.

They are pickled, because a record holds a dozen kinds of value. What is read makes none but the
kinds that are listed here, so that a worker, which reads what anybody sends, cannot make the
door's process run anything.
"""

import copyreg
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum, StrEnum
from io import BytesIO
from pathlib import Path, PosixPath
from types import FunctionType, MappingProxyType
from typing import Any, get_args, get_type_hints

from breaktime.config.problems import Problem
from breaktime.core.platforms import Role
from breaktime.core.reasons import Reason, Verdict
from breaktime.core.record import Record
from breaktime.core.session import Ending, Key, Session
from breaktime.core.signin import Strength
from breaktime.door import Identity, Kind
from breaktime.identity import Doubt

# From the door to a worker


@dataclass(frozen=True, slots=True)
class Begin:
    """
    The first message. A descriptor with the configuration comes with it.

    Fields:
        version: of breaktime, as the door runs it.
        path: main file of the configuration.
        name: what the worker is called.
        since: UTC instant that breaks go by; a worker's clock shows none before it.
        avoid: addresses that no connection may lead to.
    """

    version: str
    path: Path
    name: str
    since: datetime
    avoid: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Avoid:
    """No connection may lead to these addresses."""

    addresses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Take:
    """
    A connection to open. The descriptor of its socket comes with it.

    Fields:
        id, client, client_port, identity, certificate: as of `door.Conn`.
        replay, kind, host, port, sni, address: as of `door.Inspection`.
    """

    id: str
    client: str
    client_port: int
    identity: Identity | None
    certificate: bytes | None = field(repr=False)
    replay: bytes = field(repr=False)
    kind: Kind
    host: str
    port: int
    sni: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Cut:
    """End a connection."""

    id: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """Open a new configuration, whose descriptor comes with this, and say whether it is sound."""

    number: int


@dataclass(frozen=True, slots=True)
class Commit:
    """Put the configuration of this number in force."""

    number: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Let go of the configuration of this number: somebody could not open it."""

    number: int


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What became of a record.

    Fields:
        number: of the record.
        kept: it is kept.
        writable: whether records are kept at all.
    """

    number: int
    kept: bool
    writable: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The flexible break of somebody has ended."""

    person: str


@dataclass(frozen=True, slots=True)
class Drain:
    """Nothing more will come; end when the last connection has, or after so many seconds."""

    seconds: float


# From a worker to the door


@dataclass(frozen=True, slots=True)
class Ready:
    """
    The worker can take connections.

    Fields:
        fingerprint: of the policy.
    """

    fingerprint: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker cannot start, and why."""

    problem: str
    status: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A new configuration is opened, or not.

    Fields:
        number: of the configuration.
        fingerprint, people: digests of what was opened.
        problems: what is wrong in the files.
        fault: what has gone wrong in us.
    """

    number: int
    fingerprint: str = ""
    people: str = ""
    problems: tuple[Problem, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """
    A connection has ended.

    Fields:
        id: its id.
        cut: it has not come to its own end.
    """

    id: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Belongs:
    """Somebody has signed in on a connection: it is one of theirs."""

    id: str
    person: str


@dataclass(frozen=True, slots=True)
class Put:
    """
    A record to write.

    Fields:
        number: of the record, from this worker.
        record: what happened.
        held: what it tells of is released only if it is kept.
    """

    number: int
    record: Record
    held: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """
    Something that is only counted.

    Fields:
        record: that would have told of it.
    """

    record: Record


@dataclass(frozen=True, slots=True)
class Begun:
    """A session goes on in this worker."""

    key: Key


@dataclass(frozen=True, slots=True)
class Over:
    """
    A session goes on in this worker no more.

    Fields:
        key: whose it is.
        session: what this worker saw of it.
        why: it is over.
    """

    key: Key
    session: Session
    why: Ending


@dataclass(frozen=True, slots=True)
class Reread:
    """Somebody has asked for the configuration to be read again."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """As of `watch.Histogram`."""

    counts: tuple[int, ...] = ()
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """
    How a worker is, every other second: that it comes says that it lives.

    Fields:
        decisions: requests that were judged, by verdict and reason.
        cuts: connections that were ended, by why.
        doubts: sign-ins that led to nobody, by why.
        took, late: as of `watch.Tally`.
        leases: connections that end with what opened them.
        parent: how often a parent proxy gave no tunnel, by why.
        distrust: how often a program did not take our certificate, by why.
    """

    decisions: tuple[tuple[Verdict, Reason, int], ...] = ()
    cuts: tuple[tuple[str, int], ...] = ()
    doubts: tuple[tuple[str, int], ...] = ()
    took: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)
    leases: int = 0
    parent: tuple[tuple[str, int], ...] = ()
    distrust: tuple[tuple[str, int], ...] = ()


type FromDoor = Begin | Avoid | Take | Cut | Prepare | Commit | Forget | Kept | Ended | Drain
type Totalled = Counted | Begun | Over
type FromWorker = Ready | Failed | Prepared | Released | Belongs | Put | Totalled | Reread | Figures
type Message = FromDoor | FromWorker


def _within(kind: object) -> set[type]:
    """Return the kinds of ours that a value of some kind may hold, and itself."""
    if not isinstance(kind, type) or kind.__module__.split(".")[0] != "breaktime":
        return set().union(*map(_within, get_args(kind)))
    if issubclass(kind, Enum):
        return {kind}
    return {kind}.union(*map(_within, get_type_hints(kind).values()))


_KINDS: tuple[type, ...] = (
    Begin, Avoid, Take, Cut, Prepare, Commit, Forget, Kept, Ended, Drain,
    Ready, Failed, Prepared, Released, Belongs, Put, Counted, Begun, Over, Reread, Figures,
    Histogram, Session, Ending,
    *_within(Record), Reason, Verdict, Strength, Doubt, Identity, Kind,
    Role, Problem, str, datetime, timedelta, timezone, PosixPath,
)  # fmt: skip


_SENT = frozenset({*_KINDS, MappingProxyType, FunctionType})
_KNOWN = {(kind.__module__, kind.__qualname__): kind for kind in _KINDS}


def view(found: Mapping[str, str]) -> Mapping[str, str]:
    """Make of a mapping one that cannot be changed."""
    return MappingProxyType(dict(found))


class _Pickler(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table | {
        MappingProxyType: lambda found: (view, (dict(found),)),
    }

    def reducer_override(self, found: object) -> Any:
        """Refuse here what the other side would refuse, and end us for it."""
        kind = found if isinstance(found, type) else type(found)
        if kind not in _SENT and isinstance(found, StrEnum):
            return str, (found.value,)  # a word of ours, where a record wants text
        if kind not in _SENT:
            raise pickle.PicklingError(f"no message holds a {kind.__qualname__}")
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) == (view.__module__, view.__qualname__):
            return view
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"no message holds a {module}.{name}") from None


def to_bytes(message: Message) -> bytes:
    """
    Write a message.

    Raises:
        ValueError: there is something in it that no message holds.
    """
    file = BytesIO()
    try:
        _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(message)
    except pickle.PicklingError as fault:
        raise ValueError(str(fault)) from fault
    return file.getvalue()


def from_bytes(data: bytes) -> Message:
    """
    Read a message.

    Raises:
        ValueError: these bytes are none.
    """
    try:
        found = _Unpickler(BytesIO(data)).load()
    except Exception as fault:  # which one depends on the bytes
        raise ValueError("this is no message") from fault
    if not isinstance(found, _MESSAGES):
        raise ValueError("this is no message")  # noqa: TRY004  whatever it is, it is bytes
    return found


_MESSAGES = (
    Begin, Avoid, Take, Cut, Prepare, Commit, Forget, Kept, Ended, Drain,
    Ready, Failed, Prepared, Released, Belongs, Put, Counted, Begun, Over, Reread, Figures,
)  # fmt: skip
