"""Whatever dies, and whatever a clock does: nobody gets more than they have, nor loses a record."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from breaktime.core.decide import Reason
from breaktime.core.flexible import SKEW
from breaktime.core.sitting import Refused, begin
from breaktime.ledger import open_ledger
from calendars import profile, utc
from flexibly import MONDAY, flexible, minutes, sitting

HERS = profile(flexible(minutes=20, sittings=3))
ALLOWANCE = minutes(20)
CRASH = timedelta(seconds=15)
BEAT = timedelta(seconds=10)


class Office(RuleBasedStateMachine):
    """
    One person, two gateways on one ledger, and a real time that no clock need show.

    Time is granted while some gateway runs and finds a sitting that goes on. Counted by real time,
    the person must never have more than the allowance, 15 seconds for each crash, and what clocks
    may differ by for each small step back.
    """

    @initialize()
    def begin_the_day(self):
        self.folder = Path(tempfile.mkdtemp())
        self.gateways = [self.opened(), self.opened()]
        self.clock = utc("2026-11-23 12:00")
        self.granted = self.slack = timedelta(0)

    def opened(self):
        return open_ledger(self.folder / "ledger.sqlite")

    @property
    def up(self):
        return next((one for one in self.gateways if one is not None), None)

    @rule(device=st.integers(0, 1))
    def start(self, device):
        gateway = self.gateways[device]
        if gateway is not None:
            at = self.clock
            gateway.start("ada", at, lambda usage: begin(HERS, usage, at))

    @rule(device=st.integers(0, 1))
    def stop(self, device):
        gateway = self.gateways[device]
        if gateway is not None:
            gateway.stop("ada", self.clock)

    @rule(beats=st.integers(1, 90))
    def time_goes_by(self, beats):
        """A gateway that runs counts at every beat."""
        for _ in range(beats):
            self.live(BEAT)
            for gateway in self.gateways:
                if gateway is not None:
                    gateway.tick(self.clock)

    @rule(beats=st.integers(1, 30))
    def two_clocks_differ_a_little(self, beats):
        for _ in range(beats):
            self.live(BEAT)
            for gateway, late in zip(self.gateways, (timedelta(0), SKEW), strict=True):
                if gateway is not None:
                    gateway.tick(self.clock - late)

    @rule(seconds=st.integers(1, 10), device=st.integers(0, 1))
    def a_gateway_is_killed(self, seconds, device):
        self.live(timedelta(seconds=seconds))
        if self.gateways[device] is not None:
            self.gateways[device].close()
            self.gateways[device] = None
            self.slack += CRASH

    @rule(device=st.integers(0, 1))
    def a_gateway_comes_back(self, device):
        if self.gateways[device] is None:
            self.gateways[device] = self.opened()
            self.gateways[device].tick(self.clock)

    @rule(seconds=st.integers(3, 4000))
    def the_clock_steps_back(self, seconds):
        self.clock -= timedelta(seconds=seconds)
        if self.up is not None:
            self.live(BEAT)
            self.up.tick(self.clock, timedelta(seconds=seconds))

    @rule(seconds=st.integers(1, 4000))
    def the_clock_steps_forward(self, seconds):
        self.clock += timedelta(seconds=seconds)

    def live(self, length):
        """Let real time pass, and count what is granted meanwhile."""
        if self.up is not None:
            running = self.up.usage("ada", self.clock).running_at(self.clock)
            if running is not None:
                self.granted += min(length, running.ends_at() - self.clock)
        self.clock += length

    @invariant()
    def never_more_than_the_allowance(self):
        if hasattr(self, "granted"):
            days = {day for _, day in self.up.usage("ada", self.clock).taken} if self.up else ()
            assert self.granted <= ALLOWANCE * max(len(days), 1) + self.slack

    def teardown(self):
        for gateway in getattr(self, "gateways", ()):
            if gateway is not None:
                gateway.close()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_two_devices_and_a_crash_have_one_allowance(tmp_path):
    """The law above in one plain day, which no machine has to stumble upon."""
    path, noon = tmp_path / "ledger.sqlite", utc("2026-11-23 12:00")
    desk, phone = open_ledger(path), open_ledger(path)

    def start(ledger, at):
        return ledger.start("ada", at, lambda usage: begin(HERS, usage, at))

    assert start(desk, noon).allowance == ALLOWANCE
    assert phone.stop("ada", noon + minutes(12)).used == minutes(12)
    assert start(phone, noon + minutes(13)).allowance == ALLOWANCE - minutes(12)
    desk.close()
    phone.close()  # nobody has stopped anything

    again = open_ledger(path)
    again.tick(noon + minutes(60))
    refused = start(again, noon + minutes(61))
    again.close()
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.BUDGET_USED


WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from breaktime.core.sitting import begin
from breaktime.ledger import open_ledger
from calendars import profile, utc
from flexibly import flexible

ledger = open_ledger(Path(sys.argv[1]), *sys.argv[2:])
at = utc("2026-11-23 12:00")
who = profile(flexible(minutes=120, sittings=20))
ledger.start("ada", at, lambda usage: begin(who, usage, at))
print("started", flush=True)
while True:
    at += timedelta(seconds=5)
    ledger.tick(at)
    print((at - utc("2026-11-23 12:00")).seconds, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 2, 7, 40, 200])
def test_a_killed_process_loses_nothing_that_it_was_told_is_kept(tmp_path, lines):
    path = tmp_path / "ledger.sqlite"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ) as writer:
        said = [writer.stdout.readline().strip() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read().split()  # what it said before it died counts too

    ledger = open_ledger(path)
    at = utc("2026-11-23 12:00") + timedelta(hours=1)
    usage = ledger.usage("ada", at)
    started = [event.kind.value for event in ledger.take("test", at)]
    ledger.close()
    whole = [int(each) for each in said if each.isdigit()]
    spent = usage.running.spent if usage.running else usage.taken["break:own", MONDAY].used
    assert spent >= timedelta(seconds=max(whole, default=0))
    assert started[0] == "break-started"


def test_what_a_killed_gateway_did_not_count_is_counted_by_the_next(tmp_path):
    path = tmp_path / "ledger.sqlite"
    first = open_ledger(path)
    first.start("ada", utc("2026-11-23 12:00"), lambda _: sitting("12:00"))
    first._engine.dispose()

    second = open_ledger(path)
    second.tick(utc("2026-11-23 12:20"))
    assert second.usage("ada", utc("2026-11-23 12:20")).running.spent == minutes(20)
    second.close()
