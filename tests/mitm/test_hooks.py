"""The hook table: each addon is asked in order, and none can stop the next by failing."""

import asyncio
import logging

from mitmproxy import exceptions
from mitmproxy.proxy import server_hooks

from breaktime.mitm.hooks import HookTable


class First:
    def __init__(self, log, fault=None):
        self.log = log
        self.fault = fault

    def client_connected(self, data):
        self.log.append(("first", data))
        if self.fault:
            raise self.fault


class Second:
    def __init__(self, log):
        self.log = log

    async def client_connected(self, data):
        await asyncio.sleep(0)
        self.log.append(("second", data))


def run(*addons, name="client_connected"):
    asyncio.run(HookTable(addons).run(name, "data"))


def test_hooks_run_in_the_order_of_the_addons_and_may_be_coroutines():
    log = []

    run(First(log), Second(log))

    assert log == [("first", "data"), ("second", "data")]


def test_a_hook_that_fails_is_logged_and_the_next_runs(caplog):
    log = []

    with caplog.at_level(logging.ERROR):
        run(First(log, ValueError("private")), Second(log))

    assert log == [("first", "data"), ("second", "data")]
    assert "a hook failed" in caplog.text


def test_an_addon_may_halt_the_rest():
    log = []

    run(First(log, exceptions.AddonHalt()), Second(log))

    assert log == [("first", "data")]


def test_hooks_that_do_not_wait_run_at_once_with_the_same_rights(caplog):
    log = []
    failing, halting, last = First(log, ValueError()), First(log, exceptions.AddonHalt()), First([])
    table = HookTable((failing, halting, last))

    assert not table.may_wait("client_connected")
    table.run_now("client_connected", "data")

    assert log == [("first", "data")] * 2
    assert last.log == []
    assert "a hook failed" in caplog.text


class Secretly:
    def __init__(self, log):
        self._second = Second(log)

    def client_connected(self, data):
        self.left = self._second.client_connected(data)
        return self.left


class Callable:
    async def __call__(self, data):
        raise AssertionError


class WithCallable:
    client_connected = Callable()


def test_a_hook_that_may_wait_says_so():
    assert HookTable([First([]), Second([])]).may_wait("client_connected")
    assert HookTable([WithCallable()]).may_wait("client_connected")
    assert not HookTable([First([])]).may_wait("no_such_hook")


def test_a_hook_that_waits_and_does_not_say_so_has_failed(caplog):
    log, addon = [], Secretly([])
    table = HookTable((addon, First(log)))

    table.run_now("client_connected", "data")
    addon.left.close()

    assert log == [("first", "data")]
    assert "a hook failed" in caplog.text


def test_a_hook_nobody_wants_is_no_function():
    assert HookTable([First([])])["no_such_hook"] == ()


def test_the_argument_of_a_hook_is_its_first_field():
    table = HookTable([])

    assert table.argument(server_hooks.ClientConnectedHook("client")) == "client"
