"""Two networks of our own: clients, and the gateway that their connections are sent to."""

import os
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

from support.debian import require

CLIENT, CLIENT_V6 = "10.77.0.5", "fd77::5"
GATEWAY, GATEWAY_V6 = "10.77.0.1", "fd77::1"

_GUIDE = Path(__file__).parents[2] / "docs" / "deployment.md"


def rules(kind: str = "nft") -> str:
    """Return the firewall rules of the guide: those are tried, and no others."""
    return _GUIDE.read_text("utf-8").partition(f"```{kind}\n")[2].partition("```")[0]


class Networks:
    """The two namespaces, by name; every process that is started `inside` one lives in it."""

    def __init__(self, ip: str) -> None:
        # xdist runs several processes, each with networks of its own
        self.clients, self.gateway = (f"breaktime-{end}-{os.getpid()}" for end in ("c", "g"))
        self._ip = ip

    def ip(self, *arguments: str, netns: str | None = None) -> None:
        where = [] if netns is None else ["-n", netns]
        subprocess.run([self._ip, *where, *arguments], check=True, capture_output=True)

    @contextmanager
    def inside(self, namespace: str):
        """Let this thread, and what it starts, live in a namespace for a while."""
        home = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        try:
            os.setns(there, os.CLONE_NEWNET)
            yield
        finally:
            os.setns(home, os.CLONE_NEWNET)
            os.close(there)
            os.close(home)


@contextmanager
def networks():
    """Make both networks with a firewall between them, and take them away again."""
    ip, nft = require("ip", "iproute2"), require("nft", "nftables")
    if os.geteuid() != 0:
        require("networks of one's own", "only for root")
    made = Networks(ip)
    names = (made.clients, made.gateway)
    try:
        for name in names:
            made.ip("netns", "add", name)
            made.ip("link", "set", "lo", "up", netns=name)
        ends = ("type", "veth", "peer", "name", "gateway", "netns", made.clients)
        made.ip("link", "add", "clients", "netns", made.gateway, *ends)
        for name, device, *addresses in (
            (made.gateway, "clients", f"{GATEWAY}/24", f"{GATEWAY_V6}/64"),
            (made.clients, "gateway", f"{CLIENT}/24", f"{CLIENT_V6}/64"),
        ):
            for address in addresses:
                nodad = ("nodad",) if ":" in address else ()
                made.ip("addr", "add", address, "dev", device, *nodad, netns=name)
            made.ip("link", "set", device, "up", netns=name)
        made.ip("route", "add", "default", "via", GATEWAY, netns=made.clients)
        made.ip("-6", "route", "add", "default", "via", GATEWAY_V6, netns=made.clients)
        with made.inside(made.gateway):
            subprocess.run([nft, "-f", "-"], input=rules(), text=True, check=True)
            router = [nft, "--check", "-f", "-"]
            subprocess.run(router, input=rules("nft-router"), text=True, check=True)
        yield made
    finally:
        for name in names:
            subprocess.run([ip, "netns", "del", name], check=False, capture_output=True)
