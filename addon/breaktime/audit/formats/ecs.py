"""The Elastic Common Schema: the line as it stands in the files, byte for byte."""

from breaktime.audit.entry import Entry


def as_ecs(entry: Entry) -> str:
    """Return the line itself."""
    return entry.line.decode("ascii")
