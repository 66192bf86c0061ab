"""
People by the address of their computer: `{kind: addresses, table: people-addresses.csv}`.

The weakest of all providers: it knows computers and takes them for people. So an address with
two people in the table belongs to nobody. Taking one person for another is the worst fault a
record can have.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.core.who import canonical
from breaktime.identity.provider import Claim, Sighting

_KIND: Literal["addresses"] = "addresses"
_HEADER = ["address", "person"]
_LONGEST_ADDRESS = 64
"""Longer text is no address: IPv6 takes 45 characters, a zone some more."""

_Address = IPv4Address | IPv6Address


class AddressesConfig(BaseModel):
    """The people of a table of addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["addresses"]
    table: Path
    """CSV file with the header `address,person`, beside the configuration unless absolute."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return (base / self.table,)

    def open(self, base: Path) -> "Addresses":
        """
        Read the table.

        Args:
            base: folder that relative paths start from.

        Raises:
            ValueError: the table has problems; all of them, one on a line.
            OSError: the table cannot be read.
        """
        path = base / self.table
        content = path.read_bytes()
        rows, problems = _rows(path.name, content)
        if problems:
            raise ValueError("\n".join(problems))
        return replace(_addresses(path.name, rows), digest=sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Addresses:
    """
    Provider: a fixed table of computers that one person each works at.

    Fields:
        people: claim by address; addresses of two people are left out.
        warnings: the addresses that were left out.
        digest: of the file they were read from.
    """

    people: dict[_Address, Claim]
    warnings: tuple[str, ...] = ()
    kind: str = _KIND
    can_challenge: bool = False
    challenge: str = ""
    digest: str = ""

    def identify(self, sighting: Sighting) -> Claim | None:
        """Return the person of the client's address, or None."""
        address = _address(sighting.client)
        return None if address is None else self.people.get(address)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    address: _Address
    person: str


def _address(text: str) -> _Address | None:
    """Read an address; an IPv4 client of a dual-stack socket counts as the IPv4 it is."""
    if len(text) > _LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _rows(name: str, content: bytes) -> tuple[list[_Row], list[str]]:
    """Read all rows; the second part names what is wrong with the file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        return [], [f"{name}:{line}: must be UTF-8 text"]
    rows: list[_Row] = []
    problems: list[str] = []
    lines = _lines(text)
    first = next(lines, None)
    if first is None or [cell.casefold() for cell in first[1]] != _HEADER:
        where = 1 if first is None else first[0]
        return [], [f"{name}:{where}: must begin with the line `address,person`"]
    for number, cells in lines:
        row = _row(number, cells)
        if isinstance(row, str):
            problems.append(f"{name}:{number}: {row}")
        else:
            rows.append(row)
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number, counted from 1, and cells of each line that is more than a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            # One line at a time: a cell that goes over two lines would hide the second.
            yield number, [cell.strip() for cell in next(csv.reader([bare]))]


def _row(number: int, cells: list[str]) -> "_Row | str":
    """Read one row, or say what is wrong with it."""
    if len(cells) != len(_HEADER):
        return f"must have two columns, address and person, found {len(cells)}"
    text, person = cells[0], canonical(cells[1])
    address = _address(text)
    if "/" in text:
        return f"`{ascii(text)[1:-1]}` is a network; give one address a line"
    if address is None:
        return f"`{ascii(text)[1:-1]}` is not an address"
    if not person or not person.isprintable():
        return "the person must have a name of printable characters"
    return _Row(number, address, person)


def _addresses(name: str, rows: Iterable[_Row]) -> Addresses:
    """Give each address to its person, and those of two people to nobody."""
    first: dict[_Address, _Row] = {}
    shared: dict[_Address, str] = {}
    for row in rows:
        earlier = first.setdefault(row.address, row)
        if earlier.person != row.person:
            shared[row.address] = (
                f"{name}:{row.line}: `{row.address}` is given to another person at line"
                f" {earlier.line}; nobody is known by this address"
            )
    people = {
        address: Claim(row.person, _KIND) for address, row in first.items() if address not in shared
    }
    return Addresses(people, tuple(shared.values()))
