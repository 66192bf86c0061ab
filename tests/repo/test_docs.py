"""Can a reader type what the documents say?"""

import re
import shlex
from pathlib import Path

import click
import pytest

from breaktime.cli import main

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "rules/**/*.md", "addon/**/*.md")
    for path in ROOT.glob(pattern)
)
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
SHELLS = {"sh", "bash", "shell", "console"}
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)


def commands(text):
    """
    Return the shell commands of a Markdown text, as lists of words.

    Those are the lines of its shell blocks, and whatever of its inline code starts with the name
    of one of our programs.
    """
    blocks = [match[3] for match in FENCE.finditer(text) if match[2] in SHELLS]
    inline = re.findall(r"`((?:make|breaktime)\b[^`\n]*)`", FENCE.sub("", text))
    lines = "\n".join(blocks + inline).replace("\\\n", " ").splitlines()
    return [words for line in lines for words in simple_commands(line)]


def simple_commands(line):
    """Split a line of shell at its pipes, redirections and ends of command; leave comments out."""
    lexer = shlex.shlex(line.strip().removeprefix("$ "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set("();<>|&"):
            yield words
            words = []
        else:
            words.append(word)
    yield words


def calls_of(name, text):
    """Return the arguments of each call of the program *name*, wherever it is installed."""
    for words in commands(text):
        for i, word in enumerate(words):
            if Path(word).name == name:
                yield words[i + 1 :]
                break
            if not re.fullmatch(r"\w+=.*|sudo|env|exec|time", word):
                break


def parse(command, arguments, parent=None):
    """Parse *arguments* as click would, without running or opening anything."""
    context = click.Context(command, info_name=command.name, parent=parent)
    _values, rest, _order = command.make_parser(context).parse_args(list(arguments))
    if isinstance(command, click.Group) and rest:
        verb = command.get_command(context, rest[0])
        assert verb, f"`{rest[0]}` is no verb of `{context.command_path}`"
        parse(verb, rest[1:], context)
    else:
        assert not rest or context.allow_extra_args, f"`{context.command_path}` takes no {rest}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_of_make_exists(document):
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    calls = list(calls_of("make", (ROOT / document).read_text(encoding="utf-8")))
    assert calls
    mentioned = {word for call in calls for word in call if re.fullmatch(r"[a-z][a-z-]*", word)}
    assert mentioned <= targets


def test_every_verb_and_option_exists():
    assert isinstance(main, click.Group)
    calls = list(calls_of("breaktime", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert calls
    for call in calls:
        parse(main, call)


def test_every_target_is_in_the_help():
    """A target that `make help` does not name is one that nobody finds."""
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r"^(?:([a-z-]+)):.*## \S", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    assert set(TARGET.findall(makefile)) == helped == set(phony[1].split())


@pytest.mark.parametrize("document", PAGES)
def test_every_link_leads_somewhere(document):
    page = ROOT / document
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in link and not link.startswith("mailto:"):
            assert (page.parent / link).exists(), link


SAMPLE = """
Run `make test` or `breaktime open --wide`; breaktime by itself is only a word, `make` too.

```sh
make demo ARGS="--fast"   # make coffee
sudo .venv/bin/breaktime match - < hosts.txt | breaktime \\
    tidy
```

```yaml
make: nothing
```
"""


def test_the_reader_of_commands_finds_what_it_should():
    assert list(calls_of("make", SAMPLE)) == [["demo", "ARGS=--fast"], ["test"], []]
    assert list(calls_of("breaktime", SAMPLE)) == [["match", "-"], ["tidy"], ["open", "--wide"]]


def test_a_verb_or_an_option_that_is_not_there_is_seen():
    @click.group()
    def program():
        pass

    @program.command()
    @click.option("--wide", is_flag=True)
    def gate(*, wide):
        pass

    parse(program, ["gate", "--wide"])
    with pytest.raises(AssertionError, match="`door` is no verb"):
        parse(program, ["door"])
    with pytest.raises(click.NoSuchOption):
        parse(program, ["gate", "--narrow"])
    with pytest.raises(AssertionError, match="takes no"):
        parse(program, ["gate", "garden"])


def test_the_threat_model_names_tests_that_exist():
    named = re.findall(
        r"`((?:tests|fuzz)/[\w/.]+)`", (ROOT / "docs/threat-model.md").read_text("utf-8")
    )

    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_threat_model_has_every_attack():
    attacks = "".join(path.read_text("utf-8") for path in (ROOT / "attack").glob("*.py"))
    rows = set(re.findall(r'@attack\("(S\d+)"', attacks))
    model = (ROOT / "docs/threat-model.md").read_text("utf-8")

    assert rows
    assert rows <= set(re.findall(r"\bS\d+\b", model))
