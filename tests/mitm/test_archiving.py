"""What comes into force is kept; that it cannot be kept does not stop the gateway."""

import asyncio
from dataclasses import replace

from breaktime.config import load
from breaktime.config.archive import policy_of
from breaktime.mitm.archiving import archive, open_and_archive
from support import command


def test_what_is_opened_is_archived(tmp_path):
    loaded = load(command.configuration(tmp_path))
    (tmp_path / "audit").mkdir()
    opened = asyncio.run(open_and_archive(loaded))
    opened.close()
    name = loaded.policy.fingerprint
    assert policy_of(tmp_path / "audit" / "policies", name).fingerprint == name


def test_what_cannot_be_kept_is_told_and_nothing_else(tmp_path):
    loaded = load(command.configuration(tmp_path))
    records = replace(loaded.settings.records, directory=tmp_path / "people.csv")
    asyncio.run(archive(replace(loaded, settings=replace(loaded.settings, records=records))))
    assert not (tmp_path / "audit").exists()
