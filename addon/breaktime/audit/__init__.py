"""
Audit: where records go. One sink a file, its configuration beside it.

    recorder.py   numbers, losses, one record for many
    flood.py      a bound on the refusals of one client
    ecs.py        a record in the words of the Elastic Common Schema
    line.py       one record, one line of printable ASCII
    file.py       one file a day; tail.py mends what a crash left, losses.py remembers
    reading.py    the log as people read it
    own.py        what it says of one person
    selection.py  which records somebody asks for; table.py shows them to spreadsheets
    readings.py   who has read it

A new sink is a file and a line in `SINKS`; the shared suite in tests/audit then asks it what
every sink must answer.
"""

from breaktime.audit.coalescer import Coalescer, Topic, topic_of
from breaktime.audit.file import DayFiles, FileConfig
from breaktime.audit.flood import Flood
from breaktime.audit.identifiers import decision_id, read_decision_id
from breaktime.audit.opening import open_log
from breaktime.audit.own import days_of, own_records
from breaktime.audit.reading import Unreadable, follow, render_line
from breaktime.audit.recorder import Recorder
from breaktime.audit.sink import Config, Sink
from breaktime.audit.stdout import StdoutConfig
from breaktime.audit.writer import Writer

__all__ = [
    "SINKS",
    "Coalescer",
    "Config",
    "DayFiles",
    "FileConfig",
    "Flood",
    "Recorder",
    "Sink",
    "StdoutConfig",
    "Topic",
    "Unreadable",
    "Writer",
    "days_of",
    "decision_id",
    "follow",
    "open_log",
    "own_records",
    "read_decision_id",
    "render_line",
    "topic_of",
]

SINKS: dict[str, type[Config]] = {"file": FileConfig, "stdout": StdoutConfig}
"""Configuration model by the `kind` of the configuration."""
