"""
The figures, by DuckDB over the columns of the files of the log.

What counts: a visit is a record that says so (`breaktime.visit.counted`), unless a `visit-failed`
with the same decision id follows it. A refusal is a `visit-blocked` of one of the grades that
count as visits; those of other grades nobody is known to have asked for.

Minutes with activity, for one person: at least the minutes in which a visit stands; at most those
and the minutes after each visit, up to the next one, the end of the break, or a quarter of an hour.
Nobody knows how long a page was looked at. A minute in which somebody went to two platforms is one
of each of them, and one of all together.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import duckdb

from breaktime.audit.reading import day_of_file
from breaktime.audit.selection import Selection
from breaktime.audit.tail import readable_files
from breaktime.core.record import Action
from breaktime.core.visit import VISITS
from breaktime.reports.figures import (
    Counts,
    Group,
    Nameless,
    Report,
    breakdown,
    total,
)
from breaktime.reports.gather import gather
from breaktime.reports.known import Known
from breaktime.reports.overlap import overlapping

REACH = 15
"""How long a page may have been looked at after it was opened, in minutes."""

MEMORY = "768MB"
"""What DuckDB may take; what is more goes to a file of its own until the report is made."""

NO_TEAM = "in no team"

_GONE: Final = "(SELECT decision FROM source WHERE action = $failed AND decision IS NOT NULL)"

_WHEN: Final = "($since IS NULL OR instant >= $since) AND ($until IS NULL OR instant < $until)"

_WHAT: Final = """
    ($teams IS NULL OR list_contains($teams, teams))
    AND ($platforms IS NULL OR list_contains($platforms, platform))
    AND ($contexts IS NULL OR list_contains($contexts, context))
"""

_KINDS: Final = """
CREATE TYPE kind_who AS ENUM (
    SELECT DISTINCT who FROM source WHERE action IS NOT NULL ORDER BY who);
CREATE TEMP TABLE kinds AS
SELECT row_number() OVER ()::INTEGER AS what, teams, platform, context
FROM (SELECT DISTINCT teams, platform, context FROM source WHERE action LIKE 'visit-%' AND {what});
"""
"""Words become numbers: a record is one of a kind, of which there are few."""

_JUDGE: Final = """
CREATE TEMP TABLE judged AS
SELECT who::kind_who AS who, what, (instant // 60000000)::INTEGER AS minute,
       CASE WHEN context = 'break' THEN changes END AS ends,
       counted AND action <> $failed AND NOT coalesce(decision IN {gone}, false) AS visit,
       action = $blocked AND coalesce(evidence IN $visits, false) AS refusal,
       action = $blocked AND NOT coalesce(evidence IN $visits, false) AS other,
       unlisted
FROM source JOIN kinds USING (teams, platform, context)
WHERE action LIKE 'visit-%' AND {when}
"""

_MINUTES: Final = """
CREATE TEMP TABLE active AS
SELECT who, minute, what, several,
       least(coalesce(lead(minute) OVER (PARTITION BY who ORDER BY minute) - minute, $reach),
             $reach, greatest(coalesce(ends - minute, $reach), 1)) AS high
FROM (SELECT who, minute, max(ends) AS ends, min(what) AS what, min(what) <> max(what) AS several
      FROM judged WHERE visit AND minute IS NOT NULL GROUP BY who, minute)
"""

_TOGETHER: Final = """
CREATE TEMP TABLE together AS
SELECT who, what, {hour} AS hour, count(*) FILTER (visit) AS v, count(*) FILTER (refusal) AS r,
       count(*) FILTER (other) AS o, sum(unlisted) AS u, 0 AS low, 0 AS high
FROM judged GROUP BY ALL
UNION ALL
SELECT who, what, {hour}, 0, 0, 0, 0, count(*), sum(high)
FROM active WHERE NOT several GROUP BY ALL;
CREATE TEMP TABLE mixed AS
SELECT DISTINCT who, minute, judged.what, {hour} AS hour, high
FROM active JOIN judged USING (who, minute) WHERE several AND visit;
"""
"""Minutes in which a person did several things are kept apart: each is one of each of these."""

_GROUPS: Final = """
SELECT name, list(DISTINCT who::VARCHAR), sum(v)::BIGINT, sum(r)::BIGINT, sum(o)::BIGINT,
       sum(u)::BIGINT, sum(low)::BIGINT, sum(high)::BIGINT
FROM (SELECT {key} AS name, who, v, r, o, u, low, high FROM together JOIN kinds USING (what)
      UNION ALL
      SELECT name, who, 0, 0, 0, 0, 1, high
      FROM (SELECT DISTINCT {key} AS name, who, minute, high FROM mixed JOIN kinds USING (what)))
GROUP BY name
"""

_NAMELESS: Final = """
SELECT platform, context, coalesce(sum(visits) FILTER (many AND NOT refused), 0)::BIGINT,
       coalesce(sum(visits) FILTER (many AND refused), 0)::BIGINT,
       count(*) FILTER (NOT many)
FROM source WHERE action = $tally AND visits IS NOT NULL AND {when} AND {what}
GROUP BY ALL ORDER BY ALL
"""


def report(
    directory: Path,
    selection: Selection,
    zone: ZoneInfo,
    made: datetime,
    known: Known | None = None,
) -> Report:
    """
    Count what the log of a folder says.

    Args:
        directory: where the files are.
        selection: which records; never those of single people.
        zone: whose hours are meant.
        made: UTC instant of the report.
        known: what this account knows of columns that it has kept; None reads all lines.

    Raises:
        OSError: the log cannot be read.
        ValueError: single people are asked for.
    """
    if selection.people or selection.verdicts:
        raise ValueError("a report is never about single people")
    first = selection.first_day
    files = [path for path in readable_files(directory) if not first or day_of_file(path) >= first]
    for path in files:
        path.open("rb").close()  # says in plain words what cannot be read
    with _database() as (database, folder):
        gathered = gather(database, files, folder, known)
        given = _prepare(database, gathered.columns, selection)
        _count(database, given, zone)
        everybody = next(iter(_groups(database, "''")), Group(""))
        rows = {name: _groups(database, name) for name in ("platform", "hour", "context")}
        teams = [(_teams(group.name), group) for group in _groups(database, "teams")]
        nameless, few = _nameless(database, given)
        unreadable = _unreadable(database)
    whole = total(everybody)
    others = tuple(breakdown(name, groups) for name, groups in rows.items())
    return Report(
        made,
        zone.key,
        str(selection),
        whole,
        (overlapping("team", teams), *others) if whole else (),
        unreadable,
        nameless,
        few,
        tuple(gathered.changed),
    )


@contextmanager
def _database() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Open a database that is gone afterwards with its folder, and asks nobody for extensions."""
    with tempfile.TemporaryDirectory(prefix="breaktime-report-") as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(str(Path(folder) / "records.duckdb"), config=config) as database:
            database.execute("SET TimeZone = 'UTC'")
            yield database, Path(folder)


def _prepare(
    database: duckdb.DuckDBPyConnection, columns: Sequence[Path], selection: Selection
) -> dict[str, object]:
    """Name the columns, and return what chooses among them."""
    if columns:
        names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in columns)
        database.execute(f"CREATE VIEW source AS SELECT * FROM read_parquet([{names}])")  # noqa: S608  our own names
    else:
        database.execute(_NOTHING)
    known = database.execute("SELECT DISTINCT teams FROM source WHERE teams IS NOT NULL").fetchall()
    wanted = set(selection.teams)
    return {
        "since": _microsecond(selection.since),
        "until": _microsecond(selection.until),
        "teams": [text for (text,) in known if wanted & set(_teams(text))] if wanted else None,
        "platforms": list(selection.platforms) or None,
        "contexts": list(selection.contexts) or None,
    }


_NOTHING: Final = """
CREATE TEMP TABLE source (
    who VARCHAR, teams VARCHAR, platform VARCHAR, context VARCHAR, instant BIGINT, changes INTEGER,
    action VARCHAR, counted BOOLEAN, evidence VARCHAR, unlisted INTEGER, decision VARCHAR,
    visits INTEGER, many BOOLEAN, refused BOOLEAN)
"""


def _count(
    database: duckdb.DuckDBPyConnection, given: Mapping[str, object], zone: ZoneInfo
) -> None:
    failed, blocked = Action.VISIT_FAILED.value, Action.VISIT_BLOCKED.value
    when = {name: given[name] for name in ("since", "until")}
    what = {name: given[name] for name in ("teams", "platforms", "contexts")}
    visits = [str(each) for each in sorted(VISITS)]
    database.execute(_KINDS.format(what=_WHAT), what)
    database.execute(
        _JUDGE.format(gone=_GONE, when=_WHEN),
        {**when, "failed": failed, "blocked": blocked, "visits": visits},
    )
    database.execute(_MINUTES, {"reach": REACH})
    database.execute(_TOGETHER.format(hour=_hour(database, zone)))


def _microsecond(at: datetime | None) -> int | None:
    """Return an instant in microseconds since 1970."""
    if at is None:
        return None
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _teams(text: str) -> tuple[str, ...]:
    """Read the teams of a record, as they stand there."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, str):
        return (found,)
    teams = tuple(dict.fromkeys(map(str, found))) if isinstance(found, list) else ()
    return teams or (NO_TEAM,)


def _hour(database: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> str:
    """Return an expression for the local hour of a record, as `08`."""
    row = database.execute("SELECT min(minute), max(minute) FROM judged").fetchone()
    first, last = row or (None, None)
    cases: list[str] = []
    if first is not None and last is not None:
        known: int | None = None
        for quarter in range(first - first % 15, last + 1, 15):  # offsets change at quarters
            offset = datetime.fromtimestamp(quarter * 60, UTC).astimezone(zone).utcoffset()
            minutes = (offset or timedelta(0)) // timedelta(minutes=1)
            if minutes != known:
                cases.append(f"WHEN minute >= {quarter} THEN {minutes}")
                known = minutes
    cases.reverse()
    shift = f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"
    return f"((((minute + {shift}) // 60) % 24)::UTINYINT)"


def _groups(database: duckdb.DuckDBPyConnection, key: str) -> list[Group]:
    rows = database.execute(_GROUPS.format(key=key)).fetchall()
    return [
        Group(_shown(key, name), set(people), Counts(*counts)) for name, people, *counts in rows
    ]


def _shown(key: str, name: object) -> str:
    if name is None:
        return "?"
    return f"{name:02}" if key == "hour" else str(name)


def _nameless(
    database: duckdb.DuckDBPyConnection, given: Mapping[str, object]
) -> tuple[tuple[Nameless, ...], int]:
    """Return what was only counted, and how many counts there are that may not be shown."""
    if given["teams"] is not None:
        return (), 0
    tally = Action.VISITS_COUNTED.value
    rows = database.execute(
        _NAMELESS.format(when=_WHEN, what=_WHAT), {**given, "tally": tally}
    ).fetchall()
    shown = tuple(Nameless(*row[:4]) for row in rows if row[2] or row[3])
    return shown, sum(row[4] for row in rows)


def _unreadable(database: duckdb.DuckDBPyConnection) -> int:
    row = database.execute("SELECT count(*) FROM source WHERE action IS NULL").fetchone()
    return int(row[0]) if row else 0
