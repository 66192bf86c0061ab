"""The line itself."""

from breaktime.audit.formats.ecs import as_ecs
from entries import entry_of
from records import VISIT


def test_byte_for_byte():
    entry = entry_of(VISIT)
    assert as_ecs(entry).encode() == entry.line
