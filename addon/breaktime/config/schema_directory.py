"""Schema, directory: where passwords of people are checked and their groups are looked up."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from breaktime.config import text_directory
from breaktime.config.values import Line, Notice, Section, reads
from breaktime.identity import Address

type DirectoryServer = Annotated[Address, reads(text_directory.server)]
type Attribute = Annotated[str, reads(text_directory.attribute)]


class Account(Section):
    """The account with which the gateway looks people up."""

    name: Line
    """Name of the account, as the directory writes it: `cn=breaktime,ou=services,dc=example`."""
    password_file: Line
    """File with its password, readable by the gateway only."""


class InPeople(Section):
    """Where people are in the directory."""

    below: Line
    """The branch that holds them: `ou=people,dc=example,dc=org`."""
    name: Attribute = "uid"
    """Attribute with the sign-in name. `uid` if left out; Windows has `sAMAccountName`."""


class InGroups(Section):
    """Where groups are in the directory."""

    below: Line
    """The branch that holds them."""
    name: Attribute = "cn"
    """Attribute with the name of a group. `cn` if left out."""
    member: Attribute = "member"
    """Attribute with its members. `member` if left out; also `uniqueMember` and `memberUid`."""
    nested: bool = False
    """Whether members of a group in a group count. `no` if left out."""


class Directory(Section):
    """The directory of the organisation, for `kind: directory` and for `directory_group`."""

    servers: tuple[DirectoryServer, ...] = Field(min_length=1)
    """`ldaps://dc1.example.org`, or `ldap://`, which begins with StartTLS; asked in this order."""
    trust: tuple[Line, ...] = ()
    """Files with the authorities of their certificates (PEM). Those of the system if left out."""
    account: Account
    people: InPeople
    groups: InGroups | None = None
    """Where groups are; without it `directory_group` finds nobody."""
    timeout: Notice = Field(default_factory=lambda: timedelta(seconds=3))
    """How long an answer may take. `3 seconds` if left out."""
    remember: Notice = Field(default_factory=lambda: timedelta(minutes=5))
    """How long an answer holds. `5 minutes` if left out."""
