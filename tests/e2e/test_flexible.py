"""A flexible break through the real gateway: started, seen, stopped, recorded, and safe."""

import time
from contextlib import suppress
from datetime import datetime

import pytest

from breaktime.config import load
from breaktime.core.sitting import begin
from breaktime.ledger import open_ledger
from support.clients import as_browser, connect, curl, exchange, tls
from support.gateway import PEOPLE, running

pytestmark = pytest.mark.e2e

EXTRA = """
teams:
  choosers:
    members: [a.jones, c.lee]
    breaks: [{days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}]
ending: {grace: 1 seconds}
"""
SEEN_SECONDS = 60
FB = "www.facebook.com"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(tmp_path_factory.mktemp("flexible"), origin, extra=EXTRA) as gateway:
        gateway.clock("12:00:00")
        yield gateway


@pytest.fixture
def ledger(gateway):
    ledger = open_ledger(gateway.folder / "audit" / "ledger.sqlite")
    yield ledger
    ledger.close()


def at(gateway):
    return datetime.fromisoformat((gateway.folder / "clock").read_text().strip())


def start(gateway, ledger, person="a.jones"):
    policy = load(gateway.folder / "config.yaml").policy
    profile = policy.standing(person, (), PEOPLE[person]).profile
    return ledger.start(person, at(gateway), lambda usage: begin(profile, usage, at(gateway)))


def reply(gateway, person="a.jones"):
    return curl(gateway, f"https://{FB}/", *as_browser(), source=PEOPLE[person])


def awaited(condition):
    end = time.monotonic() + SEEN_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def first_said(sock, gateway, *times):
    """Set the clock again and again, until something comes, or the end."""
    sock.settimeout(SEEN_SECONDS / len(times))
    for time_of_day in times:
        gateway.clock(time_of_day)
        with suppress(TimeoutError):
            return sock.recv(1)
    raise TimeoutError


def test_a_break_from_its_start_to_its_end(gateway, ledger):
    """It is closed until it is started elsewhere, open until it is stopped elsewhere."""
    refused = reply(gateway)
    assert refused.status == 403
    assert b"45 minutes long" in refused.body
    assert gateway.visits()[-1]["event"]["reason"] == "break_available_not_started"

    start(gateway, ledger)
    awaited(lambda: reply(gateway).status == 200)
    assert gateway.visits()[-1]["event"]["reason"] == "break_flexible"
    started = gateway.await_line("break-started")
    assert started["breaktime"]["budget"] == {"granted_s": 2700, "sitting": 1}
    assert started["user"]["name"] == "a.jones"

    gateway.clock("12:10:00")
    with tls(gateway, connect(gateway, f"{FB}:443", source=PEOPLE["a.jones"]), FB) as sock:
        ask = f"GET / HTTP/1.1\r\nHost: {FB}\r\nSec-Fetch-Dest: document\r\n\r\n".encode()
        assert exchange(sock, ask).status == 200
        ledger.stop("a.jones", at(gateway))
        ended = gateway.await_line("break-ended")
        assert ended["breaktime"]["budget"] == {"granted_s": 2700, "used_s": 600, "sitting": 1}
        # Cut, with the grace, though the allowance is not used. The record comes before the grace
        # is counted, and a clock that is set in between stands at its beginning.
        assert first_said(sock, gateway, "12:11:00", "12:12:00", "12:13:00") == b""
    awaited(lambda: reply(gateway).status == 403)


def test_the_end_of_the_allowance_needs_nobody(gateway, ledger):
    gateway.clock("13:00:00")
    start(gateway, ledger, "c.lee")
    awaited(lambda: reply(gateway, "c.lee").status == 200)

    gateway.clock("13:45:00")

    assert reply(gateway, "c.lee").status == 403
    assert gateway.visits()[-1]["event"]["reason"] == "budget_used"


def test_a_ledger_that_cannot_be_read_closes_flexible_breaks_and_nothing_else(
    origin, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("unreadable")
    (folder / "file").touch()
    extra = f"{EXTRA}ledger: {{path: file/ledger.sqlite}}\n"
    with running(folder, origin, extra=extra) as gateway:
        gateway.clock("12:30:00")
        assert reply(gateway).status == 403
        assert gateway.visits()[-1]["event"]["reason"] == "ledger_unreadable"
        assert reply(gateway, "night").status == 403
        gateway.clock("22:15:00")
        assert reply(gateway, "night").status == 200
        gateway.await_told("flexible breaks are closed")
