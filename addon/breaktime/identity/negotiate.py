"""
People by single sign-on: `{kind: negotiate, keytab: /etc/breaktime/http.keytab}`.

A browser brings a ticket that the domain has given it for this gateway (RFC 4559). Whether it is
good is told by the key in the keytab: nobody has to be asked, so that sign-in goes on while the
domain controllers are down. A ticket counts once; a copy of it is refused.
"""

import base64
import stat
from collections.abc import Awaitable
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity.checks import Checks
from breaktime.identity.keytab import read_keytab
from breaktime.identity.provider import (
    Claim,
    NotInstalledError,
    Sighting,
    Source,
    Surroundings,
)

THREADS = 2

LONGEST = 65_536
"""Longest token, in characters of base64: a ticket lists the groups of its person."""

_KIND: Literal["negotiate"] = "negotiate"

log = structlog.get_logger("breaktime.identity")


class NegotiateConfig(BaseModel):
    """The people of a Kerberos realm, or of an Active Directory domain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["negotiate"]
    keytab: Path
    """Keys of the service `HTTP/` and the name by which browsers know the gateway."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return (base / self.keytab,)

    def open(self, around: Surroundings) -> "Negotiate":
        """
        Read the keytab; later changes of it count after a reload.

        Raises:
            ValueError: it is for no realm of ours, or for no HTTP service.
            OSError: it cannot be read.
            NotInstalledError: the Kerberos library is missing.
        """
        path = around.base / self.keytab
        content = path.read_bytes()
        services = [one for one in read_keytab(path.name, content) if one.parts[:1] == ("HTTP",)]
        if not services:
            raise ValueError(f"{path.name}: holds no key of a service `HTTP/...`")
        foreign = sorted(
            one.realm for one in services if one.realm.casefold() not in around.names.domains
        )
        if foreign:
            raise ValueError(
                f"{path.name}: is for the realm `{foreign[0]}`;"
                f" write `domains: [{foreign[0]}]` under `organisation`"
            )
        try:
            import gssapi  # noqa: F401, PLC0415  an extra: those without Kerberos need no C library
        except (ImportError, OSError):
            raise NotInstalledError(
                "Kerberos is not installed; install `breaktime[kerberos]`"
            ) from None
        warnings: tuple[str, ...] = ()
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH):
            warnings = (f"`{path.name}` can be read by others; write `chmod 600 {path.name}`",)
        return Negotiate(path, around.names, warnings, sha256(content).hexdigest())


class Negotiate:
    """Provider: a ticket of Kerberos in the Proxy-Authorization header."""

    kind: str = _KIND
    source = Source.CREDENTIALS
    challenge = "Negotiate"
    headers: frozenset[str] = frozenset()

    def __init__(
        self, keytab: Path, names: SignInNames, warnings: tuple[str, ...], digest: str
    ) -> None:
        """Take the file with the keys, which is read again for each ticket."""
        self.warnings = warnings
        self.digest = digest
        self._names = names
        self._store = {"keytab": f"FILE:{keytab}"}
        self._checks: Checks[Claim | None] = Checks("tickets", THREADS)
        self._numbers = count()

    def identify(self, sighting: Sighting) -> Claim | Awaitable[Claim | None] | None:
        """
        Check a ticket.

        Raises:
            BusyError: too many checks are waiting, or it is closed.
        """
        token = _token(sighting.credentials)
        if token is None:
            return None
        # No check is shared: the same ticket a second time is a copy, whenever it comes.
        key = next(self._numbers).to_bytes(8)
        return self._checks.start(key, sighting.client, lambda: self._check(token))

    def close(self) -> None:
        """Take no more tickets."""
        self._checks.close()

    def _check(self, token: bytes) -> Claim | None:
        """Ask the Kerberos library. Runs in a thread."""
        from gssapi import Credentials, NameType, SecurityContext  # noqa: PLC0415  an extra
        from gssapi.exceptions import GSSError  # noqa: PLC0415

        try:
            ours = Credentials(usage="accept", store=self._store)
            context = SecurityContext(creds=ours, usage="accept")
            context.step(token)
            if not context.complete:
                return None
            return self._claim(context, NameType.kerberos_principal)
        except GSSError as refusal:
            # Its text names the person and the service; the class of the fault is enough.
            log.info("a ticket was refused", error=type(refusal).__name__)
            return None

    def _claim(self, context: Any, principals: Any) -> Claim | None:
        name = context.initiator_name
        if context.mech.dotted_form != _KERBEROS or name.name_type != principals:
            return None
        person = person_of(str(name), self._names)
        return None if person is None else Claim(person, _KIND, strength=Strength.KERBEROS)


_KERBEROS = "1.2.840.113554.1.2.2"


def person_of(principal: str, names: SignInNames) -> str | None:
    """
    Return the person of a principal; None for services, computers and other realms.

    Args:
        principal: as Kerberos writes it, `a.jones@EXAMPLE.ORG`.
        names: which realms are ours.
    """
    user, _, realm = principal.rpartition("@")
    if not user or realm.casefold() not in names.domains:
        return None
    if any(one in user for one in "/@\\") or user.endswith("$"):
        return None
    return names.person(user)


def _token(header: str | None) -> bytes | None:
    if header is None or len(header) > LONGEST:
        return None
    scheme, _, text = header.partition(" ")
    if scheme.casefold() != "negotiate":
        return None
    try:
        return base64.b64decode(text.strip().encode("ascii"), validate=True) or None
    except ValueError:
        return None
