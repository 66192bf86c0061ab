"""What a site brings for the pages is read, tried out and kept: all of it, or nothing."""

import pickle
import re
from importlib.resources import files
from pathlib import Path

import pytest

from breaktime.config import parse, site_templates
from breaktime.pages.design import OURS
from support.site_folder import CONFIG, load, problems

EXAMPLE = Path(__file__).parents[2] / "examples" / "pages"
PAGES = files("breaktime.pages")


def test_the_example_is_taken_whole(tmp_path):
    (tmp_path / "htpasswd").write_text("")
    text = CONFIG.format(languages="cy, en").replace("pages}", f"'{EXAMPLE}'}}")
    loaded = parse(text, base=tmp_path)
    design = loaded.settings.page.design
    assert loaded.warnings == ()
    assert set(design.templates) == {"block.html"}
    assert "--deep: #5b2a6e" in design.style
    reasons = design.texts["cy"].reasons.values()
    assert "Mae {site} yn agor yn ystod eich egwyl" in {one.title for one in reasons}
    assert set(loaded.files) > set(EXAMPLE.iterdir())
    assert pickle.loads(pickle.dumps(design)) == design


def test_our_own_files_may_be_copied_and_say_the_same(tmp_path):
    own = {name: site_templates._source(name) for name in site_templates.names()}
    own |= {f"text.{one}.yaml": (PAGES / f"text.{one}.yaml").read_text() for one in ("en", "cy")}
    design = load(tmp_path, own).settings.page.design
    assert design.texts == OURS.texts


def test_without_a_folder_everything_is_ours(tmp_path):
    (tmp_path / "htpasswd").write_text("")
    text = CONFIG.format(languages="en").replace("page: {templates: pages}", "")
    assert parse(text, base=tmp_path).settings.page.design is OURS


def test_a_file_that_takes_the_place_of_nothing_is_told(tmp_path):
    loaded = load(tmp_path, {"blok.html": "", "text.cy.yaml~": "", ".swp": ""})
    (warning,) = loaded.warnings
    assert "`blok.html` takes the place of nothing; did you mean `block.html`" in str(warning)


def test_a_language_without_sentences_is_a_problem(tmp_path):
    (said,) = problems(tmp_path, {}, languages="en, fr")
    assert said.endswith(
        "organisation.languages[2]: there are no sentences in `fr`; "
        "bring them in `text.fr.yaml`, in the folder of `page.templates`"
    )


def test_every_problem_of_every_file_is_told_at_once(tmp_path):
    said = problems(
        tmp_path,
        {"site.css": "@import 'x';", "today.html": "{{ t.halp }}", "text.en.yaml": "pag: {}"},
    )
    told = "\n".join(said)
    assert all(name in told for name in ("site.css:1:1", "today.html:1:6", "text.en.yaml:1:1"))


@pytest.mark.parametrize("name", ["site.css", "text.en.yaml", "block.html"])
def test_a_file_that_is_no_text_is_a_problem_of_its_own(tmp_path, name):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / name).write_bytes(b"\xff\xfe")
    (said,) = problems(tmp_path, {})
    assert said.startswith(f"pages/{name}:1:1: must be UTF-8 text")


def test_a_whole_language_is_one_file_with_its_own_plurals_and_dates(tmp_path):
    text = (PAGES / "text.en.yaml").read_text().replace("language: en", "language: pl")
    forms = '{1: minuta, "2-4, 22-24, 32-34, 42-44, 52-54": minuty, other: minut}'
    text = text.replace("{1: minute, other: minutes}", forms)
    text = re.sub(r"(?m)^  later: .*$", '  later: "{weekday}, {day} {month}, o {time}"', text)
    design = load(tmp_path, {"text.pl.yaml": text}, languages="pl, en").settings.page.design
    minutes = design.texts["pl"].clock.units["minute"]
    told = {count: minutes.get(count, minutes["other"]) for count in (1, 2, 5, 12, 22, 25, 54)}
    assert told == {
        1: "minuta", 2: "minuty", 5: "minut", 12: "minut", 22: "minuty", 25: "minut", 54: "minuty",
    }  # fmt: skip


def test_the_folder_is_watched(tmp_path):
    assert tmp_path / "pages" in load(tmp_path, {}).files
