"""What every provider of identity takes, gives and promises."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class BusyError(Exception):
    """Who it is cannot be checked now. That is no answer: nobody was found to be unknown."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What the gateway saw of somebody who is asking.

    Fields:
        client: address the connection came from, as text.
        credentials: value of the Proxy-Authorization header as it came, or None. It stays out
            of `repr`, so that no traceback shows a password.
    """

    client: str
    credentials: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """
    The answer of a provider that knows the person.

    Fields:
        person: id as `core.who.canonical` spells it.
        kind: the provider that says so.
        groups: directory groups of the person.
    """

    person: str
    kind: str
    groups: tuple[str, ...] = ()


class Provider(Protocol):
    """
    Somebody who can tell persons apart. Built from its configuration, replaced on reload.

    Fields:
        kind: the word of the configuration.
        can_challenge: asking the client once more, with `challenge`, may make the person known.
        challenge: value for a Proxy-Authenticate header; empty where there is none to give.
        warnings: what an administrator should know, though it works; one plain sentence each.
        digest: tells the bytes it was built from apart from others.
    """

    @property
    def kind(self) -> str: ...  # noqa: D102  in Fields above

    @property
    def can_challenge(self) -> bool: ...  # noqa: D102  in Fields above

    @property
    def challenge(self) -> str: ...  # noqa: D102  in Fields above

    @property
    def warnings(self) -> tuple[str, ...]: ...  # noqa: D102  in Fields above

    @property
    def digest(self) -> str: ...  # noqa: D102  in Fields above

    def identify(self, sighting: Sighting) -> Claim | Awaitable[Claim | None] | None:
        """
        Say who it is, or None where this provider does not know for certain.

        Raises nothing but `BusyError`, whatever the client sent. Answers at once where it can; an
        answer that takes longer than a few microseconds is an awaitable and is worked out off the
        event loop.

        Raises:
            BusyError: it cannot be checked now; the awaitable may raise it, too.
        """
        ...

    def close(self) -> None:
        """Let go of threads and connections. A closed one is `BusyError` for all it would check."""
        ...


class Config(Protocol):
    """One entry of the `identity` section, validated."""

    @property
    def kind(self) -> str: ...  # noqa: D102  the word that chooses the provider

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from; a change of one means a reload."""
        ...

    def open(self, base: Path) -> Provider:
        """
        Build the provider.

        Args:
            base: folder that relative paths start from.

        Raises:
            ValueError: the file has problems; all of them, one on a line, in plain words.
            OSError: the file cannot be read.
        """
        ...
