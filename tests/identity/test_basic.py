"""Name and password: checked beside the event loop, once, and remembered for a while."""

import asyncio
import base64
import inspect
import threading
import time

import pytest

from breaktime.identity import BusyError, Sighting, checks, passwords
from breaktime.identity import basic as module
from breaktime.identity.basic import Basic
from breaktime.identity.checks import WAITING_PER_CLIENT
from breaktime.identity.passwords import KNOWN_SECONDS, LONGEST, REFUSED_SECONDS


class Stored:
    """Stands for a hash: counts its checks, and can be made to wait."""

    def __init__(self, password, gate=None):
        self.password = password
        self.gate = gate
        self.checks = 0

    def matches(self, password):
        self.checks += 1
        if self.gate is not None:
            assert self.gate.wait(60)
        return password == self.password


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(clock):
    providers = []

    def opened(**people):
        providers.append(Basic(people, monotonic=clock))
        return providers[-1]

    yield opened
    for provider in providers:
        provider.close()


def header(pair, encoding="utf-8", scheme="Basic"):
    return f"{scheme} {base64.b64encode(pair.encode(encoding)).decode()}"


def seen(pair, **how):
    return Sighting("10.0.0.1", header(pair, **how))


def ask(provider, sighting):
    async def wait():
        answer = provider.identify(sighting)
        return await answer if inspect.isawaitable(answer) else answer

    claim = asyncio.run(wait())
    return claim and claim.person


# fmt: off
ROWS = [
    ("right",                       seen("ada:pä:ss"),                        "ada"),
    ("colons in the password",      seen("bob:a:b:"),                         "bob"),
    ("name in another case",        seen("ADA:pä:ss"),                        "ada"),
    ("name in full width",          seen("\uff41\uff44\uff41:pä:ss"),                     "ada"),
    ("latin-1",                     seen("ada:pä:ss", encoding="latin-1"),    "ada"),
    ("scheme in another case",      seen("ada:pä:ss", scheme="bASIC"),        "ada"),
    ("two spaces",                  seen("ada:pä:ss", scheme="Basic "),       "ada"),
    ("wrong password",              seen("ada:x"),                            None),
    ("the password of another",     seen("ada:a:b:"),                         None),
    ("nobody of that name",         seen("cy:pä:ss"),                         None),
    ("no name",                     seen(":pä:ss"),                           None),
    ("no colon",                    seen("ada"),                              None),
    ("a control in the name",       seen("ada\0:pä:ss"),                      None),
    ("another scheme",              seen("ada:pä:ss", scheme="Digest"),       None),
    ("not base64",                  Sighting("", "Basic YWRh*"),              None),
    ("cut base64",                  Sighting("", "Basic YWRhO"),              None),
    ("not even ASCII",              Sighting("", "Basic ä\udc80"),            None),
    ("only the scheme",             Sighting("", "Basic"),                    None),
    ("nothing",                     Sighting("", ""),                         None),
    ("no header",                   Sighting("10.0.0.1"),                     None),
    ("endless",                     seen("ada:" + "x" * LONGEST),             None),
]
# fmt: on


@pytest.mark.parametrize(("sighting", "person"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_basic(opened, sighting, person):
    provider = opened(ada=Stored("pä:ss"), bob=Stored("a:b:"))

    assert ask(provider, sighting) == person


def test_an_empty_file_knows_nobody(opened):
    assert ask(opened(), seen("ada:x")) is None


def test_right_credentials_are_checked_once(opened, clock):
    stored = Stored("x")
    provider = opened(ada=stored)
    ask(provider, seen("ada:x"))

    clock.now += KNOWN_SECONDS - 1
    at_once = provider.identify(seen("ada:x"))
    clock.now += 1

    assert at_once.person == "ada"
    assert stored.checks == 1
    assert ask(provider, seen("ada:x")) == "ada"
    assert stored.checks == 2


def test_wrong_ones_are_remembered_for_a_moment(opened, clock):
    stored = Stored("x")
    provider = opened(ada=stored)
    ask(provider, seen("ada:y"))

    clock.now += REFUSED_SECONDS - 1
    assert provider.identify(seen("ada:y")) is None
    assert stored.checks == 1

    clock.now += 1
    assert ask(provider, seen("ada:y")) is None
    assert stored.checks == 2


def test_an_unknown_name_costs_what_a_wrong_password_costs(opened):
    """One check, whether the name is in the file or not: time tells nothing."""
    stored = Stored("x")
    provider = opened(ada=stored)

    assert ask(provider, seen("nobody:x")) is None
    assert stored.checks == 1


def test_the_memory_is_bounded(opened, monkeypatch):
    """A flood of wrong passwords forgets old ones, and no right one."""
    monkeypatch.setattr(passwords, "REMEMBERED", 3)
    stored = Stored("x")
    provider = opened(ada=stored)
    ask(provider, seen("ada:x"))
    for number in range(10):
        ask(provider, seen(f"ada:{number}"))

    assert len(provider._refused._held) == 3
    assert provider.identify(seen("ada:x")).person == "ada"


def test_no_password_is_kept(opened):
    """Neither the password nor its header stays in the provider."""
    provider = opened(ada=Stored("y"))
    ask(provider, seen("ada:hunter22"))

    kept = repr([vars(provider), provider._refused, provider._known])

    assert "hunter22" not in kept
    assert header("ada:hunter22").split()[1] not in kept


def test_the_event_loop_goes_on(opened):
    """While a check takes its time, other work does not wait for it."""
    gate = threading.Event()
    provider = opened(ada=Stored("x", gate))

    async def both():
        waiting = asyncio.ensure_future(provider.identify(seen("ada:x")))
        for _ in range(50):
            await asyncio.sleep(0)
        early = waiting.done()
        gate.set()
        return early, await waiting

    early, claim = asyncio.run(both())
    assert not early
    assert claim.person == "ada"


def test_many_connections_share_one_check(opened):
    """And one that hangs up does not take the answer from the others."""
    gate = threading.Event()
    stored = Stored("x", gate)
    provider = opened(ada=stored)

    async def several():
        waiting = [asyncio.ensure_future(provider.identify(seen("ada:x"))) for _ in range(6)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        gate.set()
        return await asyncio.gather(*waiting[1:])

    assert {claim.person for claim in asyncio.run(several())} == {"ada"}
    assert stored.checks == 1


def test_a_flood_is_not_taken_and_nobody_is_unknown_for_it(opened, monkeypatch):
    """Checks do not pile up without end."""
    monkeypatch.setattr(checks, "WAITING", 2)
    gate = threading.Event()
    provider = opened(ada=Stored("x", gate))

    async def flood():
        waiting = [asyncio.ensure_future(provider.identify(seen(f"ada:{n}"))) for n in range(2)]
        with pytest.raises(BusyError):
            provider.identify(seen("ada:x"))
        gate.set()
        await asyncio.gather(*waiting)

    asyncio.run(flood())
    assert ask(provider, seen("ada:x")) == "ada"


def test_one_client_does_not_keep_the_others_waiting(opened):
    gate = threading.Event()
    provider = opened(ada=Stored("x", gate))

    async def flood():
        waiting = [
            asyncio.ensure_future(provider.identify(seen(f"ada:{n}")))
            for n in range(WAITING_PER_CLIENT)
        ]
        with pytest.raises(BusyError):
            provider.identify(seen("ada:x"))
        other = asyncio.ensure_future(provider.identify(Sighting("10.0.0.2", header("ada:x"))))
        shared = asyncio.ensure_future(provider.identify(seen("ada:x")))
        gate.set()
        await asyncio.gather(*waiting)
        return (await other).person, (await shared).person

    assert asyncio.run(flood()) == ("ada", "ada")
    assert ask(provider, seen("ada:y")) is None
    assert not provider._checks._of_client


def test_addresses_take_turns(opened):
    """Who comes from a busy terminal server, or guesses there, does not delay other addresses."""
    gate, asked = threading.Event(), []

    class Noting(Stored):
        def matches(self, password):
            asked.append(password)
            return super().matches(password)

    provider = opened(ada=Noting("x", gate))

    async def crowd():
        first = [asyncio.ensure_future(provider.identify(seen(f"ada:{n}"))) for n in range(20)]
        other = asyncio.ensure_future(provider.identify(Sighting("10.0.0.2", header("ada:x"))))
        gate.set()
        await asyncio.gather(*first, other)

    asyncio.run(crowd())
    assert len(asked) == 21
    assert asked.index("x") <= module.THREADS + 2


def test_a_check_that_fails_is_neither_remembered_nor_left_running(opened):
    class Faulty:
        def matches(self, password):
            raise KeyError

    provider = opened(ada=Faulty())
    for _ in range(WAITING_PER_CLIENT + 1):
        with pytest.raises(KeyError):
            ask(provider, seen("ada:x"))


def test_what_waits_when_it_closes_is_not_called_wrong(opened):
    """A reload ends what is still in the queue, without checking it, and without an answer."""
    gate = threading.Event()
    stored = Stored("x", gate)
    provider = opened(ada=stored)

    async def close():
        waiting = [
            asyncio.ensure_future(provider.identify(Sighting(f"10.0.0.{n}", header(f"ada:{n}"))))
            for n in range(9)
        ]
        while stored.checks < module.THREADS:  # noqa: ASYNC110  a thread counts, not a task
            await asyncio.sleep(0.001)
        provider.close()
        gate.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = asyncio.run(close())
    assert found[: module.THREADS] == [None] * module.THREADS
    assert all(isinstance(each, BusyError) for each in found[module.THREADS :])
    assert len(provider._refused._held) == module.THREADS
    assert stored.checks == module.THREADS


def test_the_default_clock_never_goes_back():
    provider = Basic({})
    try:
        assert provider._monotonic is time.monotonic
    finally:
        provider.close()
