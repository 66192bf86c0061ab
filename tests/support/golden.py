"""
What the verbs print, compared with what somebody has read and found good.

After a change that is meant, write the files anew with `BREAKTIME_GOLDEN=write pytest tests/cli`,
and read the difference as HR would.
"""

import os
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from click.testing import CliRunner

from breaktime.cli import main

FOLDER = Path(__file__).parents[1] / "cli" / "golden"
VERBS = ("diff", "explain", "week")
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def run(monkeypatch, *arguments):
    """Run a verb beside the golden files, on Monday 23 November 2026 at 09:05 in London."""
    monkeypatch.chdir(FOLDER)
    for verb in VERBS:
        monkeypatch.setattr(import_module(f"breaktime.cli.{verb}"), "now", lambda: NOW)
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def same(name, text):
    """Compare with a golden file; the fingerprint changes with every platform and is left out."""
    text = re.sub(r"(?m)^(  policy   )[0-9a-f]{12}$", r"\1(fingerprint)", text)
    path = FOLDER / name
    if os.environ.get("BREAKTIME_GOLDEN") == "write":
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()
