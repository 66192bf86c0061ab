"""
The figures, by DuckDB over the files of the log as they lie.

What counts: a visit is a record that says so (`breaktime.visit.counted`), unless a `visit-failed`
with the same decision id follows it. A refusal is a `visit-blocked` of one of the grades that
count as visits; those of other grades nobody is known to have asked for.

Minutes with activity, for one person: at least the minutes in which a visit stands; at most those
and the minutes after each visit, up to the next one, the end of the break, or a quarter of an hour.
Nobody knows how long a page was looked at.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from breaktime.audit.reading import day_of_file
from breaktime.audit.selection import Selection
from breaktime.audit.tail import readable_files
from breaktime.core.record import Action
from breaktime.core.visit import VISITS
from breaktime.reports.figures import Breakdown, Counts, Group, Report, breakdown, total

REACH = 15
"""How long a page may have been looked at after it was opened, in minutes."""

MEMORY = "768MB"
"""What DuckDB may take; what is more goes to a file of its own until the report is made."""

NO_TEAM = "in no team"

_COLUMNS = {
    "@timestamp": "VARCHAR",
    "event": "STRUCT(action VARCHAR)",
    "user": 'STRUCT(name VARCHAR, hash VARCHAR, "group" STRUCT(name VARCHAR[]))',
    "source": "STRUCT(ip VARCHAR)",
    "breaktime": (
        "STRUCT(platform VARCHAR, context VARCHAR, changes_at VARCHAR, repeat INTEGER,"
        " purged VARCHAR[],"
        " decision STRUCT(id VARCHAR), visit STRUCT(evidence VARCHAR, counted BOOLEAN))"
    ),
}

_READ = """
CREATE TABLE record AS
SELECT coalesce(user.name, user.hash, 'address ' || source.ip, '?') AS who,
       coalesce(user."group".name, []) AS teams,
       coalesce(breaktime.platform, '?') AS platform,
       coalesce(breaktime.context, '?') AS context,
       epoch(try_cast("@timestamp" AS TIMESTAMPTZ))::INTEGER // 60 AS minute,
       epoch(try_cast(breaktime.changes_at AS TIMESTAMPTZ))::INTEGER // 60 AS changes,
       event.action AS action,
       breaktime.visit.counted IS TRUE AS counted,
       breaktime.visit.evidence AS evidence,
       coalesce(breaktime.repeat, 0) AS unlisted,
       CASE WHEN breaktime.visit.counted OR event.action = $failed
            THEN breaktime.decision.id END AS decision
FROM read_json($files, columns = $columns, format = 'newline_delimited', ignore_errors = true,
               maximum_object_size = 1048576)
WHERE (event.action IS NULL AND breaktime.purged IS NULL)
   OR (event.action LIKE 'visit-%'
       AND ($since IS NULL OR "@timestamp" >= $since)
       AND ($until IS NULL OR "@timestamp" < $until OR event.action = $failed)
       AND (len($teams) = 0 OR list_has_any(coalesce(user."group".name, []), $teams))
       AND (len($platforms) = 0 OR list_contains($platforms, breaktime.platform))
       AND (len($contexts) = 0 OR list_contains($contexts, breaktime.context)))
"""

_JUDGE = """
CREATE TABLE judged AS
SELECT who, teams, platform, context, minute,
       CASE WHEN context = 'break' THEN changes END AS ends,
       counted AND action <> $failed AND NOT coalesce(decision IN
           (SELECT decision FROM record WHERE action = $failed AND decision IS NOT NULL), false)
           AS visit,
       action = $blocked AND coalesce(list_contains($visits, evidence), false) AS refusal,
       action = $blocked AND NOT coalesce(list_contains($visits, evidence), false) AS other,
       unlisted
FROM record WHERE action IS NOT NULL
"""

_MINUTES = """
CREATE TABLE active AS
SELECT who, teams, platform, context, minute, 1 AS low,
       least(coalesce(lead(minute) OVER (PARTITION BY who ORDER BY minute) - minute, $reach),
             $reach, greatest(coalesce(ends - minute, $reach), 1)) AS high
FROM (SELECT who, minute, max(ends) AS ends, any_value(teams) AS teams,
             any_value(platform) AS platform, any_value(context) AS context
      FROM judged WHERE visit GROUP BY who, minute)
"""

_GROUPS = """
SELECT name, list(DISTINCT who), sum(v)::BIGINT, sum(r)::BIGINT, sum(o)::BIGINT, sum(u)::BIGINT,
       sum(low)::BIGINT, sum(high)::BIGINT
FROM (SELECT {key} AS name, who, visit::INTEGER AS v, refusal::INTEGER AS r, other::INTEGER AS o,
             unlisted AS u, 0 AS low, 0 AS high FROM judged
      UNION ALL
      SELECT {key} AS name, who, 0, 0, 0, 0, low, high FROM active)
GROUP BY name
"""

_TEAMS = f"unnest(CASE WHEN len(teams) = 0 THEN ['{NO_TEAM}'] ELSE teams END)"


def report(directory: Path, selection: Selection, zone: ZoneInfo, made: datetime) -> Report:
    """
    Count what the log of a folder says.

    Args:
        directory: where the files are.
        selection: which records; never those of single people.
        zone: whose hours are meant.
        made: UTC instant of the report.

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
    with _database() as database:
        _read(database, files, selection)
        hour = _hour(database, zone)
        everybody = next(iter(_groups(database, "''")), Group(""))
        keys = {"team": _TEAMS, "platform": "platform", "hour": hour, "context": "context"}
        breakdowns = tuple(_breakdown(database, name, key) for name, key in keys.items())
        unreadable = _unreadable(database)
    whole = total(everybody)
    return Report(
        made,
        zone.key,
        str(selection),
        whole,
        breakdowns if whole else (),
        unreadable,
    )


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database that is gone afterwards, and asks nobody for extensions."""
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
            yield database


def _read(database: duckdb.DuckDBPyConnection, files: Sequence[Path], selection: Selection) -> None:
    failed = Action.VISIT_FAILED.value
    given = {
        "files": [str(path) for path in files],
        "columns": _COLUMNS,
        "failed": failed,
        "since": _text(selection.since),
        "until": _text(selection.until),
        "teams": list(selection.teams),
        "platforms": list(selection.platforms),
        "contexts": list(selection.contexts),
    }
    if files:
        database.execute(_READ, given)
    else:
        database.execute(_EMPTY)
    visits = [str(each) for each in sorted(VISITS)]
    blocked = Action.VISIT_BLOCKED.value
    database.execute(_JUDGE, {"failed": failed, "blocked": blocked, "visits": visits})
    database.execute(_MINUTES, {"reach": REACH})


_EMPTY = """
CREATE TABLE record (who VARCHAR, teams VARCHAR[], platform VARCHAR, context VARCHAR,
    minute INTEGER, changes INTEGER, action VARCHAR, counted BOOLEAN, evidence VARCHAR,
    unlisted INTEGER, decision VARCHAR)
"""


def _text(at: datetime | None) -> str | None:
    """Write an instant as records do: texts are in the order of time."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


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
    return f"lpad((((minute + {shift}) // 60) % 24)::VARCHAR, 2, '0')"


def _breakdown(database: duckdb.DuckDBPyConnection, name: str, key: str) -> Breakdown:
    return breakdown(name, _groups(database, key))


def _groups(database: duckdb.DuckDBPyConnection, key: str) -> list[Group]:
    rows = database.execute(_GROUPS.format(key=key)).fetchall()
    return [Group(str(name), set(people), Counts(*counts)) for name, people, *counts in rows]


def _unreadable(database: duckdb.DuckDBPyConnection) -> int:
    row = database.execute("SELECT count(*) FROM record WHERE action IS NULL").fetchone()
    return int(row[0]) if row else 0
