"""`breaktime rules`: what is known is shown, and lists come in."""

import json

import pytest
import yaml
from click.testing import CliRunner

from breaktime.cli import main

CONFIG = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
never_control: [nhs.uk]
identity: [{kind: basic, file: htpasswd}]
"""


def run(*arguments):
    return CliRunner().invoke(main, ["rules", *map(str, arguments)], catch_exceptions=False)


def test_platforms_are_listed():
    done = run("list", "--category", "professional-network")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["linkedin", "viadeo", "xing"]
    found = json.loads(run("list", "--json").stdout)
    vimeo = next(each for each in found if each["id"] == "vimeo")
    assert vimeo == {
        "id": "vimeo",
        "name": "Vimeo",
        "category": "video",
        "default": "off",
        "names": 7,
    }
    assert len(found) >= 169


def test_a_category_that_is_none_is_a_mistake_of_the_command():
    done = run("list", "--category", "chat")
    assert done.exit_code == 2
    assert "there is no category `chat`" in done.stderr


def test_one_platform_is_shown():
    done = run("show", "x")
    assert done.stdout.startswith("X (x): social-network, on by default\n")
    assert "  t.co\n" in done.stdout
    assert "t.co" in json.loads(run("show", "x", "--json").stdout)["wrapper"]


def test_a_platform_that_nobody_knows():
    done = run("show", "facebok")
    assert (done.exit_code, done.stderr) == (
        1,
        "there is no platform `facebok`; did you mean `facebook`\n",
    )


@pytest.mark.parametrize(
    ("word", "row"),
    [
        ("t.co", ["x", "X", "t.co is wrapper of it, listed as t.co"]),
        (
            "https://www.facebook.com/tr",
            ["facebook", "Facebook", "www.facebook.com is pixel of it, listed as facebook.com"],
        ),
        ("twitter", ["x", "X", "called twitter"]),
        ("Одноклассники", ["ok", "OK", "called Одноклассники"]),
    ],
)
def test_who_is_it(word, row):
    first = run("search", word).stdout.splitlines()[0]
    assert [cell.strip() for cell in first.split("  ") if cell.strip()] == row


def test_nobody_is_it():
    done = run("search", "www.gov.uk", "t\x1b[31m")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "nothing is known of `www.gov.uk t\\x1b[31m`\n"


def test_a_list_comes_in_and_the_configuration_knows_it(tmp_path):
    (tmp_path / "chat.txt").write_text("||chat.example^\nregexp:x\nfacebook.com\n")
    (tmp_path / "local").mkdir()
    done = run("import", tmp_path / "chat.txt", "--id", "exchat", "-o", tmp_path / "local")
    assert done.exit_code == 0
    assert [line.partition("chat.txt")[2] for line in done.stderr.splitlines()[:2]] == [
        ":2:1: `regexp:` is a regular expression; write the names out",
        ":3:1: `facebook.com` belongs to `facebook` already",
    ]
    assert done.stderr.endswith("1 name; 2 lines not taken\n")
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.replace("network]}", "network], rules: [local]}"))
    assert "exchat" in run("search", "chat.example", "-c", config).stdout
    again = run("import", tmp_path / "chat.txt", "--id", "exchat", "-o", tmp_path / "local")
    assert again.exit_code == 1
    assert "File exists" in again.stderr


def test_included_lists_lie_beside(tmp_path):
    (tmp_path / "main").write_text("include:more\n")
    (tmp_path / "more").write_text("full:www.chat.example\n")
    done = run("import", tmp_path / "main", "--name", "Chat", "--category", "messaging")
    assert yaml.safe_load(done.stdout) == {
        "name": "Chat",
        "category": "messaging",
        "domains": {"web": ["www.chat.example"]},
        "sources": ["imported"],
    }


@pytest.mark.parametrize("text", ["", "# nothing\n", "co.uk\n", "\0\xff\n"])
def test_a_list_without_names_is_a_problem(tmp_path, text):
    (tmp_path / "list").write_text(text)
    done = run("import", tmp_path / "list")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no name of the list can be taken" in done.stderr


def test_a_list_that_is_not_there(tmp_path):
    done = run("import", tmp_path / "list")
    assert done.exit_code == 1
    assert "cannot be read: No such file or directory" in done.stderr


@pytest.mark.parametrize(
    "words", [("--id", "No Id"), ("--category", "chat")], ids=lambda words: words[0]
)
def test_mistakes_of_the_command(tmp_path, words):
    (tmp_path / "list").write_text("chat.example\n")
    assert run("import", tmp_path / "list", *words).exit_code == 2
