"""The way out: where it may lead, how names become addresses, and that no socket is lost."""

import asyncio
import socket
from pathlib import Path

import pytest

from breaktime.door import resolve
from breaktime.door.destination import parse_networks, refusal
from breaktime.door.dial import Dialler, Refused
from breaktime.door.reasons import Reason
from breaktime.door.waiting import IN_TASK

LOOPBACK = ("127.0.0.0/8", "::1/128")

# fmt: off
ADDRESSES = [
    # address                       reason
    ("93.184.215.14",               None),
    ("2606:2800:21f:cb07::1",       None),
    ("0.0.0.0",                     Reason.UNSPECIFIED),
    ("0.1.2.3",                     Reason.PRIVATE),
    ("127.0.0.1",                   Reason.LOOPBACK),
    ("127.255.255.254",             Reason.LOOPBACK),
    ("10.1.2.3",                    Reason.PRIVATE),
    ("172.16.0.1",                  Reason.PRIVATE),
    ("172.31.255.255",              Reason.PRIVATE),
    ("172.32.0.1",                  None),
    ("192.168.0.1",                 Reason.PRIVATE),
    ("169.254.1.1",                 Reason.LINK_LOCAL),
    ("169.254.169.254",             Reason.METADATA),
    ("100.64.0.1",                  Reason.SHARED),
    ("100.127.255.255",             Reason.SHARED),
    ("100.128.0.1",                 None),
    ("100.100.100.200",             Reason.METADATA),
    ("224.0.0.1",                   Reason.MULTICAST),
    ("239.255.255.255",             Reason.MULTICAST),
    ("240.0.0.1",                   Reason.RESERVED),
    ("255.255.255.255",             Reason.RESERVED),
    ("198.18.0.1",                  Reason.PRIVATE),
    ("192.0.2.1",                   Reason.PRIVATE),
    ("::",                          Reason.UNSPECIFIED),
    ("::1",                         Reason.LOOPBACK),
    ("fe80::1",                     Reason.LINK_LOCAL),
    ("fe80::1%eth0",                Reason.LINK_LOCAL),
    ("fc00::1",                     Reason.PRIVATE),
    ("fd12:3456::1",                Reason.PRIVATE),
    ("fd00:ec2::254",               Reason.METADATA),
    ("fec0::1",                     Reason.PRIVATE),
    ("ff02::1",                     Reason.MULTICAST),
    ("2001:db8::1",                 Reason.PRIVATE),
    ("::ffff:93.184.215.14",        Reason.EMBEDDED),
    ("::ffff:127.0.0.1",            Reason.EMBEDDED),
    ("::127.0.0.1",                 Reason.EMBEDDED),
    ("64:ff9b::7f00:1",             Reason.EMBEDDED),
    ("64:ff9b::5db8:d70e",          Reason.EMBEDDED),
    ("64:ff9b:1::a9fe:a9fe",        Reason.EMBEDDED),
    ("64:ff9b:1:2::1",              Reason.EMBEDDED),
    ("2002:7f00:1::",               Reason.EMBEDDED),
    ("2001:0:1:2:3:4:80ff:fffe",    Reason.EMBEDDED),
]
INSIDE = [
    # address                       internal networks                     reason
    ("10.1.2.3",                    ("10.0.0.0/8",),                      None),
    ("11.1.2.3",                    ("10.0.0.0/8",),                      None),
    ("192.168.0.1",                 ("10.0.0.0/8",),                      Reason.PRIVATE),
    ("127.0.0.1",                   LOOPBACK,                             None),
    ("::1",                         LOOPBACK,                             None),
    ("::ffff:127.0.0.1",            LOOPBACK,                             Reason.EMBEDDED),
    ("64:ff9b::5db8:d70e",          ("64:ff9b::/96",),                    None),
    ("64:ff9b::a01:203",            ("64:ff9b::/96",),                    Reason.PRIVATE),
    ("64:ff9b::a9fe:a9fe",          ("64:ff9b::/96",),                    Reason.METADATA),
    ("64:ff9b::a01:203",            ("64:ff9b::/96", "10.0.0.0/8"),       None),
]
# fmt: on


@pytest.mark.parametrize(("address", "want"), ADDRESSES)
def test_special_addresses_are_refused(address, want):
    assert refusal(address, ()) is want


@pytest.mark.parametrize(("address", "internal", "want"), INSIDE)
def test_internal_networks_are_let_through(address, internal, want):
    assert refusal(address, parse_networks(internal)) is want


def names(**known):
    """A resolver that knows what it is told; asked for more, it fails."""

    async def resolve(host, port):
        if host not in known:
            raise OSError("unknown")
        return [pair if isinstance(pair, tuple) else (pair, port) for pair in known[host]]

    return resolve


class Origin:
    """A listening socket that accepts nothing: the kernel does."""

    def __init__(self, host="127.0.0.1"):
        self.sock = socket.create_server((host, 0))
        self.address = self.sock.getsockname()[:2]
        self.port = self.address[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    @property
    def contacted(self):
        """Whether a connection was begun; looks once."""
        self.sock.setblocking(False)
        try:
            self.sock.accept()[0].close()
        except BlockingIOError:
            return False
        return True


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def fds():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def connect(dialler, host, port):
    """Connect and close; return address and port."""

    async def main():
        before = fds()
        try:
            dialled = await dialler.connect(host, port)
        finally:
            now = fds()
        dialled.sock.close()
        assert now == before + 1
        return dialled.address, dialled.port

    return asyncio.run(main())


def test_a_name_is_connected_to():
    with Origin() as origin:
        dialler = Dialler(names(a=["127.0.0.1"]), internal=LOOPBACK)
        assert connect(dialler, "a", origin.port) == origin.address


def test_addresses_are_tried_in_turn():
    with Origin() as origin:
        dialler = Dialler(
            names(a=[("127.0.0.1", closed_port()), origin.address]), internal=LOOPBACK
        )
        assert connect(dialler, "a", origin.port) == origin.address


def test_a_refused_address_is_passed_over():
    with Origin() as origin:
        dialler = Dialler(names(a=["10.0.0.1", "127.0.0.1"]), internal=LOOPBACK)
        assert connect(dialler, "a", origin.port) == origin.address


def test_an_address_that_does_not_answer_has_its_time():
    with Origin() as full, Origin() as origin:
        full.sock.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        try:
            for sock in waiting:  # fill the queue of the kernel
                sock.setblocking(False)
                sock.connect_ex(full.address)
            dialler = Dialler(
                names(a=[full.address, origin.address]), internal=LOOPBACK, address_seconds=0.05
            )
            assert connect(dialler, "a", 443) == origin.address
        finally:
            for sock in waiting:
                sock.close()


def test_families_take_turns():
    tried = []

    class Counting(Dialler):
        async def _connect(self, address, port, waiting):
            tried.append(address)
            raise OSError(address)

    six = ["2606::1", "2606::2", "2606::3"]
    four = ["1.0.0.1", "1.0.0.2"]
    with pytest.raises(OSError, match=r"1\.0\.0\.2"):
        connect(Counting(names(a=six + four), addresses=4), "a", 443)

    assert tried == ["2606::1", "1.0.0.1", "2606::2", "1.0.0.2"]


def test_when_all_addresses_are_refused_the_origin_is_not_contacted():
    with Origin() as origin:
        with pytest.raises(Refused) as refused:
            connect(Dialler(names(a=["127.0.0.1", "10.0.0.1"])), "a", origin.port)
        assert refused.value.reason is Reason.LOOPBACK
        assert isinstance(refused.value, OSError)
        assert not origin.contacted


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "::1", "0"])
def test_no_spelling_of_this_machine_gets_through(host):
    """The real resolver, which understands more spellings than anybody should."""
    dialler = Dialler()
    with pytest.raises(Refused):
        connect(dialler, host, closed_port())
    dialler.close()


def test_a_name_that_is_remembered_needs_no_task():
    class OnlyWritable:
        writable = staticmethod(IN_TASK.writable)

    async def main():
        dialler = Dialler(internal=LOOPBACK)
        with Origin() as origin:
            try:
                await dialler.resolve("localhost", origin.port)
                dialled = await dialler.connect("localhost", origin.port, None, OnlyWritable())
            finally:
                dialler.close()
            dialled.close()
            assert (dialled.address, dialled.port) == origin.address

    asyncio.run(main())


def test_own_listeners_are_avoided_also_inside_internal_networks():
    with Origin() as own:
        dialler = Dialler(names(a=["127.0.0.1"]), internal=LOOPBACK)
        dialler.avoid([own.address])
        with pytest.raises(Refused) as refused:
            connect(dialler, "a", own.port)
        assert refused.value.reason is Reason.OWN_LISTENER
        assert not own.contacted


def test_a_listener_on_all_addresses_is_avoided_on_each():
    with Origin("0.0.0.0") as own:
        dialler = Dialler(names(a=["127.0.0.9"]), internal=LOOPBACK)
        dialler.avoid([("0.0.0.0", own.port)])
        with pytest.raises(Refused) as refused:
            connect(dialler, "a", own.port)
        assert refused.value.reason is Reason.OWN_LISTENER


def test_a_listener_that_came_later_is_avoided_too():
    """What was found about an address before says nothing about it any more."""
    with Origin() as own:
        dialler = Dialler(names(a=["127.0.0.1"]), internal=LOOPBACK)
        assert connect(dialler, "a", own.port) == own.address
        dialler.avoid([("0.0.0.0", own.port)])
        with pytest.raises(Refused) as refused:
            connect(dialler, "a", own.port)
        assert refused.value.reason is Reason.OWN_LISTENER


def test_a_connection_that_leads_back_is_refused(monkeypatch):
    """As if the loopback address were a public one of this machine."""
    monkeypatch.setattr("breaktime.door.dial.refusal", lambda *_: None)
    with Origin() as origin, pytest.raises(Refused) as refused:
        connect(Dialler(names(a=["127.0.0.1"])), "a", origin.port)
    assert refused.value.reason is Reason.OWN_ADDRESS


@pytest.mark.parametrize("known", [{}, {"a": []}, {"a": [("127.0.0.1", 1)]}])
def test_what_cannot_be_reached_raises(known):
    before = fds()
    with pytest.raises(OSError) as failure:  # noqa: PT011 - any, but no refusal
        connect(Dialler(names(**known), internal=LOOPBACK), "a", 443)
    assert not isinstance(failure.value, Refused)
    assert fds() == before


def test_cancelling_loses_no_socket():
    async def main():
        with Origin() as full:
            full.sock.listen(0)
            before = fds()
            dialler = Dialler(names(a=[full.address]), internal=LOOPBACK)
            tasks = [asyncio.create_task(dialler.connect("a", 443)) for _ in range(5)]
            for _ in range(20):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if not isinstance(result, asyncio.CancelledError):
                    result.sock.close()
            assert fds() == before

    asyncio.run(main())


def test_a_port_that_may_not_be_asked_for_is_not_even_resolved():
    async def nobody(host, port):
        raise AssertionError

    dialler = Dialler(nobody, internal=LOOPBACK, ports={80, 443})

    with pytest.raises(Refused) as refused:
        asyncio.run(dialler.connect("a", 25))

    assert refused.value.reason is Reason.PORT


def test_a_client_that_asks_for_too_many_names_is_refused(monkeypatch):
    monkeypatch.setattr(resolve, "PER_CLIENT", 0)

    async def ask():
        dialler = Dialler()
        try:
            for asked in (dialler.connect, dialler.resolve):
                with pytest.raises(Refused) as refused:
                    await asked("a.example", 443, "192.0.2.1")
                assert refused.value.reason is Reason.LOOK_UPS
        finally:
            dialler.close()

    asyncio.run(ask())
