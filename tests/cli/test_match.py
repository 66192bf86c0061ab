"""`breaktime match`: every line is answered, in order, whatever it holds."""

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.cli import main
from breaktime.config import shipped_catalogue
from breaktime.core.what import Role
from support import command
from support.command import breaktime

ROLES = {role.value for role in Role}


@pytest.fixture(scope="module")
def platforms():
    return set(shipped_catalogue().platforms)


def answers(given, *arguments):
    done = breaktime("match", *arguments, given=given)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"" or done.stdout.endswith(b"\n")
    return done.stdout.split(b"\n")[:-1]


def test_address_platform_and_role_stand_in_columns():
    assert answers(
        b"https://www.youtube.com/embed/x\nwww.example.org\nfacebook.com\nhttps://x.com/a\n"
    ) == [
        b"https://www.youtube.com/embed/x\tyoutube\tembed",
        b"www.example.org\t-\t-",
        b"facebook.com\tfacebook\tweb",
        b"https://x.com/a\tx\tweb",
    ]


STRANGE = {
    "an empty line": b"",
    "blanks": b"  ",
    "the end of a line of Windows": b"x.com\r",
    "a tab": b"x.com/\tTAB",
    "a null": b"\0x.com",
    "bytes that are no text": b"\xff\xfe.com",
    "half a letter": b"x.com/\xc3",
    "a surrogate": b"\xed\xa0\x80",
    "separators that separate nothing": b"x.com/\x0b\x1c\xe2\x80\xa8\x85",
    "a carriage return inside": b"x.com/a\rb",
    "a million letters": b"a" * 1_000_000,
    "a million dots": b"." * 1_000_000,
    "a million slashes": b"https://www.facebook.com" + b"/" * 1_000_000,
    "more than is looked at": b"x.com/" + b"\xc3\xa4" * 700_000,
    "an archive of itself": b"https://web.archive.org/" + b"web/1/" * 170_000,
    "percent signs": b"https://www.facebook.com/" + b"%2e%2e/" * 140_000,
    "brackets": b"http://[" * 100_000,
}


def test_no_line_stops_it_however_strange():
    found = answers(b"\n".join([*STRANGE.values(), b"facebook.com"]))  # the last one without end
    rows = [line.rsplit(b"\t", 2) for line in found]
    assert [row[0] for row in rows[:-1]] == [line.rstrip(b"\r") for line in STRANGE.values()]
    assert rows[-1] == [b"facebook.com", b"facebook", b"web"]


@pytest.mark.parametrize("line", [b"x.com", b"\n", b"\t\n", b"\xff\n", b"\r\n"])
def test_one_line_alone(line):
    (found,) = answers(line)
    assert found.rsplit(b"\t", 2)[0] == line.rstrip(b"\r\n")


def test_nothing_in_nothing_out():
    assert answers(b"") == []


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_as_many_lines_come_out_as_went_in(platforms, lines):
    """Law: any bytes; the address comes back as it was, with two more columns."""
    asked = b"\n".join(lines) + b"\n"
    done = CliRunner().invoke(main, ["match"], input=asked)
    rows = [line.rsplit(b"\t", 2) for line in done.stdout_bytes.split(b"\n")[:-1]]
    assert [row[0] for row in rows] == [line.rstrip(b"\r") for line in asked.split(b"\n")[:-1]]
    for _, platform, role in rows:
        assert platform.decode() in platforms | {"-"}
        assert role.decode() in ROLES | {"-"}


def test_with_a_configuration_only_what_it_controls(config):
    found = answers(b"facebook.com\nwhatsapp.com\n", "--config", config)
    assert found == [b"facebook.com\tfacebook\tweb", b"whatsapp.com\t-\t-"]


def test_without_one_it_is_the_whole_catalogue(platforms):
    addresses = {
        platform.id: next(iter(platform.domains))
        for platform in shipped_catalogue().platforms.values()
        if platform.domains
    }
    found = answers("".join(f"{address}\n" for address in addresses.values()).encode())
    assert {line.split(b"\t")[1].decode() for line in found} >= set(addresses) - {"-"}
    assert len(addresses) == len(platforms)


def test_problems_of_the_configuration_are_status_1(tmp_path):
    done = breaktime("match", "--config", tmp_path / "none.yaml", given=b"x.com\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"{tmp_path}/none.yaml: does not exist\n1 problem\n"


def test_an_answer_comes_before_the_next_address_is_asked():
    process = command.start("match")
    try:
        for address, platform in ((b"x.com", b"x"), (b"example.org", b"-")):
            process.stdin.write(address + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().split(b"\t")[:2] == [address, platform]
    finally:
        command.end(process)


def test_who_has_read_enough_may_leave():
    process = command.start("match")
    try:
        process.stdout.close()
        _, stderr = process.communicate(b"x.com\n" * 1000)
        assert stderr == b""
    finally:
        command.end(process)
