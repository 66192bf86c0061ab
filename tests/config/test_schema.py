"""Is the format that editors know the format that is read, and is all of it explained?"""

import subprocess
import sys
from pathlib import Path

from breaktime import config
from breaktime.config import load
from breaktime.config.positions import read
from breaktime.config.schema import as_text, json_schema
from breaktime.config.wording import _fitting

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yaml"
CHECKED_IN = Path(config.__file__).with_name("schema.json")


def test_the_schema_that_is_checked_in_is_current():
    """`python -m breaktime.config.schema > addon/breaktime/config/schema.json` makes it so."""
    assert CHECKED_IN.read_text("utf-8") == as_text()


def test_the_schema_is_printed_and_nothing_else():
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "breaktime.config.schema"],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "addon")},
        text=True,
    )
    assert ran.stdout == as_text()
    assert not ran.stderr


def test_the_reference_loads_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = load(EXAMPLE)
    assert not loaded.warnings
    assert loaded.policy.organisation == "Exampleshire Council"


def described(node, schema, path):
    """Give each key that the schema knows, with the description of the section it is in."""
    for key, inside in node.get("properties", {}).items():
        yield (*path, key)
        yield from described(schema["$defs"].get(ref(inside), inside), schema, (*path, key))


def ref(node):
    return node.get("$ref", "").rpartition("/")[2]


def seen(node, data, schema, found):
    """Collect the keys that data uses, each with the title of its section."""
    node = _fitting(node, data, schema)
    if isinstance(data, dict):
        for key, value in data.items():
            inside = node.get("properties", {}).get(key)
            if inside is not None:
                found.add((node["title"], key))
            seen(inside or node.get("additionalProperties", {}), value, schema, found)
    elif isinstance(data, list):
        for value in data:
            seen(node.get("items", {}), value, schema, found)


def test_the_reference_shows_every_key():
    schema = json_schema()
    sections = [schema, *schema["$defs"].values()]
    known = {
        (section["title"], key) for section in sections for key in section.get("properties", {})
    }
    found = set()
    seen(schema, read(EXAMPLE.read_text("utf-8"), "f").data, schema, found)
    assert len(known) > 80
    assert known - found == {("Ledger", "url"), ("Metrics", "listen"), ("Page", "templates")}
    for shown in ("# url: postgresql", "# templates: /"):  # instead of a path; no folder to show
        assert f"\n  {shown}" in EXAMPLE.read_text("utf-8")


def test_the_reference_explains_every_key():
    """A key that is shown without a comment, on its line or beside its section, teaches nothing."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    sections = [line for line in lines if line[:1].isalpha()]
    bare = [line for line in sections if "#" not in line]
    allowed = ("organisation:", "breaks:", "teams:", "everyone:", "gateway:", "records:")
    assert [line for line in bare if not line.startswith((*allowed, "when_rules_disagree:"))] == []


def test_every_section_and_key_is_described_for_editors():
    """Platform files and identity describe their keys in their own modules."""
    for name, section in json_schema()["$defs"].items():
        if section.get("type") == "object" and not name.endswith("Config"):
            assert section["description"], name
            for key, inside in section["properties"].items():
                assert inside.get("description") or inside.get("$ref"), (name, key)
