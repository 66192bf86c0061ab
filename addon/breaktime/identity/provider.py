"""What every provider of identity takes, gives and promises."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from breaktime.core.signin import SignInNames, Strength

if TYPE_CHECKING:
    from breaktime.identity.directory import Directory

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class BusyError(Exception):
    """Who it is cannot be checked now. That is no answer: nobody was found to be unknown."""


class NotInstalledError(Exception):
    """This machine lacks something that the provider needs; one plain sentence says what."""


class Source(StrEnum):
    """
    What a provider goes by. Each tells of the person by itself, and all have to agree.

    Members:
        CREDENTIALS: the Proxy-Authorization header.
        CERTIFICATE: the certificate that the client showed to the proxy.
        HEADER: a header of a proxy in front.
        ADDRESS: where the connection came from.
    """

    CREDENTIALS = "credentials"
    CERTIFICATE = "certificate"
    HEADER = "header"
    ADDRESS = "address"


class Doubt(StrEnum):
    """
    Why nobody is known although somebody was named. Values stand in records: never rename one.

    Members:
        REFUSED: credentials were sent that no provider knows.
        DISAGREE: two claims are about two people.
        UNTRUSTED_HEADER: somebody who is no proxy of ours says who somebody is.
        HEADER: the proxy in front says it in no way that can be read in one way only.
        HEADER_MISSING: the proxy in front says nothing.
        CERTIFICATE: a certificate names nobody, or is not to be trusted.
        AMBIGUOUS: the directory has two people of this name.
    """

    REFUSED = "identity_unknown"
    DISAGREE = "claims_disagree"
    UNTRUSTED_HEADER = "header_from_untrusted_peer"
    HEADER = "header_unreadable"
    HEADER_MISSING = "header_missing"
    CERTIFICATE = "certificate_refused"
    AMBIGUOUS = "name_ambiguous"


@dataclass(frozen=True, slots=True)
class Sighting:
    """
    What the gateway saw of somebody who is asking.

    Fields:
        client: address the connection came from, as text.
        credentials: value of the Proxy-Authorization header as it came, or None. It stays out
            of `repr`, so that no traceback shows a password.
        headers: names in lower case and values of all headers of the request to the proxy.
        certificate: DER of the client's certificate, whose chain has been verified, or None.
        signed_in: who signed in on this connection before, where that holds for all of it.
        at: UTC instant.
    """

    client: str
    credentials: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificate: bytes | None = field(default=None, repr=False)
    signed_in: "Claim | None" = None
    at: datetime = _NEVER


@dataclass(frozen=True, slots=True)
class Claim:
    """
    The answer of a provider that knows the person.

    Fields:
        person: id as `core.signin.SignInNames` spells it.
        kind: the provider that says so.
        groups: directory groups of the person.
        strength: how sure it is.
    """

    person: str
    kind: str
    groups: tuple[str, ...] = ()
    strength: Strength = Strength.NONE


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    What a provider is built in.

    Fields:
        base: folder that relative paths start from.
        names: which names are one person.
        zone: of the organisation; its days count.
        directory: the directory of the organisation, where there is one.
    """

    base: Path
    names: SignInNames = field(default_factory=SignInNames)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    directory: "Directory | None" = None


type Answer = Claim | Doubt | None


class Provider(Protocol):
    """
    Somebody who can tell persons apart. Built from its configuration, replaced on reload.

    Fields:
        kind: the word of the configuration.
        source: what it goes by.
        challenge: scheme for a Proxy-Authenticate header; empty where asking the client once more
            makes nobody known.
        headers: what it reads besides, in lower case: no origin ever sees them.
        warnings: what an administrator should know, though it works; one plain sentence each.
        digest: tells the bytes it was built from apart from others.
    """

    @property
    def kind(self) -> str: ...  # noqa: D102  in Fields above

    @property
    def source(self) -> Source: ...  # noqa: D102  in Fields above

    @property
    def challenge(self) -> str: ...  # noqa: D102  in Fields above

    @property
    def headers(self) -> frozenset[str]: ...  # noqa: D102  in Fields above

    @property
    def warnings(self) -> tuple[str, ...]: ...  # noqa: D102  in Fields above

    @property
    def digest(self) -> str: ...  # noqa: D102  in Fields above

    def identify(self, sighting: Sighting) -> Answer | Awaitable[Answer]:
        """
        Say who it is, why that is in doubt, or None where this provider does not know.

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

    def open(self, around: Surroundings) -> Provider:
        """
        Build the provider.

        Raises:
            ValueError: the file has problems; all of them, one on a line, in plain words.
            OSError: the file cannot be read.
            NotInstalledError: this machine lacks something.
        """
        ...
