"""
Debian's Chromium, driven by the DevTools protocol over a pipe: no library between it and us.

Source: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
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

PATIENCE = 60.0
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


_KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Space": ("Space", 32, " ")}


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
    def tab(self, proxy: str | None = None) -> Iterator["Tab"]:
        """
        Open a page in a profile of its own, so that nothing is left of the one before.

        Args:
            proxy: for this page alone, in place of the browser's.
        """
        own = {} if proxy is None else {"proxyServer": proxy, "proxyBypassList": "<-loopback>"}
        context = self.call("Target.createBrowserContext", **own)["browserContextId"]
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

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key of the keyboard: `Tab`, `Enter`, `Space`, or a letter or digit."""
        code, number, text = _KEYS.get(key) or (f"Key{key.upper()}", ord(key.upper()), key)
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            self._browser.call(
                "Input.dispatchKeyEvent",
                self._session,
                type=kind,
                key=text or key,
                code=code,
                windowsVirtualKeyCode=number,
                modifiers=8 if shift else 0,
                text=text if kind == "keyDown" else "",
            )

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self._browser.call("Input.insertText", self._session, text=text)

    def leave_by(self, key: str) -> None:
        """Press a key that leads to another page, and wait until that is loaded."""
        self._forget_loads()
        self.press(key)
        self._browser.await_event(self._session, "Page.loadEventFired")

    def look(self, *, width: int = 0, **media: str) -> None:
        """
        Show the page as somebody has set up their screen.

        Args:
            width: of the window in pixels; 0 for the browser's own.
            media: features with `_` for `-`, as in `prefers_color_scheme="dark"`.
        """
        self._browser.call(
            "Emulation.setEmulatedMedia",
            self._session,
            features=[{"name": k.replace("_", "-"), "value": v} for k, v in media.items()],
        )
        self._browser.call(
            "Emulation.setDeviceMetricsOverride",
            self._session,
            width=width,
            height=0,
            deviceScaleFactor=0,
            mobile=False,
        )

    def show(self, document: str) -> None:
        """Show a document that comes from nowhere, in place of the page."""
        self.go("about:blank")
        frame = self._browser.call("Page.getFrameTree", self._session)["frameTree"]["frame"]["id"]
        self._browser.call("Page.setDocumentContent", self._session, frameId=frame, html=document)

    def picture(self) -> bytes:
        """Return the whole page as a PNG."""
        found = self._browser.call(
            "Page.captureScreenshot", self._session, captureBeyondViewport=True
        )
        return base64.b64decode(found["data"])

    def watch(self) -> None:
        """From now on keep what the page asks for and what stands on its console."""
        for domain in ("Network", "Runtime", "Log"):
            self._browser.call(f"{domain}.enable", self._session)

    def say_languages(self, header: str) -> None:
        """Send this as `Accept-Language` from now on."""
        headers = {"Accept-Language": header}
        self._browser.call("Network.setExtraHTTPHeaders", self._session, headers=headers)

    def requests(self) -> list[str]:
        """Return the address of each request of a watched page; the browser's own icons aside."""
        asked = [each["request"]["url"] for each in self._kept("Network.requestWillBeSent")]
        return [address for address in asked if not address.startswith("data:")]

    def console(self) -> list[str]:
        """Return what stands on the console of a watched page."""
        told = [each["entry"] for each in self._kept("Log.entryAdded")]
        return [
            *(each["text"] for each in told if each["source"] != "network"),
            *(str(each["args"]) for each in self._kept("Runtime.consoleAPICalled")),
            *(str(each["exceptionDetails"]) for each in self._kept("Runtime.exceptionThrown")),
        ]

    def _kept(self, method: str) -> list[dict[str, Any]]:
        self.run("1", act=False)  # what has happened before has been told by then
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]

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
def browsing(folder: Path, proxy: str | None, spki: str, *flags: str) -> Iterator[Browser]:
    """
    Start a browser behind a proxy whose authority has this key, and end it by its id.

    Args:
        folder: its profile.
        proxy: None for a browser that the flags tell.
        spki: hash of the key.
        flags: of Chromium, besides those of every browser here; the last of a kind counts.
    """
    ours, theirs = os.pipe()
    mine, yours = os.pipe()
    command = [
        chromium(), *_FLAGS, *([f"--proxy-server={proxy}"] if proxy else []), *flags,
        f"--user-data-dir={folder}", f"--ignore-certificate-errors-spki-list={spki}",
        "about:blank",
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
