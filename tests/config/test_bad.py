"""
Wrong configurations and what is said about them, word for word.

A file of `bad/` holds a configuration, a line of ten hyphens, and what `check` prints. Further
files of the same configuration begin with a line `==> people.d/finance.yaml <==`.

`python tests/config/test_bad.py` writes what is said now into the files. Read it aloud before you
keep it: it is meant for somebody who has never seen YAML.
"""

import re
import sys
from pathlib import Path

import pytest

from breaktime.config import ConfigError, load, report

BAD = Path(__file__).parent / "bad"
CASES = sorted(BAD.glob("*.txt"))
RULE = "-" * 10 + "\n"
PART = re.compile(r"^==> (.+) <==\n", re.MULTILINE)


def said(text: str, folder: Path) -> str:
    """Return what is printed about a configuration whose files are put into a folder."""
    main, *parts = PART.split(text)
    files = {"breaktime.yaml": main, **dict(zip(parts[::2], parts[1::2], strict=True))}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Newline as in the file; control characters are spelt so that editors show them.
        path.write_bytes(re.sub(r"<U\+([0-9A-F]{4})>", character, content).encode())
    try:
        loaded = load("breaktime.yaml")
    except ConfigError as error:
        return f"{error}\n"
    return report((), loaded.warnings) + "\n"


def character(spelt: re.Match[str]) -> str:
    return chr(int(spelt[1], 16))


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_says_exactly_this(case, tmp_path, monkeypatch):
    """Every wrong configuration is answered with what is wrong, where, and what to write."""
    monkeypatch.chdir(tmp_path)
    text, rule, expected = case.read_text("utf-8").partition(RULE)
    assert rule
    assert said(text, tmp_path) == expected


def test_every_case_is_wrong():
    """A configuration without a problem or warning shows nothing."""
    assert not [case.stem for case in CASES if "\n0 problems\n" in case.read_text("utf-8")]


def test_there_are_enough_of_them():
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_messages_keep_the_house_style(case):
    """No word blames or speaks of how breaktime is made; nothing ends in a full stop."""
    for line in case.read_text("utf-8").partition(RULE)[2].splitlines():
        words = re.sub(r"`[^`]*`", "", line).casefold()
        for banned in ("error", "invalid", "pydantic", "python", "none,", "null", "str ", "dict"):
            assert banned not in words
        assert not line.endswith(".")
        assert line.count("`") % 2 == 0


if __name__ == "__main__":
    import os
    import tempfile

    for each in [Path(name).resolve() for name in sys.argv[1:]] or CASES:
        source = each.read_text("utf-8").partition(RULE)[0]
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            each.write_text(source + RULE + said(source, Path(folder)), "utf-8")
