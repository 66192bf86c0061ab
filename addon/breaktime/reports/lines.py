"""One file of the log as columns: what reports need of its lines, and nothing else of them."""

from pathlib import Path
from typing import Final

import duckdb

from breaktime.audit.ecs import FEWEST
from breaktime.core.record import Action

FORM: Final = "1"
"""Which columns there are and what they mean: grows with any change of what is below."""

_READ: Final = {
    "@timestamp": "VARCHAR",
    "message": "VARCHAR",
    "event": "STRUCT(action VARCHAR)",
    "user": 'STRUCT(name VARCHAR, hash VARCHAR, "group" STRUCT(name JSON))',
    "source": "STRUCT(ip VARCHAR)",
    "breaktime": (
        "STRUCT(platform VARCHAR, context VARCHAR, changes_at VARCHAR, repeat INTEGER,"
        " purged VARCHAR[], count STRUCT(visits INTEGER, people VARCHAR),"
        " decision STRUCT(id VARCHAR), visit STRUCT(evidence VARCHAR, counted BOOLEAN))"
    ),
}

_WRITE: Final = """
COPY (
    SELECT coalesce(user.name, user.hash, 'address ' || source.ip, '?') AS who,
           coalesce(user."group".name::VARCHAR, '[]') AS teams,
           coalesce(breaktime.platform, '?') AS platform,
           coalesce(breaktime.context, '?') AS context,
           epoch_us(try_cast("@timestamp" AS TIMESTAMPTZ)) AS instant,
           (epoch(try_cast(breaktime.changes_at AS TIMESTAMPTZ)) // 60)::INTEGER AS changes,
           event.action AS action,
           breaktime.visit.counted IS TRUE AS counted,
           breaktime.visit.evidence AS evidence,
           coalesce(breaktime.repeat, 0) AS unlisted,
           CASE WHEN breaktime.visit.counted OR event.action = $failed
                THEN breaktime.decision.id END AS decision,
           breaktime.count.visits AS visits,
           breaktime.count.people = $many AS many,
           CASE WHEN event.action = $tally THEN message LIKE '%, refused' END AS refused
    FROM read_json($file, columns = $columns, format = 'newline_delimited', ignore_errors = true,
                   maximum_object_size = 1048576)
    WHERE (event.action IS NULL AND breaktime.purged IS NULL)
       OR event.action LIKE 'visit-%' OR event.action = $tally
) TO '{into}' (FORMAT parquet, COMPRESSION zstd)
"""


def write_columns(database: duckdb.DuckDBPyConnection, file: Path, into: Path) -> None:
    """
    Write the columns of one file of the log, as Parquet.

    Args:
        database: whose time zone is UTC.
        file: of the log, packed by gzip or not.
        into: in a folder that is nobody else's.
    """
    given = {
        "file": str(file),
        "columns": _READ,
        "failed": Action.VISIT_FAILED.value,
        "tally": Action.VISITS_COUNTED.value,
        "many": FEWEST,
    }
    database.execute(_WRITE.format(into=str(into).replace("'", "''")), given)
