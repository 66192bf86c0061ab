"""Which records somebody asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from breaktime.audit.reading import Line


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Some of the records. What is left empty does not matter; of several values, any will do.

    Fields:
        people: names or pseudonyms.
        teams, platforms, verdicts, contexts: as they stand in the record.
        since: UTC instant of the beginning, or None.
        until: UTC instant of the end, which is not included, or None.
    """

    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether every record is asked for."""
        return self == EVERYTHING

    @property
    def first_day(self) -> date | None:
        """
        The day of the oldest file in which such a record may stand, or None.

        A record stands in the file of its UTC day, or where the clock was set back, of a later one.
        """
        return None if self.since is None else self.since.astimezone(UTC).date()

    def has(self, record: Line) -> bool:
        """Tell whether a record is asked for."""
        own = _below(record, "breaktime")
        user = _below(record, "user")
        return (
            (_among(user.get("name"), self.people) or user.get("hash") in self.people)
            and _among(own.get("platform"), self.platforms)
            and _among(own.get("verdict"), self.verdicts)
            and _among(own.get("context"), self.contexts)
            and (not self.teams or not set(self.teams).isdisjoint(teams_of(record)))
            and self._is_then(record)
        )

    def _is_then(self, record: Line) -> bool:
        if self.since is None and self.until is None:
            return True
        at = instant_of(record)
        if at is None:
            return False
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def __str__(self) -> str:
        """Say what is asked for, for the record of the reading."""
        named = {
            "person": self.people,
            "team": self.teams,
            "platform": self.platforms,
            "verdict": self.verdicts,
            "context": self.contexts,
            "since": () if self.since is None else (self.since.isoformat(),),
            "until": () if self.until is None else (self.until.isoformat(),),
        }
        said = [f"{name} {' or '.join(values)}" for name, values in named.items() if values]
        return ", ".join(said) or "everything"


EVERYTHING = Selection()


def teams_of(record: Line) -> tuple[str, ...]:
    """Return the teams in which somebody was when the record was made."""
    found = _below(_below(record, "user"), "group").get("name")
    if isinstance(found, str):
        return (found,)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def instant_of(record: Line) -> datetime | None:
    """Return the UTC instant of a record, None where it says none."""
    try:
        at = datetime.fromisoformat(str(record.get("@timestamp")))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None


def _below(record: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = record.get(key)
    return found if isinstance(found, Mapping) else {}


def _among(value: object, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted
