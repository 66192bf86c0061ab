"""What stands in the log of what one computer asks again and again."""

import json
from hashlib import sha256

import pytest

from breaktime.audit.noted import PLACE
from support.clients import connect, exchange, tls
from support.command import breaktime
from support.gateway import PEOPLE, UNKNOWN

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
PERSON = PEOPLE["a.jones"]
# fmt: off
TAB = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
VISIT = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1", "Accept": "text/html"}  # noqa: E501  a table
# fmt: on


@pytest.fixture
def ask(gateway):
    """Ask for pages one after the other, and return the answers and what is new in the log."""

    def asks(*paths, source=PERSON, host=SOCIAL, **headers):
        before = len(gateway.visits())
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        replies = []
        with tls(gateway, connect(gateway, f"{host}:443", source=source), host) as sock:
            for path in paths:
                head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n"
                replies.append(exchange(sock, head.encode()))
        return replies, gateway.visits()[before:]

    return asks


def test_each_unknown_computer_is_one_of_its_own(gateway, ask):
    gateway.clock("09:00:00")
    for source in (UNKNOWN, "127.0.99.77"):
        (reply, again), (line,) = ask("/a", "/b", source=source, **TAB)

        assert line["source"]["ip"] == source
        assert line["user"]["name"] is None
        assert line["breaktime"]["decision"]["id"].encode() in reply.body
        assert again.body == reply.body


def test_who_is_known_is_not_written_down_with_an_address_too(gateway, ask):
    gateway.clock("09:00:00")

    _, (line,) = ask("/", **VISIT)

    assert line["user"]["name"] == "a.jones"
    assert "source" not in line


@pytest.mark.parametrize("wall", ["09:10:00", "12:30:00"])
def test_a_program_that_asks_again_and_again_is_one_line_a_page(gateway, ask, wall):
    """The first visit and the first refusal of each page are there; twenty polls are not."""
    gateway.clock(wall)

    replies, lines = ask(*["/api/poll?t=1"] * 20, "/other", "/api/poll?t=2")

    assert len(replies) == 22
    assert [line["url"]["path"] for line in lines] == ["/api/poll", "/other"]
    assert {line["breaktime"]["visit"]["evidence"] for line in lines} == {"app"}


def test_a_storm_of_refusals_is_bounded_and_counted(gateway, ask):
    """Whatever one client says it is, its refusals take 60 lines a minute; visits take theirs."""
    gateway.clock("09:20:00")
    replies, lines = ask(*[f"/{number}" for number in range(100)], source=PEOPLE["night"], **VISIT)
    assert {reply.status for reply in replies} == {403}
    assert len(lines) == 60

    _, (colleague,) = ask("/", **VISIT)
    assert "repeat" not in colleague["breaktime"]

    gateway.clock("22:15:00")
    _, visits = ask("/a", "/b", source=PEOPLE["night"], **VISIT)
    assert [line["event"]["action"] for line in visits] == ["visit-allowed"] * 2
    assert [line["breaktime"].get("repeat") for line in visits] == [40, None]


def test_what_is_not_recorded_shows_no_id(gateway, ask):
    gateway.clock("09:30:00")
    frame = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"}
    ahead = {**VISIT, "Sec-Purpose": "prefetch"}
    for headers, status in ((frame, 403), (ahead, 503)):
        (reply,), lines = ask("/", **headers)

        assert (reply.status, lines) == (status, [])
        assert b"d-" not in reply.body.partition(b"<body>")[2]


def test_who_reads_the_log_is_in_it_and_whom_they_looked_at_is_not(gateway):
    """Readers note beside the log; the gateway seals the hash of each note."""
    before = len([1 for line in gateway.lines() if line["event"]["action"] == "log-read"])
    ran = breaktime("log", "-c", gateway.folder / "config.yaml", "--person", "c.lee")
    assert ran.returncode == 0, ran.stderr

    line = gateway.await_line("log-read", before + 1)
    note = (gateway.folder / "audit" / PLACE).read_bytes().splitlines(keepends=True)[-1]
    assert line["breaktime"]["note"] == "sha256:" + sha256(note).hexdigest()
    assert line["breaktime"]["about"] == json.loads(note)["event"]["id"]
    assert line["breaktime"]["by"]
    assert "c.lee" in note.decode()
    assert "c.lee" not in json.dumps(line)
