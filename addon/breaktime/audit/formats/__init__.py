"""
Forms: how a record is written for somebody else's collector. One form a file.

    ecs.py    the line as it stands in the files
    ocsf.py   the Open Cybersecurity Schema Framework
    cef.py    the Common Event Format

A form says in other words what stands in the record, and nothing that does not. A new one is a file
and a line in `FORMATS`; the shared suite in tests/audit/formats then asks it about every action and
reason.
"""

from collections.abc import Callable
from typing import Literal

from breaktime.audit.entry import Entry
from breaktime.audit.formats.cef import as_cef
from breaktime.audit.formats.ecs import as_ecs
from breaktime.audit.formats.ocsf import as_ocsf

__all__ = ["FORMATS", "Format", "FormatName"]

type Format = Callable[[Entry], str]
"""Returns one line of printable ASCII, without its end."""

FormatName = Literal["ecs", "ocsf", "cef"]

FORMATS: dict[str, Format] = {"ecs": as_ecs, "ocsf": as_ocsf, "cef": as_cef}
"""By the `format` of the configuration."""
