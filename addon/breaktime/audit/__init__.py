"""
Audit: what is written down, kept, sealed, read and handed on.

    recorder.py   numbers, losses, one record for many
    flood.py      a bound on the refusals of one client
    ecs.py        a record in the words of the Elastic Common Schema
    line.py       one record, one line of printable ASCII
    file.py       one file a day; tail.py mends what a crash left, losses.py remembers
    sealer.py     checkpoints over the lines; verify.py says whether they hold
    witnesses/    who is told of each checkpoint
    sinks/        who is handed each line, from the files, after the fact
    reading.py    the log as people read it
    own.py        what it says of one person
    selection.py  which records somebody asks for; table.py shows them to spreadsheets
    readings.py   who has read it; columns.py is where readers keep what reports are made of
    pseudonyms.py words in the place of names, and the keys that make them
"""

from breaktime.audit.coalescer import Coalescer, Topic, topic_of
from breaktime.audit.file import DayFiles
from breaktime.audit.flood import Flood
from breaktime.audit.identifiers import decision_id, read_decision_id
from breaktime.audit.opening import open_log
from breaktime.audit.own import days_of, own_records
from breaktime.audit.reading import Unreadable, follow, render_line
from breaktime.audit.recorder import Recorder
from breaktime.audit.store import Store
from breaktime.audit.writer import Writer

__all__ = [
    "Coalescer",
    "DayFiles",
    "Flood",
    "Recorder",
    "Store",
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
