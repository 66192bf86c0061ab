"""Are several files one configuration, and does each part know its file?"""

from pathlib import Path

import pytest

from breaktime.config.positions import Spot
from breaktime.config.sources import gather, gather_text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def gathered(name="main.yaml"):
    return gather(Path(name), name)


def problems(sources):
    return [str(problem) for problem in sources.problems]


def test_sections_are_put_together(folder):
    write(folder, {
        "main.yaml": "include: [b.yaml, d/*.yaml]\nteams: {a: 1}\nown_pages: [x]\n",
        "b.yaml": "teams: {b: 2}\nown_pages: [y]\n",
        "d/c.yaml": "version: 1\nplaces: {c: 3}\nown_pages:\n  - z\n",
    })  # fmt: skip
    sources = gathered()
    assert problems(sources) == []
    assert sources.data["teams"] == {"a": 1, "b": 2}
    assert sources.data["places"] == {"c": 3}
    assert sources.data["own_pages"] == ["x", "y", "z"]
    assert sources.values["own_pages", 2] == Spot("d/c.yaml", 4, 5)
    assert sources.keys["teams", "b"] == Spot("b.yaml", 1, 9)
    assert sources.keys["own_pages",].file == "main.yaml"
    assert sources.files == [folder / each for each in ("main.yaml", "", "d", "b.yaml", "d/c.yaml")]


def test_names_of_files_are_as_the_administrator_gave_them(folder):
    write(folder, {"etc/main.yaml": "include: [d/*.yaml]\n", "etc/d/a.yaml": "- x\n"})
    assert problems(gathered("etc/main.yaml"))[0].startswith("etc/d/a.yaml:1:1: ")
    absolute = str(folder / "etc/main.yaml")
    assert problems(gathered(absolute))[0].startswith(f"{folder}/etc/d/a.yaml:1:1: ")


def test_what_stands_in_two_files_names_both(folder):
    write(folder, {
        "main.yaml": "include: ['?.yaml']\npeople:\n  r.hughes: 1\nending: {grace: 1}\n",
        "a.yaml": "people: {r.hughes: 2, x: 3}\nending: {grace: 2, warn_before: 3}\n",
        "b.yaml": "people: [x]\nidentity: [a]\n",
        "c.yaml": "identity: [b]\n",
    })  # fmt: skip
    sources = gathered()
    assert problems(sources) == [
        "a.yaml:1:10: people.r.hughes: given twice; first at main.yaml:3",
        "a.yaml:2:10: ending.grace: given twice; first at main.yaml:4",
        "b.yaml:1:1: people: given twice; first at main.yaml:2",
        "c.yaml:1:1: identity: given twice; first at b.yaml:2",
    ]
    assert sources.data["people"] == {"r.hughes": 1, "x": 3}


def test_the_order_of_patterns_makes_no_difference(folder):
    write(folder, {
        "one.yaml": "include: [a.yaml, '*/*.yaml']\n",
        "two.yaml": "include: ['*/*.yaml', a.yaml, a.yaml, '*/b.yaml']\n",
        "a.yaml": "own_pages: [a]\n",
        "d/b.yaml": "own_pages: [b]\n",
    })  # fmt: skip
    assert gathered("one.yaml").data["own_pages"] == ["a", "b"]
    assert gathered("two.yaml").data["own_pages"] == ["a", "b"]


def test_a_pattern_that_finds_the_main_file_does_not_read_it_again(folder):
    write(folder, {"main.yaml": "include: ['*.yaml']\nteams: {a: 1}\n"})
    assert problems(gathered()) == []


def test_files_outside_the_folder_may_be_included(folder):
    write(folder, {"etc/main.yaml": f"include: [../a.yaml, '{folder}/b*.yaml']\n"})
    write(folder, {"a.yaml": "teams: {a: 1}\n", "b.yaml": "teams: {b: 1}\n"})
    assert gathered("etc/main.yaml").data["teams"] == {"a": 1, "b": 1}


def test_patterns_without_a_match_are_fine_and_files_that_are_missing_are_not(folder):
    write(folder, {"main.yaml": "include: [none.d/*.yaml, missing.yaml]\n"})
    sources = gathered()
    assert problems(sources) == ["main.yaml:1:26: include[2]: `missing.yaml` does not exist"]
    assert not sources.whole
    assert sources.files[:2] == [folder / "main.yaml", folder]


def test_only_the_main_file_includes(folder):
    write(folder, {"main.yaml": "include: [a.yaml]\n", "a.yaml": "include: [b.yaml]\nteams: {}\n"})
    sources = gathered()
    assert problems(sources) == [
        "a.yaml:1:1: include: only the main file may include others; name the files there"
    ]
    assert sources.data["include"] == ["a.yaml"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_included_file_may_be_empty(folder, text):
    write(folder, {"main.yaml": "include: [a.yaml]\n", "a.yaml": text})
    assert problems(gathered()) == []


def test_a_section_with_everything_commented_out_is_as_good_as_none(folder):
    write(folder, {"main.yaml": "teams:\n#  a: 1\n"})
    assert gathered().data == {}


def test_a_file_that_cannot_be_read_is_told_in_plain_words(folder):
    assert problems(gathered("missing.yaml")) == ["missing.yaml: does not exist"]
    assert problems(gathered("missing/main.yaml")) == ["missing/main.yaml: does not exist"]
    assert problems(gathered(str(folder))) == [f"{folder}: is a folder; name the files in it"]
    assert problems(gathered("a\0b")) == ["a\N{REPLACEMENT CHARACTER}b: does not exist"]
    assert problems(gathered("x" * 5000))[0].endswith("does not exist")


def test_a_file_that_is_not_ours_to_read(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    write(folder, {"main.yaml": ""})
    monkeypatch.setattr(Path, "open", refuse)
    assert problems(gathered()) == ["main.yaml: may not be read by this account"]


def test_another_fault_of_the_disk_is_told_as_it_is(folder, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    write(folder, {"main.yaml": ""})
    monkeypatch.setattr(Path, "open", refuse)
    assert problems(gathered()) == ["main.yaml: cannot be read: input/output error"]


def test_text_can_stand_for_the_main_file(folder):
    write(folder, {"a.yaml": "teams: {a: 1}\n"})
    sources = gather_text("include: [a.yaml]\n", "typed.yaml", folder)
    assert sources.data["teams"] == {"a": 1}
    assert problems(gather_text("a: [", "typed.yaml", folder))[0].startswith("typed.yaml:")
