"""Is the installed edition of the catalogue the one that a configuration is read with?"""

import json
import shutil

import pytest

from breaktime.config import ConfigError, load, parse
from breaktime.config.installed import STATE, Installed, read_installed
from breaktime.config.rules import rules_dir
from written import LEAST

EDITION = "2026-11-21-0123456789abcdef"
KEY = "ed25519:" + 43 * "A" + "="
CHAT = "name: Chat\ncategory: social-network\ndomains: {web: [chat.example]}\nsources: [own]\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with an edition that knows one platform only."""
    edition = tmp_path / "updates" / EDITION
    edition.mkdir(parents=True)
    (edition / "chat.yaml").write_text(CHAT)
    state = {"current": EDITION, "previous": None}
    (edition.parent / STATE).write_text(json.dumps(state))
    return edition.parent


def problems(text, base):
    with pytest.raises(ConfigError) as caught:
        parse(text, base=base)
    return [str(problem) for problem in caught.value.problems]


UPDATES = f"{LEAST}catalogue: {{folder: updates, key: '{KEY}'}}\n"


def test_as_shipped_if_left_out():
    loaded = parse(LEAST)
    assert loaded.settings.updates is None
    assert "facebook" in loaded.rules.platforms


def test_as_shipped_until_something_is_installed(tmp_path):
    loaded = parse(UPDATES, base=tmp_path)
    assert loaded.settings.updates.folder == tmp_path / "updates"
    assert loaded.settings.updates.key == bytes(32)
    assert "facebook" in loaded.rules.platforms
    assert tmp_path / "updates" / STATE in loaded.files, "the first update has to be noticed"


def test_what_is_installed_is_read_and_watched(folder):
    loaded = parse(UPDATES, base=folder.parent)
    assert set(loaded.rules.platforms) == {"chat"}
    assert loaded.policy.catalogue.match("www.chat.example").platform == "chat"
    assert {folder / STATE, folder / EDITION, folder / EDITION / "chat.yaml"} <= set(loaded.files)


def test_another_catalogue_can_be_tried(folder):
    config = folder.parent / "config.yaml"
    config.write_text(UPDATES)
    assert "facebook" in load(config, catalogue=rules_dir()).rules.platforms


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{}",
        '{"current": "../x", "previous": null}',
        f'{{"current": "{EDITION}"}}',
        f'{{"current": "{EDITION}", "previous": 1}}',
        f'{{"current": "{EDITION}/../..", "previous": null}}',
    ],
)
def test_what_names_no_edition_is_a_problem(folder, said):
    (folder / STATE).write_text(said)
    (problem,) = problems(UPDATES, folder.parent)
    assert problem.startswith("breaktime.yaml:5:21: catalogue.folder: the catalogue in `")
    assert problem.endswith("`installed.json` does not name the editions that are installed;"
                            " install it again")  # fmt: skip


def test_an_edition_that_is_gone_is_a_problem(folder):
    shutil.rmtree(folder / EDITION)
    assert any("cannot be read (does not exist); install the update again" in each
               for each in problems(UPDATES, folder.parent))  # fmt: skip


def test_a_folder_is_needed_and_a_key_is_a_key(tmp_path):
    (said,) = problems(f"{LEAST}catalogue: {{folder: x, key: secret}}\n", tmp_path)
    assert said == (
        "breaktime.yaml:5:29: catalogue.key: must be a public key, found `secret`;"
        " copy the line that begins with `ed25519:` from who signs the catalogue"
    )


def test_editions_by_name(tmp_path):
    assert read_installed(tmp_path) is None
    state = {"current": "2026-11-22.2-0123456789abcdef", "previous": EDITION}
    (tmp_path / STATE).write_text(json.dumps(state))
    assert read_installed(tmp_path) == Installed(state["current"], EDITION)
