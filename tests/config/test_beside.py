# ruff: noqa: E501  a row of a table is one line
"""Are the files that a configuration names read whole, watched, and refused in plain words?"""

import pytest

from breaktime.config import beside
from breaktime.config.draft import Draft
from breaktime.config.sources import gather_text


@pytest.fixture
def draft(tmp_path):
    return Draft(gather_text("rotas: {r: {table: t.csv}}", "etc/breaktime.yaml", tmp_path))


AT = ("rotas", "r", "table")


def test_a_file_is_read_from_the_folder_of_the_configuration(draft, tmp_path):
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfgr\xc3\xbcn\r\n")
    assert beside.read(draft, AT, "t.csv", 100) == ("etc/t.csv", "gr\xfcn\r\n")
    assert tmp_path / "t.csv" in draft.sources.files
    assert not draft.problems


# fmt: off
REFUSED = [
    # what it holds           said
    (None,                    "etc/breaktime.yaml:1:20: rotas.r.table: `etc/t.csv` does not exist"),
    (b"x" * (1024 * 1024 + 1), "etc/breaktime.yaml:1:20: rotas.r.table: `etc/t.csv` is larger than 1 MiB"),
    (b"a\nb,gr\xfcn\n",       "etc/t.csv:2:5: must be UTF-8 text; save it as UTF-8"),
]
# fmt: on


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_a_file_that_cannot_be_used_is_refused(draft, tmp_path, content, said):
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    assert beside.read(draft, AT, "t.csv", 1024 * 1024) is None
    assert [str(problem) for problem in draft.problems] == [said]


def test_a_file_that_is_missing_is_watched_all_the_same(draft, tmp_path):
    beside.read(draft, AT, "t.csv", 100)
    assert tmp_path / "t.csv" in draft.sources.files


@pytest.mark.parametrize("name", ["", ".", "no\0name", "x" * 1000])
def test_a_name_of_no_file_is_refused(draft, name):
    assert beside.read(draft, AT, name, 100) is None
    assert len(draft.problems) == 1
