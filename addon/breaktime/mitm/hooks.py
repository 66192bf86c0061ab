"""Which functions run at which event of mitmproxy, and what becomes of what they raise."""

import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from types import CoroutineType
from typing import Any

from mitmproxy import exceptions
from mitmproxy.addonmanager import traverse
from mitmproxy.proxy import commands

log = logging.getLogger(__name__)

Hook = Callable[[Any], Awaitable[None] | None]


class HookTable:
    """
    Which functions run at which hook, looked up once instead of at every event.

    mitmproxy walks all addons and all fields of the event each time; the chain of a gateway does
    not change while it runs.
    """

    def __init__(self, addons: Sequence[object]) -> None:
        """Take the addons in the order in which they are to be asked."""
        self._addons = tuple(traverse(addons))
        self._hooks: dict[str, tuple[Hook, ...]] = {}
        self._waiting: dict[str, bool] = {}
        self._fields: dict[type, str] = {}

    def __getitem__(self, name: str) -> tuple[Hook, ...]:
        """Return the functions of one hook."""
        if name not in self._hooks:
            found = (getattr(addon, name, None) for addon in self._addons)
            self._hooks[name] = tuple(hook for hook in found if callable(hook))
        return self._hooks[name]

    def argument(self, hook: commands.StartHook) -> Any:
        """Return the one value that a hook is about."""
        kind = type(hook)
        if kind not in self._fields:
            # `name` and `blocking` are class attributes, not fields
            self._fields[kind] = fields(hook)[0].name  # type: ignore[arg-type]
        return getattr(hook, self._fields[kind])

    def may_wait(self, name: str) -> bool:
        """Tell whether a function of a hook may wait for something; so may what is no function."""
        if name not in self._waiting:
            self._waiting[name] = any(
                inspect.iscoroutinefunction(hook) or not inspect.isroutine(hook)
                for hook in self[name]
            )
        return self._waiting[name]

    def run_now(self, name: str, data: object) -> None:
        """Ask each addon in turn, none of which waits; otherwise as `run`."""
        for hook in self[name]:
            try:
                result = hook(data)
            except exceptions.AddonHalt:
                return
            except Exception:  # as below
                log.exception("a hook failed: %s", name)
            else:
                if result is not None:  # it waits, and does not say so: nobody waits for it
                    log.error("a hook failed: %s", name)

    async def run(self, name: str, data: object) -> None:
        """Ask each addon in turn; what one raises is logged and does not stop the next."""
        for hook in self[name]:
            try:
                result = hook(data)
                if type(result) is CoroutineType or inspect.isawaitable(result):
                    await result
            except exceptions.AddonHalt:
                return
            except Exception:  # the guard of `addon` has already refused
                log.exception("a hook failed: %s", name)
