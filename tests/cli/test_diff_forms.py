"""A difference as people and programs read it."""

import json

from support import golden
from written import LEAST

BOTH = ("council.yaml", "council-new.yaml")


def test_programs_read_the_same_difference(monkeypatch):
    done = golden.run(monkeypatch, "diff", *BOTH, "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.output)
    assert (found["from"], found["weeks"]) == ("2026-11-23", 4)
    assert found["lists"]["controlled"] == {"gone": ["linkedin"], "new": ["reddit"]}
    assert found["groups"][0] == {
        "group": "team finance",
        "people": ["a.jones", "b.patel"],
        "platforms": [],
        "exempt": {"before": False, "after": False},
        "minutes_a_week": {"before": 750, "after": 450, "gains": 0, "loses": 300},
        "gained": [],
        "lost": ["break:tea", "break:lunch"],
    }


def test_a_list_alone_may_differ(monkeypatch, tmp_path):
    text = (golden.FOLDER / "council.yaml").read_text()
    (tmp_path / "new.yaml").write_text(text.replace("facebook.com/Ex", "x.com/Ex"))
    done = golden.run(monkeypatch, "diff", "council.yaml", str(tmp_path / "new.yaml"))
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "own pages",
        "  - facebook/exampleshirecouncil",
        "  + x/exampleshirecouncil",
        "",
        "nobody's breaks differ from 23 November 2026 to 20 December 2026 (4 weeks)",
    ]


def test_many_people_are_counted(monkeypatch, tmp_path):
    people = ", ".join(f"p{n}" for n in range(9))
    for name, end in (("old", "13:00"), ("new", "13:30")):
        lines = f"teams: {{a: {{members: [{people}], breaks: [{{at: 12:00-{end}}}]}}}}\n"
        (tmp_path / f"{name}.yaml").write_text(LEAST + lines)
    paths = [str(tmp_path / name) for name in ("old.yaml", "new.yaml")]
    done = golden.run(monkeypatch, "diff", *paths)
    assert "9 people: p0, p1, p2, p3, p4, p5 and 3 more" in done.output
