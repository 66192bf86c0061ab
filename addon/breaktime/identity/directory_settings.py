"""How a directory is reached. Apart from the directory itself, which needs the LDAP library."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """
    Where a server listens.

    Fields:
        host, port: of the server; the host is the name that its certificate must have.
        tls: TLS from the first byte; otherwise it begins with StartTLS. Never without.
    """

    host: str
    port: int
    tls: bool


@dataclass(frozen=True, slots=True)
class DirectorySettings:
    """
    How to reach a directory, and where things are in it.

    Fields:
        servers: in the order in which they are asked.
        trust: files with the authorities of their certificates; empty for the system's.
        name: of the service account, as the directory writes it.
        password: file with its password.
        people: where people are.
        person: attribute with the sign-in name.
        groups: where groups are; empty for none.
        group: attribute with the name of a group.
        member: attribute of a group with its members.
        nested: groups in groups count.
        seconds: how long an answer may take.
        remember: for how many seconds an answer holds.
    """

    servers: tuple[Address, ...]
    trust: tuple[Path, ...]
    name: str
    password: Path
    people: str
    person: str = "uid"
    groups: str = ""
    group: str = "cn"
    member: str = "member"
    nested: bool = False
    seconds: float = 3.0
    remember: float = 300.0

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it is built from."""
        return (*self.trust, self.password)
