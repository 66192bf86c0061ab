"""What passes unopened in a break, what is recorded of it, and how it ends."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.core.record import Action
from breaktime.core.signin import Strength
from breaktime.door import Identity
from breaktime.mitm.passing import Passing
from breaktime.mitm.unopened import Unopening
from support.answered import Answered
from support.policy import KNOWN, LUNCH, MORNING, state_in

SITE, CDN, ARCHIVE = "www.facebook.com", "static.xx.fbcdn.net", "web.archive.org"
SOMEBODY = Identity("a.jones", known_by=Strength.ADDRESS)
AFTER = LUNCH + timedelta(hours=2)


class Gateway:
    """What lets connections pass, and all around it."""

    def __init__(self, folder, settings="decrypt_during_breaks: false", more=""):
        self.now = LUNCH
        self.keeps = True
        self.records, self.cut = [], []
        self.state = state_in(folder, ca=f"ca: ca, {settings}", audit=f"directory: audit{more}")
        asking = Unopening(self.state, lambda: self.now, self.usage)
        self.passing = Passing(self.state, asking, self, self.cut.append)

    @property
    def writable(self):
        return self.keeps

    def put(self, record, *, held=False):
        self.records.append((record, held))
        return Answered(self.keeps)

    async def usage(self, person):
        return NOTHING_TAKEN

    def passes(self, *names, identity=SOMEBODY, connection="1"):
        host, *sni = names
        conn = SimpleNamespace(
            id=connection, names=names, host=host, sni=next(iter(sni), None), client=KNOWN,
            identity=identity,
        )  # fmt: skip

        async def ask():
            return await self.passing.may_pass(conn), await self.passing.pass_on(conn)

        return asyncio.run(ask())

    @property
    def actions(self):
        return [record.action for record, _ in self.records]


@pytest.fixture
def gateway(tmp_path):
    return Gateway(tmp_path)


def test_a_record_has_a_site_and_a_time_and_no_page(gateway):
    assert gateway.passes(SITE, SITE) == (True, True)

    ((record, held),) = gateway.records
    assert held
    assert (record.action, record.at, record.message) == (
        Action.CONNECTION_PASSED,
        LUNCH,
        "Passed unopened: facebook.com; which pages were seen is not known",
    )
    assert (record.verdict, record.reason, record.context) == ("allow", "break_fixed", "break")
    assert (record.person, record.known_by, record.place) == ("a.jones", "address", "office")
    assert (record.platform, record.role, record.domain) == ("facebook", "web", SITE)
    assert (record.evidence, record.counted) == ("tls_name_only", False)
    assert (record.path, record.method, record.source, record.status) == (None,) * 4
    assert record.changes_at == LUNCH.replace(hour=14, minute=0)
    assert record.because[0] == "break:lunch"


def test_it_ends_a_grace_after_the_break_and_is_told_once(gateway):
    gateway.passes(SITE, SITE)
    leases = gateway.passing.leases

    assert leases.sweep(AFTER) == 1
    assert leases.sweep(AFTER) == 0
    assert gateway.cut == ["1"]
    record, _ = gateway.records[-1]
    assert (record.action, record.at, record.reason) == (
        Action.CONNECTION_CUT,
        AFTER,
        "outside_breaks",
    )
    assert (record.domain, record.evidence, record.counted) == (SITE, "tls_name_only", False)
    assert record.path is None


# fmt: off
OPENED = {
    "outside the breaks": ((SITE,), SOMEBODY, MORNING),
    "nobody asked": ((SITE,), None, LUNCH),
    "nobody known": ((SITE,), Identity(None), LUNCH),
    "a name that cannot be read": ((SITE, "not a name"), SOMEBODY, LUNCH),
    "names that disagree": ((SITE, "x.com"), SOMEBODY, LUNCH),
}
# fmt: on


@pytest.mark.parametrize("row", OPENED)
def test_the_rest_is_opened_and_nothing_is_recorded(gateway, row):
    names, identity, gateway.now = OPENED[row]

    assert gateway.passes(*names, identity=identity) == (False, False)
    assert gateway.records == []
    assert len(gateway.passing.leases) == 0


def test_nothing_passes_where_breaks_are_opened_too(tmp_path):
    gateway = Gateway(tmp_path, "decrypt_during_breaks: true")

    assert gateway.passes(SITE) == (False, False)


@pytest.mark.parametrize("name", [CDN, ARCHIVE])
def test_what_is_nobodys_visit_passes_without_records_and_ends_too(gateway, name):
    assert gateway.passes(name) == (True, True)
    assert gateway.passing.leases.sweep(AFTER) == 1
    assert (gateway.records, gateway.cut) == ([], ["1"])


def test_what_cannot_be_recorded_does_not_pass(gateway):
    gateway.keeps = False

    assert gateway.passes(SITE) == (True, False)


def test_what_need_not_be_recorded_passes_all_the_same(tmp_path):
    gateway = Gateway(tmp_path, more=", if_records_cannot_be_written: allow")
    gateway.keeps = False

    assert gateway.passes(SITE) == (True, True)
    ((_, held),) = gateway.records
    assert not held


def test_a_switch_back_ends_what_passes_so_that_it_is_opened(gateway, tmp_path):
    gateway.passes(SITE)
    gateway.state.now = state_in(tmp_path).now

    assert gateway.passing.leases.review(LUNCH) == 1
    record, _ = gateway.records[-1]
    assert (record.action, record.reason) == (Action.CONNECTION_CUT, None)
