"""The group of the verbs: what it teaches, how it refuses, and what it does not wait for."""

import subprocess
import sys

import click
import pytest

from breaktime import __version__
from breaktime.cli import main
from support import command
from support.command import breaktime

VERBS = (
    "audit", "break", "ca", "calendar", "check", "demo", "diff", "doctor", "explain", "export",
    "log", "match", "notice", "replay", "report", "reveal", "rules", "run", "test",
)  # fmt: skip
WITHOUT_MITMPROXY = {
    "check": ["check", "CONFIG"],
    "explain": ["explain", "-c", "CONFIG", "--url", "x.com"],
    "calendar": ["calendar", "-c", "CONFIG", "--who", "a.jones"],
    "diff": ["diff", "CONFIG", "CONFIG"],
    "match": ["match"],
    "match with a configuration": ["match", "-c", "CONFIG"],
    "rules": ["rules", "search", "t.co"],
    "log": ["log", "FOLDER"],
    "help": ["--help"],
}
IMPORTED = """\
import sys
from breaktime.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_these_are_the_verbs():
    assert isinstance(main, click.Group)
    assert tuple(sorted(main.commands)) == VERBS


def test_help_names_every_verb_and_shows_the_way():
    done = breaktime("--help")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert all(f"\n  {verb} " in text for verb in VERBS)
    for example in (
        "breaktime demo",
        "breaktime check config.yaml",
        "breaktime run -c config.yaml",
    ):
        assert example in text


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_each_verb_has_an_example(verb):
    done = breaktime(verb, "-h")
    assert (done.returncode, done.stderr) == (0, b"")
    _, _, examples = done.stdout.decode().partition("Example")
    assert f"breaktime {verb}" in examples


def test_each_line_of_the_list_of_verbs_is_whole():
    """A short help that does not fit ends in dots."""
    assert b"..." not in breaktime("--help").stdout.partition(b"Commands:")[2]


def test_without_a_verb_there_is_help_and_status_2():
    done = breaktime()
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == breaktime("--help").stdout


@pytest.mark.parametrize("arguments", [["open"], ["--wide"], ["check"], ["match", "x.com"]])
def test_what_is_not_understood_is_status_2(arguments):
    done = breaktime(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"\nError: " in done.stderr


def test_the_version():
    assert breaktime("--version").stdout.decode() == f"breaktime, version {__version__}\n"


@pytest.mark.parametrize("arguments", WITHOUT_MITMPROXY.values(), ids=WITHOUT_MITMPROXY)
def test_a_verb_that_needs_no_mitmproxy_does_not_wait_for_it(config, tmp_path, arguments):
    names = {"CONFIG": str(config), "FOLDER": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *(names.get(word, word) for word in arguments)],
        input=b"x.com\n",
        capture_output=True,
        env=command.environment(),
        check=False,
        timeout=command.TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    imported = done.stderr.decode().splitlines()[-1].split()
    assert "breaktime" in imported
    assert "mitmproxy" not in imported


def test_letters_that_a_terminal_cannot_show_do_not_end_a_verb():
    done = breaktime("check", "Łódź.yaml", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout == b"\\u0141\xf3d\\u017a.yaml: does not exist\n1 problem\n"
