"""
People by the address of their computer: `{kind: addresses, table: people-addresses.csv}`.

The weakest of all providers: it knows computers and takes them for people. So an address with
two people in the table belongs to nobody, and so does one that many people share. Taking one
person for another is the worst fault a record can have.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.core.signin import Strength
from breaktime.identity.networks import Address, Networks, is_among, read_address
from breaktime.identity.provider import Claim, Sighting, Source, Surroundings

_KIND: Literal["addresses"] = "addresses"
_COLUMNS = ["address", "person", "until"]


class AddressesConfig(BaseModel):
    """The people of a table of addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["addresses"]
    table: Path
    """CSV file with the columns address, person and, where wanted, until."""
    shared: Networks = ()
    """Networks of computers that many people use: nobody is known by an address of theirs."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return (base / self.table,)

    def open(self, around: Surroundings) -> "Addresses":
        """
        Read the table.

        Raises:
            ValueError: the table has problems; all of them, one on a line.
            OSError: the table cannot be read.
        """
        path = around.base / self.table
        content = path.read_bytes()
        rows, problems = _rows(path.name, content, around)
        if problems:
            raise ValueError("\n".join(problems))
        people, warnings = _people(path.name, rows, self.shared)
        return Addresses(people, tuple(warnings), digest=sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class _Row:
    """
    One line of the table.

    Fields:
        line: counted from 1.
        address, person: whose computer it is.
        until: instant at which it is theirs no more; None for never.
    """

    line: int
    address: Address
    person: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Addresses:
    """
    Provider: a fixed table of computers that one person each works at.

    Fields:
        people: rows by address; shared addresses are left out.
        warnings: addresses by which nobody is known.
        digest: of the file they were read from.
    """

    people: dict[Address, tuple[_Row, ...]]
    warnings: tuple[str, ...] = ()
    kind: str = _KIND
    source: Source = Source.ADDRESS
    challenge: str = ""
    headers: frozenset[str] = field(default=frozenset())
    digest: str = ""

    def identify(self, sighting: Sighting) -> Claim | None:
        """Return the one person who has the client's address at that instant, or None."""
        address = read_address(sighting.client)
        rows = () if address is None else self.people.get(address, ())
        people = {row.person for row in rows if row.until is None or sighting.at < row.until}
        if len(people) != 1:
            return None
        return Claim(people.pop(), _KIND, strength=Strength.ADDRESS)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _rows(name: str, content: bytes, around: Surroundings) -> tuple[list[_Row], list[str]]:
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
    header = [] if first is None else [cell.casefold() for cell in first[1]]
    if header not in (_COLUMNS[:2], _COLUMNS):
        where = 1 if first is None else first[0]
        either = "`address,person` or `address,person,until`"
        return [], [f"{name}:{where}: must begin with the line {either}"]
    for number, cells in lines:
        try:
            rows.append(_row(number, cells, len(header), around))
        except ValueError as problem:
            problems.append(f"{name}:{number}: {problem}")
    return rows, problems


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number, counted from 1, and cells of each line that is more than a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare and not bare.startswith("#"):
            # One line at a time: a cell that goes over two lines would hide the second.
            yield number, [cell.strip() for cell in next(csv.reader([bare]))]


def _row(number: int, cells: list[str], columns: int, around: Surroundings) -> _Row:
    """Read one row, or raise what is wrong with it."""
    if len(cells) != columns:
        names = (
            "two columns, address and person"
            if columns == len(_COLUMNS) - 1
            else ("three columns, address, person and until")
        )
        raise ValueError(f"must have {names}, found {len(cells)}")
    text, person = cells[0], around.names.person(cells[1])
    address = read_address(text)
    if "/" in text:
        raise ValueError(f"`{ascii(text)[1:-1]}` is a network; give one address a line")
    if address is None:
        raise ValueError(f"`{ascii(text)[1:-1]}` is not an address")
    if person is None:
        raise ValueError("the person must have a name of printable characters, of one script")
    return _Row(number, address, person, _end(cells[2], around) if columns > 2 else None)  # noqa: PLR2004  the third


def _end(written: str, around: Surroundings) -> datetime | None:
    """Return the instant after a last day; None for no last day."""
    if not written:
        return None
    try:
        last = date.fromisoformat(written)
    except ValueError:
        shown = ascii(written)[1:-1]
        raise ValueError(
            f"until must be the last day, such as `2026-12-31`, found `{shown}`"
        ) from None
    local = datetime.combine(last + timedelta(days=1), time(), around.zone)
    return local.astimezone(UTC)


def _people(
    name: str, rows: Iterable[_Row], shared: Networks
) -> tuple[dict[Address, tuple[_Row, ...]], list[str]]:
    """Give each address to its people, and tell of those by which nobody is known."""
    people: dict[Address, tuple[_Row, ...]] = {}
    warnings: list[str] = []
    for row in rows:
        where = f"{name}:{row.line}: `{row.address}`"
        if is_among(row.address, shared):
            warnings.append(f"{where} is in a shared network; nobody is known by this address")
            continue
        earlier = people.get(row.address, ())
        other = next((one for one in earlier if one.person != row.person), None)
        if other is not None:
            until = " while it is both's" if row.until or other.until else ""
            warnings.append(
                f"{where} is given to another person at line {other.line};"
                f" nobody is known by this address{until}"
            )
        people[row.address] = (*earlier, row)
    return people, warnings
