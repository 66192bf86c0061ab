"""Opens the audit log of a gateway: the files, what seals them, and who is told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from breaktime import __version__
from breaktime.audit import columns, readings
from breaktime.audit.ecs import Origin
from breaktime.audit.file import DayFiles
from breaktime.audit.keys import NAME, KeyFile
from breaktime.audit.recorder import Recorder, Seals, Tell
from breaktime.audit.sealer import NotOursError, RestoredError, Sealer
from breaktime.audit.statement import Statement
from breaktime.audit.store import Trouble
from breaktime.core.record import Action, Record


@dataclass(frozen=True, slots=True)
class Opened:
    """
    An audit log, ready to be written.

    Fields:
        recorder: what writes it.
        files: the files that it writes.
        sealed: it is sealed from here on.
        problem: what the operator has to be told, empty where all is well.
    """

    recorder: Recorder
    files: DayFiles
    sealed: bool
    problem: str


def open_log(  # noqa: PLR0913  the last three are for gateways
    directory: Path,
    gateway: str,
    keys: Path,
    *,
    tell: Tell,
    witness: Callable[[Statement], None] = lambda _: None,
    hide: Callable[[Record], Record] | None = None,
) -> Opened:
    """
    Open the log in a directory.

    Args:
        directory: where the files are.
        gateway: name of the gateway.
        keys: folder of the keys that `breaktime audit init` makes.
        tell: told of losses.
        witness: told of each checkpoint.
        hide: puts a pseudonym in the place of a name.

    Raises:
        BlockingIOError: another process writes there.
        OSError: files or keys cannot be used.
    """
    store = DayFiles(directory, gateway)
    try:
        readings.prepare(directory)
        columns.prepare(directory)
        sealer, trouble = _sealer(store, keys, gateway)
    except BaseException:
        store.close()
        raise
    seals = None if sealer is None else Seals(sealer, witness)
    found = [] if not trouble else [Trouble(Action.INTEGRITY_BROKEN, _sentence(trouble), NAME)]
    recorder = Recorder(store, gateway, tell=tell, seals=seals, found=found, hide=hide)
    if sealer is None and not trouble:
        trouble = f"there are no keys in {keys}; `breaktime audit init` makes them"
    return Opened(recorder, store, sealer is not None, trouble)


def _sealer(store: DayFiles, directory: Path, gateway: str) -> tuple[Sealer | None, str]:
    """Return what seals, if anything does, and what is wrong."""
    try:
        keys = KeyFile.open(directory)
    except FileNotFoundError:
        return None, ""
    sealer = Sealer(keys, Origin(gateway, __version__))
    try:
        sealer.go_on(store.unsealed())
    except RestoredError as problem:
        sealer.close()
        return None, f"{problem}; nothing can be sealed with them"
    except NotOursError as problem:
        return sealer, str(problem)
    except BaseException:
        sealer.close()
        raise
    return sealer, ""


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
