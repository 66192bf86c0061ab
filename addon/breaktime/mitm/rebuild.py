"""Reading a configuration and letting go of one, both out of the event loop's way."""

import asyncio
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from breaktime.config import Loaded, Staged
from breaktime.config.handover import take_over
from breaktime.core import when
from breaktime.core.policy import Policy

PATIENCE = 300.0
"""How long reading may take, in seconds; a hundred thousand people take less than two."""

DROPPED = 100
"""So many answers are dropped at once; that takes well under a millisecond."""


class RebuildError(Exception):
    """The process that reads the configuration has failed: a fault, and not of the files."""


def reader(path: Path, staged: Staged | None = None) -> tuple[str, ...]:
    """Return the command that reads a configuration; `-P`: nothing is imported from the folder."""
    program = "import sys; from breaktime.config.handover import main; sys.exit(main(sys.argv[1:]))"
    return sys.executable, "-P", "-c", program, str(path), *map(str, staged or ())


async def rebuild(
    path: Path,
    staged: Staged | None = None,
    *,
    command: Sequence[str] = (),
    patience: float = PATIENCE,
) -> Loaded:
    """
    Read a configuration in another process, and take it over in small pieces.

    Args:
        path: the main file.
        staged: a file that is going to be included.
        command: what reads it; tests bring their own.
        patience: how long that may take, in seconds.

    Raises:
        ConfigError: with every problem of every file.
        RebuildError: if the process has failed, or is too slow.
    """
    return await unpack(await _output(command or reader(path, staged), patience))


async def read(path: Path) -> bytes:
    """Have a configuration read in another process; exceptions are as of `rebuild`."""
    return await _output(reader(path), PATIENCE)


async def unpack(data: bytes) -> Loaded:
    """Take over what `read` has returned, in small pieces; exceptions are as of `rebuild`."""
    try:
        for found in take_over(data):
            if found is not None:
                return found
            await asyncio.sleep(0)
    except (EOFError, pickle.UnpicklingError) as fault:
        raise RebuildError(
            "the process that reads the configuration wrote something else"
        ) from fault
    raise AssertionError


async def _output(command: Sequence[str], patience: float) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is meant for the gateway
    )
    try:
        async with asyncio.timeout(patience):
            data, told = await process.communicate()
    except TimeoutError:
        raise RebuildError(f"reading the configuration took more than {patience:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RebuildError(
            f"the process that reads the configuration {_end(process.returncode, told)}"
        )
    return data


def _end(status: int, told: bytes) -> str:
    """Say how a process has ended; only the kind of an error is told, its text may be anything."""
    if status < 0:
        return f"was ended by signal {-status}"
    last = told.decode(errors="replace").strip().rpartition("\n")[2]
    return f"ended with status {status}: {last.partition(':')[0]}"


async def let_go(policy: Policy) -> None:
    """
    Drop what is kept for a policy that is no longer in force, a little at a time.

    Whoever is asked about the new policy meanwhile stands behind it in line.
    """
    for kept in (*when.KEPT, *policy.kept):
        for _ in range(0, len(kept), DROPPED):
            kept.drop(DROPPED)
            await asyncio.sleep(0)
