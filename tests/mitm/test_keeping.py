"""The records of a gateway are kept from its first to its last."""

import asyncio

import pytest

from breaktime.audit.keys import KeyFile
from breaktime.config import load
from breaktime.mitm.keeping import records_kept
from breaktime.mitm.world import StartError
from records import LOADED, NOON
from support.command import configuration


@pytest.fixture
def settings(tmp_path):
    return load(configuration(tmp_path)).settings


def keep(settings, name="gateway"):
    async def main():
        async with records_kept(settings, name, lambda: NOON, lambda: "f" * 64) as kept:
            assert await kept.writer.put(LOADED._replace(at=NOON))
            return kept.files.open_path

    return asyncio.run(main())


def test_they_are_kept_under_the_name_of_the_gateway_and_sealed_at_the_end(settings):
    KeyFile.create(settings.records.seal_keys, "gateway-1").close()

    path = keep(settings, "gateway-1")

    assert path.name == "audit-gateway-1-2026-11-23.jsonl"
    assert '"integrity-checkpoint"' in path.read_text().splitlines()[-1]


def test_a_folder_that_cannot_be_written_to_stops_the_start(settings):
    settings.records.directory.write_text("a file")

    with pytest.raises(StartError, match="the audit log cannot be written"):
        keep(settings)
