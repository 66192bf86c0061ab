"""
Signing in: what it costs, and what a directory that does not answer costs everybody else.

Starts a real OpenLDAP (package slapd) and freezes it for ten seconds while fifty people sign in.
"""

import asyncio
import base64
import inspect
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from breaktime.core.signin import SignInNames
from breaktime.identity import BusyError, DirectoryPasswordConfig, Sighting, Surroundings
from breaktime.identity.directory import open_directory
from breaktime.identity.directory_settings import Address, DirectorySettings
from support import slapd as slapds

FROZEN_SECONDS = 10.0
PEOPLE = 50
TICK = 0.001


def credentials(password: str) -> str:
    return "Basic " + base64.b64encode(f"b.king:{password}".encode()).decode()


async def ask(provider, client, password):
    """Sign in; say in how many seconds, and whether it could be checked."""
    began = time.perf_counter()
    try:
        answer = provider.identify(Sighting(client, credentials(password)))
        if inspect.isawaitable(answer):
            await answer
    except BusyError:
        return time.perf_counter() - began, False
    return time.perf_counter() - began, True


async def lag(until: asyncio.Event) -> list[float]:
    """How late a timer is, again and again."""
    found = []
    while not until.is_set():
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        found.append((time.perf_counter() - began - TICK) * 1000)
    return found


async def measure(slapd, provider):
    first, _ = await ask(provider, "10.0.0.1", slapds.PASSWORD)
    again = [(await ask(provider, "10.0.0.1", slapds.PASSWORD))[0] for _ in range(1000)]
    print(f"signing in, asked of the directory     {first * 1e3:8.1f} ms")
    print(f"signing in, remembered                 {statistics.median(again) * 1e6:8.1f} us")
    for name, frozen in (("idle", False), ("frozen", True)):
        done = asyncio.Event()
        watching = asyncio.ensure_future(lag(done))
        if frozen:
            slapd.freeze()
        end = time.perf_counter() + FROZEN_SECONDS
        asked = []
        while time.perf_counter() < end:
            if frozen:
                asked += [
                    asyncio.ensure_future(ask(provider, f"10.0.1.{n}", f"{time.time_ns()}"))
                    for n in range(PEOPLE)
                ]
            await asyncio.sleep(0.5)
        slapd.thaw()
        waited = await asyncio.gather(*asked)
        done.set()
        late = sorted(await watching)
        print(
            f"event loop, directory {name:6}           {late[int(len(late) * 0.999)]:8.1f} ms late"
            f" (99.9 %), {late[-1]:.1f} ms at most"
        )
        if waited:
            longest = max(seconds for seconds, _ in waited)
            busy = sum(not checked for _, checked in waited)
            print(f"sign-ins meanwhile: {len(waited)}; not checked: {busy}")
            print(f"longest of them {longest:32.1f} s")


def main():
    with (
        tempfile.TemporaryDirectory() as name,
        slapds.directory(Path(name)) as slapd,
    ):
        folder = Path(name)
        settings = DirectorySettings(
            (Address("localhost", slapd.tls_port, tls=True),),
            (folder / "ca.pem",),
            slapds.ACCOUNT,
            folder / "secret",
            f"ou=people,{slapds.BASE}",
        )
        directory = open_directory(settings, SignInNames())
        provider = DirectoryPasswordConfig(kind="directory").open(
            Surroundings(folder, directory=directory)
        )
        try:
            asyncio.run(measure(slapd, provider))
        finally:
            provider.close()
            directory.close()


if __name__ == "__main__":
    main()
