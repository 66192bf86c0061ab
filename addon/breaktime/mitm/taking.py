"""A new configuration is taken whole, or the old one stays and it is said what is wrong."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import structlog

from breaktime.config import ConfigError, Loaded
from breaktime.core.record import Action
from breaktime.mitm.archiving import open_and_archive
from breaktime.mitm.notes import Notes
from breaktime.mitm.rebuild import RebuildError, let_go, read, unpack
from breaktime.mitm.state import InForce, State, after_restart
from breaktime.watch import Cut, Reload, Tally

SIGN_IN_SECONDS = 15
"""How long a sign-in that has begun may go on with the identity tables of the old configuration."""

log = structlog.get_logger("breaktime.gateway")


class Others(Protocol):
    """Other processes, which go by the same configuration or keep the old one with us."""

    async def agree(self, data: bytes, new: InForce) -> None:
        """
        Have all others open it.

        Args:
            data: the configuration, as it was read.
            new: the same, as it was opened here.

        Raises:
            ConfigError, RebuildError: as for ourselves, if one of them cannot.
        """

    def commit(self) -> None:
        """Have them put it in force."""

    def forget(self) -> None:
        """Have them let go of it."""


class Alone:
    """There are no others."""

    async def agree(self, data: bytes, new: InForce) -> None:
        """Agree."""

    def commit(self) -> None:
        """Tell nobody."""

    def forget(self) -> None:
        """Tell nobody."""


class Taking:
    """
    Puts a new configuration in the place of the one in force.

    Fields:
        review: ends what the configuration in force lets through no more, and returns how many
            connections that were; it is told whether people are recognised by other tables now.
        others: take it as well, or nobody does.
    """

    def __init__(self, path: Path, first: Loaded, state: State, notes: Notes, tally: Tally) -> None:
        """
        Begin with the first configuration in force.

        Args:
            path: the main file.
            first: what was read of it.
            state: what is in force.
            notes: write down what was taken, and what was not.
            tally: counts it.
        """
        self._path = path
        self._loaded = first
        self._state = state
        self._notes = notes
        self._tally = tally
        self.others: Others = Alone()
        self.review: Callable[[bool], int] = lambda _: 0

    def files(self) -> Iterable[Path]:
        """Return the files and folders of the configuration in force."""
        return self._loaded.files

    async def take(self, why: str) -> None:
        """
        Read the configuration again, and put it in force if it is sound.

        Args:
            why: ``file`` where one has changed, ``signal`` where somebody has asked for it.
        """
        old = self._state.now
        try:
            loaded, new = await self._agreed()
        except ConfigError as error:
            for problem in error.problems:
                log.error("the new configuration is not taken", problem=str(problem))  # noqa: TRY400  no fault
            self._reject(len(error.problems))
            return
        except RebuildError as fault:
            log.error("the new configuration is not taken", fault=str(fault))  # noqa: TRY400  all that is known
            self._reject(0)
            return
        except Exception as fault:  # a fault of ours must not end the gateway
            log.exception("the new configuration is not taken", error=type(fault).__name__)
            self._reject(0)
            return
        self._loaded = loaded
        put_in_force(self._state, new, self.review, self._tally)
        self.others.commit()
        self._tell(why, old, new)
        await let_go(old.policy)

    async def _agreed(self) -> tuple[Loaded, InForce]:
        """Return a configuration that everybody has opened."""
        data = await read(self._path)
        loaded = await unpack(data)
        new = await open_and_archive(loaded)
        try:
            await self.others.agree(data, new)
        except BaseException:
            self.others.forget()
            new.close()
            raise
        return loaded, new

    def _tell(self, why: str, old: InForce, new: InForce) -> None:
        """Record a new configuration, unless it means the same and nobody has asked for it."""
        late = after_restart(old.settings, new.settings)
        if late:
            log.warning("these settings count after a restart only", settings=", ".join(late))
        if why == "file" and (new.policy.fingerprint, new.people, new.settings) == (
            old.policy.fingerprint,
            old.people,
            old.settings,
        ):
            self._tally.reloads[Reload.SAME] += 1
            log.info("the configuration was read again; its meaning is the same")
            return
        self._tally.reloads[Reload.TAKEN] += 1
        log.info("a new configuration is in force", policy=new.policy.fingerprint[:12])
        self._notes.note(Action.CONFIG_LOADED, "A new configuration is in force")

    def _reject(self, problems: int) -> None:
        self._tally.reloads[Reload.REFUSED] += 1
        self._notes.note(
            Action.CONFIG_REJECTED,
            "A new configuration was not taken; the old one stays in force",
            problems,
        )


def put_in_force(state: State, new: InForce, review: Callable[[bool], int], tally: Tally) -> None:
    """
    Put one configuration in the place of another, and end what it lets through no more.

    Args:
        state: holds what is in force.
        new: what is to be.
        review: as of `Taking`.
        tally: counts what was ended.
    """
    old, state.now = state.now, new
    ended = review(old.people != new.people)
    if ended:
        tally.cuts[Cut.CONFIGURATION] += ended
        log.info("the new configuration has ended connections", connections=ended)
    # Somebody may still be signing in with it.
    asyncio.get_running_loop().call_later(SIGN_IN_SECONDS, old.close)
