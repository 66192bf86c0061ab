"""Does what the guide for HR shows do what the guide says?"""

import re
from pathlib import Path

import pytest

from breaktime.cli.expect import failures_of

GUIDE = Path(__file__).parents[2] / "docs" / "schedules.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
BEGINNING, *REST = re.split(r"^## ", TEXT, flags=re.MULTILINE)
EXAMPLES = {section.partition("\n")[0]: BLOCK.findall(section) for section in REST}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_holds(name, tmp_path):
    (beginning,) = BLOCK.findall(BEGINNING)
    written, expected = EXAMPLES[name]
    (tmp_path / "config.yaml").write_text(beginning + written)
    (tmp_path / "expect.yaml").write_text(expected)
    failures, rows = failures_of(tmp_path / "expect.yaml")
    assert failures == []
    assert rows >= 3


def test_the_guide_has_an_example_for_each_way_to_work():
    assert len(EXAMPLES) == 10
