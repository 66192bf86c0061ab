"""What several verbs share."""

import os
import subprocess
import sys
from datetime import UTC, timedelta

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from breaktime.cli.options import CONFIG, FORMAT, a_date, load_or_exit, now, plain, stop_with
from breaktime.config import Problem
from support import command


@click.command()
@CONFIG
@FORMAT
def verb(config, form):
    click.echo(f"{config} {form}")


def test_now_is_an_instant_in_utc():
    assert now().tzinfo is UTC
    assert now() - timedelta(hours=1) < now()


SHOWN = {
    "plain, \N{POUND SIGN}": "plain, \N{POUND SIGN}",
    "\x1b[2J": "\\x1b[2J",
    "\x7f\x9b": "\\x7f\\x9b",
    "\u202e\u2028": "\\u202e\\u2028",
    "\udcff": "\\udcff",
    "a\tb\nc": "a\\tb\\nc",
}  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_what_could_command_a_terminal_is_shown_as_an_escape(text, shown):
    assert plain(text) == shown


@given(st.text(st.characters(codec=None)))
def test_plain_text_is_printable_and_can_be_written(text):
    assert plain(text).isprintable()
    assert plain(text).encode() or not text


def test_a_configuration_that_loads_is_given_back(config):
    assert load_or_exit(config).policy.organisation == "Exampleshire Council"


def test_problems_end_the_verb_with_status_1(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        load_or_exit(tmp_path / "none.yaml")
    assert end.value.code == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"{tmp_path}/none.yaml: does not exist\n1 problem\n"


def test_all_problems_are_shown(capsys):
    with pytest.raises(SystemExit):
        stop_with([Problem("a.yaml", 1, 2, "breaks", "one"), Problem("a.yaml", 3, 4, "", "two")])
    assert capsys.readouterr().err == "a.yaml:1:2: breaks: one\na.yaml:3:4: two\n2 problems\n"


def test_what_nobody_reads_vanishes():
    reader, writer = os.pipe()
    os.close(reader)
    program = (
        "import sys; from breaktime.cli.options import nobody_reads\n"
        "nobody_reads(); print('x' * 100_000, flush=True)"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=writer,
            stderr=subprocess.PIPE,
            env=command.environment(),
            check=False,
            timeout=command.TIMEOUT,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_configuration_is_required_and_the_format_is_a_choice():
    ask = CliRunner().invoke
    assert ask(verb, ["-c", "x.yaml"]).output == "x.yaml text\n"
    assert ask(verb, ["--config", "x.yaml", "--format", "json"]).output == "x.yaml json\n"
    assert ask(verb, []).exit_code == 2
    assert ask(verb, ["-c", "x.yaml", "--format", "xml"]).exit_code == 2


@pytest.mark.parametrize("written", ["Monday", "2026-11-31", "0001-01-01", ""])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(click.BadParameter, match="is no date; write for example 2026-11-23"):
        a_date(None, None, written)


def test_a_date_may_be_left_out():
    assert a_date(None, None, None) is None
    assert str(a_date(None, None, "2026-11-23")) == "2026-11-23"
