"""
The directory of the organisation: passwords of people, and the groups that they are in.

Asked in threads, with bounds; what it said is remembered for a while. A directory that does not
answer makes nobody unknown: those who are not remembered cannot be checked until it does.
"""

import ssl
import time
from collections.abc import Awaitable, Callable

from ldap3.utils.conv import escape_filter_chars

from breaktime.core.signin import SignInNames
from breaktime.identity import ldap
from breaktime.identity.checks import Checks
from breaktime.identity.directory_settings import Address, DirectorySettings
from breaktime.identity.provider import BusyError

THREADS = 8
"""How many conversations there are at most."""

LEVELS = 8
"""How deep groups within groups are followed."""

MOST_GROUPS = 500
"""A person in more groups than that cannot be checked."""

REMEMBERED = 10_000
"""How many people's groups are remembered; the oldest are forgotten first."""

_BY_NAME = "memberuid"
"""The one attribute of a group that holds sign-in names instead of entries (RFC 2307)."""


def open_directory(settings: DirectorySettings, names: SignInNames) -> "Directory":
    """
    Read what is needed to ask a directory; nothing is asked yet.

    Raises:
        ValueError: a file has a problem.
        OSError: a file cannot be read.
    """
    password = settings.password.read_text("utf-8").strip("\r\n")
    if not password:
        raise ValueError(f"{settings.password.name}: must hold the password of the service account")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not settings.trust:
        context.load_default_certs()
    for file in settings.trust:
        text = file.read_text("ascii", "replace")
        try:
            context.load_verify_locations(cadata=text)
        except (ssl.SSLError, ValueError):
            raise ValueError(f"{file.name}: must hold certificates (PEM)") from None
    return Directory(settings, names, context, password)


class Directory:
    """A directory that can be asked."""

    def __init__(
        self,
        settings: DirectorySettings,
        names: SignInNames,
        context: ssl.SSLContext,
        password: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nothing yet."""
        self.settings = settings
        self._names = names
        self._monotonic = monotonic
        self._servers = ldap.Servers(
            settings.servers,
            context,
            account=(settings.name, password),
            seconds=settings.seconds,
            monotonic=monotonic,
        )
        self._held: dict[str, tuple[float, tuple[str, ...] | None]] = {}
        self._checks: Checks[tuple[str, ...] | None] = Checks("directory", THREADS)

    def groups(self, person: str) -> tuple[str, ...] | Awaitable[tuple[str, ...] | None] | None:
        """
        Return names and entries of a person's groups, in small letters.

        At once where they are remembered. None where the directory has two people of this name;
        nobody of this name is in no group.

        Raises:
            BusyError: the directory does not answer; the awaitable may raise it, too.
        """
        held = self._held.get(person)
        if held is not None and held[0] > self._monotonic():
            return held[1]
        return self._checks.start(
            person.encode("utf-8", "surrogatepass"),
            person,
            lambda: self._servers.ask(lambda asked, _: self._groups(asked, person)),
            lambda groups: self._keep(person, groups),
        )

    def knows(self, person: str, password: str) -> bool:
        """
        Tell whether a password is that of a person. Blocks.

        Raises:
            BusyError: the directory does not answer.
        """
        if not password:
            return False

        def check(asked: ldap.Conversation, address: Address) -> bool:
            entry = self._entry(asked, person)
            if not isinstance(entry, ldap.Found):
                return False
            return self._servers.is_password(address, entry.dn, password)

        return self._servers.ask(check)

    def close(self) -> None:
        """Take no more questions, and end all conversations."""
        self._checks.close()
        self._servers.close()

    def _keep(self, person: str, groups: tuple[str, ...] | None) -> None:
        self._held.pop(person, None)
        self._held[person] = (self._monotonic() + self.settings.remember, groups)
        while len(self._held) > REMEMBERED:
            del self._held[next(iter(self._held))]

    def _entry(self, asked: ldap.Conversation, person: str) -> ldap.Found | bool:
        """Return the one entry of a person; False for none, True for more than one."""
        attribute = self.settings.person
        where = f"({attribute}={escape_filter_chars(person)})"
        found = ldap.search(asked, self.settings.people, where, (attribute,), 1)
        if found is None:
            return True
        for entry in found:
            # Directories compare more loosely than we do; what they found has to be the same name.
            if any(self._names.person(one) == person for one in entry.values[attribute.lower()]):
                return entry
        return False

    def _groups(self, asked: ldap.Conversation, person: str) -> tuple[str, ...] | None:
        settings = self.settings
        entry = self._entry(asked, person)
        if entry is True:
            return None
        if not isinstance(entry, ldap.Found) or not settings.groups:
            return ()
        by_name = settings.member.lower() == _BY_NAME
        members = entry.values[settings.person.lower()] if by_name else (entry.dn,)
        found: dict[str, tuple[str, ...]] = {}
        for _ in range(LEVELS if settings.nested and not by_name else 1):
            equal = "".join(f"({settings.member}={escape_filter_chars(each)})" for each in members)
            groups = ldap.search(
                asked, settings.groups, f"(|{equal})", (settings.group,), MOST_GROUPS
            )
            if groups is None or len(found) > MOST_GROUPS:
                raise BusyError
            members = tuple(each.dn for each in groups if each.dn.casefold() not in found)
            for each in groups:
                found[each.dn.casefold()] = each.values.get(settings.group.lower(), ())
            if not members:
                break
        names = (name.casefold() for each in found.values() for name in each)
        return tuple(sorted({*found, *names}))
