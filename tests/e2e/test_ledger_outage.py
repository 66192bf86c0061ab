"""PostgreSQL ends, or hangs, while people are in breaks that they started; then it is back."""

from contextlib import ExitStack
from datetime import datetime

import pytest

from breaktime.config import load
from breaktime.core.sitting import begin
from breaktime.ledger import open_ledger
from support.clients import as_browser, curl
from support.gateway import PEOPLE, running
from support.postgres import cluster
from support.workers import until

pytestmark = [pytest.mark.e2e, pytest.mark.postgres, pytest.mark.slow]

EXTRA = """
teams:
  choosers:
    members: [a.jones, c.lee]
    breaks: [{{days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}}]
ledger: {{url: "{}"}}
"""
FB = "https://www.facebook.com/"


class Office:
    """A gateway with two workers, and the ledger as another gateway would use it."""

    def __init__(self, gateway, url):
        self.gateway, self._url = gateway, url

    def ask(self, person):
        """Return the status and the reason on record for one page."""
        status = curl(self.gateway, FB, *as_browser(), source=PEOPLE[person]).status
        visits = [line for line in self.gateway.visits() if line["user"]["name"] == person]
        return status, visits[-1]["event"]["reason"]

    def start(self, person):
        """Start a break, as the portal does, at the time of the gateway."""
        at = datetime.fromisoformat((self.gateway.folder / "clock").read_text().strip())
        policy = load(self.gateway.folder / "config.yaml").policy
        profile = policy.standing(person, (), PEOPLE[person]).profile
        ledger = open_ledger(self.gateway.folder / "unused", self._url)
        try:
            ledger.start(person, at, lambda usage: begin(profile, usage, at))
        finally:
            ledger.close()


def losses(gateway):
    """Return how often the ledger was lost."""
    return [line["event"]["action"] for line in gateway.lines()].count("ledger-lost")


def test_what_is_known_stays_nothing_begins_and_it_recovers_by_itself(tmp_path, origin):
    with cluster() as postgres:
        url = postgres.address.format("postgres")
        extra = EXTRA.format(url)
        with running(
            tmp_path, origin, extra=extra, gateway="  workers: 2", wall="12:00:00"
        ) as gateway:
            office = Office(gateway, url)
            office.start("a.jones")
            until(lambda: office.ask("a.jones") == (200, "break_flexible"))
            assert office.ask("c.lee") == (403, "break_available_not_started")

            postgres.stop()
            lost = gateway.await_line("ledger-lost")
            assert lost["event"]["outcome"] == "failure"
            assert lost["user"]["name"] is None
            gateway.clock("12:44:59")
            assert office.ask("a.jones") == (200, "break_flexible")
            assert office.ask("c.lee") == (403, "ledger_unreadable")
            gateway.clock("12:45:00")
            assert office.ask("a.jones") == (403, "ledger_unreadable")
            gateway.clock("22:15:00")
            assert office.ask("night") == (200, "break_fixed")
            gateway.clock("22:16:00")

            postgres.start()
            gateway.await_line("ledger-regained")
            until(lambda: office.ask("a.jones") == (403, "outside_breaks"))
            ended = gateway.await_line("break-ended")
            assert ended["breaktime"]["budget"] == {"granted_s": 2700, "used_s": 2700, "sitting": 1}
            gateway.clock("12:30:00", "2026-11-24")
            office.start("c.lee")
            until(lambda: office.ask("c.lee") == (200, "break_flexible"))
            actions = [line["event"]["action"] for line in gateway.lines()]
            # Once each; where the machine stands still, a slow answer is an outage, too.
            told = [action for action in actions if action.startswith("ledger-")]
            assert told == ["ledger-lost", "ledger-regained"] * (len(told) // 2)


def test_one_that_hangs_holds_up_nobody_nor_the_end_of_the_gateway(tmp_path, origin):
    with cluster() as postgres, ExitStack() as frozen:
        url = postgres.address.format("postgres")
        with running(tmp_path, origin, extra=EXTRA.format(url), wall="12:00:00") as gateway:
            office = Office(gateway, url)
            office.start("a.jones")
            until(lambda: office.ask("a.jones") == (200, "break_flexible"))

            with postgres.hanging():
                gateway.await_line("ledger-lost")
                assert office.ask("a.jones") == (200, "break_flexible")
                assert office.ask("c.lee") == (403, "ledger_unreadable")
            gateway.await_line("ledger-regained")
            until(lambda: office.ask("c.lee") == (403, "break_available_not_started"))

            frozen.enter_context(postgres.hanging())
            until(lambda: losses(gateway) == 2)
        assert gateway.process.returncode == 0
