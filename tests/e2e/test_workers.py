"""One process at the door and two that open: to people and in the log they are one gateway."""

import os
import re
import signal
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from breaktime.ledger import CaseRequest, RequestState, open_ledger
from breaktime.mitm.workers.shares import worker_for
from support.clients import connect, curl, exchange, tls
from support.gateway import PEOPLE, running
from support.workers import PATIENCE, pids, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SOCIAL = "www.facebook.com"
FACEBOOK = f"https://{SOCIAL}/"
INNOCENT = "https://www.example.org/"
GET = f"GET / HTTP/1.1\r\nHost: {SOCIAL}\r\nSec-Fetch-Dest: document\r\n\r\n".encode()
STAFF = {share: [] for share in (0, 1)}
for name in ("a.jones", "c.lee", "night", "phones"):
    STAFF[worker_for(f"person {name}", (0, 1))].append(PEOPLE[name])
SOMEBODY = [people[0] for people in STAFF.values()]
"""Two people, each with another worker."""

NOON, FRIDAY = datetime(2026, 11, 23, 12, tzinfo=UTC), date(2026, 11, 27)
MANY = 40
"""More than workers are ever started here."""

PORTAL = ", portal: 'https://breaks.example.org'"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, gateway="  workers: 2", page=PORTAL) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def _in_the_morning(gateway):
    gateway.clock("10:00:00")


def all_seats_are_taken(gateway):
    told = gateway.told()
    return told.count("a worker has ended") == told.count("a worker has taken the place")


def statuses(gateway):
    return [curl(gateway, FACEBOOK, source=source).status for source in SOMEBODY]


def secure(gateway, source):
    sock = tls(gateway, connect(gateway, f"{SOCIAL}:443", source=source), SOCIAL)
    assert exchange(sock, GET).status == 200
    return sock


def test_the_door_has_nothing_of_mitmproxy_in_its_memory(gateway):
    def libraries(pid):
        return "mitmproxy" in Path(f"/proc/{pid}/maps").read_text()

    workers = pids(gateway)
    assert len(workers) == 2
    assert all(map(libraries, workers))
    assert not libraries(gateway.process.pid)


def test_everybody_is_judged_and_recorded_in_one_log_without_a_gap(gateway):
    assert statuses(gateway) == [403, 403]
    gateway.clock("12:30:00")
    assert statuses(gateway) == [200, 200]
    assert curl(gateway, INNOCENT).status == 200

    lines = gateway.lines()
    assert [line["event"]["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    assert len(list((gateway.folder / "audit").glob("audit-*.jsonl"))) == 1
    actions = [line["event"]["action"] for line in lines]
    assert actions.count("service-started") == 1
    assert actions.count("visit-blocked") == actions.count("visit-allowed") == 2


def test_a_person_whom_two_workers_saw_has_one_session(gateway):
    """What is asked for in clear goes by the address; what is behind TLS, by the person."""
    clear, person = next(
        (address, name)
        for name, address in PEOPLE.items()
        if name in {"a.jones", "c.lee", "phones"}
        and worker_for(f"person {name}", (0, 1)) != worker_for(f"address {address}", (0, 1))
    )
    gateway.clock("13:10:00")
    for url in ("http://www.facebook.com/", FACEBOOK):
        assert curl(gateway, url, source=clear).status == 200
    gateway.clock("14:01:00")

    def ended():
        lines = [line for line in gateway.lines() if line["event"]["action"] == "session-end"]
        mine = [line for line in lines if line["user"]["name"] == person]
        return [line for line in mine if line["breaktime"]["session"]["requests"] >= 2]

    assert len(until(ended)) == 1


def test_what_a_break_has_opened_ends_with_it_in_each_worker(gateway):
    gateway.clock("12:30:00")
    socks = [secure(gateway, source) for source in SOMEBODY]
    gateway.clock("14:01:30")

    for sock in socks:
        with sock:
            sock.settimeout(PATIENCE)
            assert sock.recv(1) == b""


def test_a_configuration_is_taken_by_all_or_by_nobody_and_recorded_once(gateway):
    config = gateway.folder / "config.yaml"
    sound = config.read_text()
    gateway.clock("15:30:00")
    assert statuses(gateway) == [403, 403]

    config.write_text(sound.replace("12:00-14:00", "15:00-16:00"))
    gateway.await_line("config-loaded")
    assert statuses(gateway) == [200, 200]
    socks = [secure(gateway, source) for source in SOMEBODY]

    config.write_text(sound.replace("12:00-14:00", "noon"))
    gateway.await_line("config-rejected")
    assert statuses(gateway) == [200, 200]

    config.write_text(sound)
    gateway.await_line("config-loaded", 2)
    for sock in socks:  # without grace: what lets it through is no more
        with sock:
            sock.settimeout(PATIENCE)
            assert sock.recv(1) == b""
    assert statuses(gateway) == [403, 403]
    actions = [line["event"]["action"] for line in gateway.lines()]
    assert (actions.count("config-loaded"), actions.count("config-rejected")) == (2, 1)


def test_a_worker_that_dies_takes_only_its_own_connections_with_it(gateway):
    gateway.clock("12:30:00")
    socks = [secure(gateway, source) for source in SOMEBODY]
    before = pids(gateway)
    os.kill(min(before), signal.SIGKILL)
    gateway.await_line("worker-lost")

    for sock in socks:
        sock.settimeout(1)
    ended = [ends(sock) for sock in socks]
    assert sorted(ended) == [False, True]
    assert statuses(gateway) == [200, 200]
    gateway.clock("10:00:00")
    assert statuses(gateway) == [403, 403]
    until(lambda: all_seats_are_taken(gateway))
    assert len(pids(gateway)) == 2
    for sock in socks:
        sock.close()


def ends(sock):
    """Tell whether a connection has ended; one that goes on says nothing."""
    try:
        return sock.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_workers_are_replaced_while_people_are_served(gateway):
    gateway.clock("12:30:00")
    until(lambda: all_seats_are_taken(gateway))
    before = pids(gateway)
    sock = secure(gateway, SOMEBODY[0])
    lost = gateway.told().count("has ended; its connections")

    gateway.process.send_signal(signal.SIGUSR2)
    served = []
    while "the workers were replaced" not in gateway.told():
        served += statuses(gateway)
        with suppress(OSError):  # its worker may end meanwhile, half a minute later at the latest
            sock.sendall(GET)
    sock.close()

    assert set(served) <= {200}
    assert not before & pids(gateway)
    assert statuses(gateway) == [200, 200]
    assert gateway.told().count("has ended; its connections") == lost


def test_what_a_worker_had_begun_in_the_portal_is_settled_when_it_has_died(gateway):
    """It cannot be killed between two lines, so what it would leave is put there."""
    until(lambda: all_seats_are_taken(gateway))
    ledger = open_ledger(gateway.folder / "audit" / "ledger.sqlite")
    for number in range(1, MANY):
        one = CaseRequest(f"{number:08}", NOON, "c.lee", ("choosers",), "x", "Campaign", FRIDAY)
        worker = f"gateway/{number}"
        assert ledger.requests.add(replace(one, person=worker))
        ledger.requests.decide(one.id, RequestState.APPROVED, "a.jones", NOON, FRIDAY, worker)

    os.kill(min(pids(gateway)), signal.SIGKILL)

    (reopened,) = until(ledger.requests.waiting)
    told = gateway.await_told("a decision that was not recorded is open again")
    assert re.search(rf"worker\W+gateway/{int(reopened.id)}\b", told)
    assert len(ledger.requests.untold("gateway")) == MANY - 2
    ledger.close()
