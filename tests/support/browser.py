"""
Debian's Chromium, driven by the DevTools protocol over a pipe: no library between it and us.

Source: https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 30.0
"""How long one answer of the browser may take, in seconds; it is never waited for in vain."""

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-extensions",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--metrics-recording-only",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-site-isolation-trials",  # frames of all sites in one process
    "--disable-features=IsolateOrigins,site-per-process",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Browser:
    """One browser process; `tab` gives a page of it."""

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self._process, self._write, self._read = process, write, read
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def await_event(self, session: str, *methods: str) -> dict[str, Any]:
        """Return the first event of these kinds, also one that came before."""
        while True:
            for event in self.events:
                if event.get("method") in methods and event.get("sessionId") == session:
                    self.events.remove(event)
                    return event["params"]
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], PATIENCE)
            data = os.read(self._read, 1 << 16) if ready else b""
            if not data:
                raise AssertionError("the browser does not answer")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    @contextmanager
    def tab(self) -> Iterator["Tab"]:
        """Open a page in a profile of its own, so that nothing is left of the one before."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        session = attached["sessionId"]
        self.call("Page.enable", session)
        try:
            yield Tab(self, session)
        finally:
            self.call("Target.disposeBrowserContext", browserContextId=context)
            self.events.clear()


class Tab:
    """One page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def go(self, address: str) -> None:
        """Go to an address as if somebody had typed it, and wait until the page is loaded."""
        self._forget_loads()
        self._browser.call("Page.navigate", self._session, url=address, transitionType="typed")
        self._browser.await_event(self._session, "Page.loadEventFired")

    def click(self, selector: str) -> None:
        """Click on something that leads to another page, and wait until that is loaded."""
        self._forget_loads()
        self.run(f"document.querySelector({json.dumps(selector)}).click()")
        self._browser.await_event(self._session, "Page.loadEventFired")

    def lead(self, script: str) -> None:
        """Run a script that leads to another page by itself, and wait until that is loaded."""
        self._forget_loads()
        self.run(f"setTimeout(() => {{ {script} }}, 0); 1", act=False)
        self._browser.await_event(self._session, "Page.loadEventFired")

    def fetched_ahead(self, count: int) -> dict[str, str]:
        """Wait until so many addresses were fetched or rendered ahead; return how it went."""
        self._browser.call("Preload.enable", self._session)
        kinds = ("Preload.prefetchStatusUpdated", "Preload.prerenderStatusUpdated")
        found: dict[str, str] = {}
        while len(found) < count:
            event = self._browser.await_event(self._session, *kinds)
            if event["status"] not in {"Pending", "Running"}:
                found[event["key"]["url"]] = event["status"]
        return found

    def run(self, script: str, *, act: bool = True) -> Any:
        """Run a script, as somebody's act or not, wait for what it promises, and return that."""
        found = self._browser.call(
            "Runtime.evaluate",
            self._session,
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=act,
        )
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    @property
    def text(self) -> str:
        """What the page shows."""
        return self.run("document.body.innerText", act=False)

    @property
    def address(self) -> str:
        """Where the page is."""
        return self.run("location.href", act=False)

    def frame_text(self) -> str:
        """What the first frame of the page shows."""
        tree = self._browser.call("Page.getFrameTree", self._session)["frameTree"]
        frame = tree["childFrames"][0]["frame"]["id"]
        world = self._browser.call("Page.createIsolatedWorld", self._session, frameId=frame)
        found = self._browser.call(
            "Runtime.evaluate",
            self._session,
            expression="document.body.innerText",
            contextId=world["executionContextId"],
            returnByValue=True,
        )
        return found["result"]["value"]

    def _forget_loads(self) -> None:
        events = self._browser.events
        events[:] = [event for event in events if event.get("method") != "Page.loadEventFired"]


def chromium() -> str:
    """Return the program; a machine without one fails its tests, and does not skip them."""
    found = shutil.which("chromium")
    assert found, "the tests of visits need Debian's chromium: apt-get install chromium"
    return found


@contextmanager
def browsing(folder: Path, proxy: str, spki: str) -> Iterator[Browser]:
    """Start a browser behind a proxy whose authority has this key, and end it by its id."""
    ours, theirs = os.pipe()
    mine, yours = os.pipe()
    command = [
        chromium(), *_FLAGS, f"--user-data-dir={folder}", f"--proxy-server={proxy}",
        f"--ignore-certificate-errors-spki-list={spki}", "about:blank",
    ]  # fmt: skip
    # The browser reads commands from descriptor 3 and answers on 4.
    shell = ["bash", "-c", f'exec "$@" 3<&{ours} 4>&{yours}', "bash", *command]
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            shell,
            pass_fds=(ours, yours),
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
            start_new_session=True,
        )
    os.close(ours)
    os.close(yours)
    try:
        yield Browser(process, theirs, mine)
    finally:
        os.close(theirs)
        os.close(mine)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
