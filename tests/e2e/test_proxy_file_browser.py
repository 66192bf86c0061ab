"""Does a real browser do what `/proxy.pac` says? It is told nothing but where that file is."""

import subprocess
from contextlib import suppress

import pytest

from support.browser import browsing
from support.clients import curl
from support.gateway import POLLS, running
from support.office import key

pytestmark = pytest.mark.e2e

HERE = "b.rowser"


@pytest.fixture(scope="module")
def tab(origin, tmp_path_factory):
    """A browser that has its proxies from the gateway's file; all names are at the origin."""
    folder, profile = tmp_path_factory.mktemp("gateway"), tmp_path_factory.mktemp("profile")
    with running(folder, origin, people={HERE: "127.0.0.1"}) as gateway:
        port = gateway.proxy[1]
        name_it(gateway, port)
        tls, plain = f"MAP *:443 127.0.0.1:{origin.port}", f"MAP * 127.0.0.1:{origin.plain_port}"
        ways = (tls, plain, "EXCLUDE 127.0.0.1")
        flags = (
            f"--proxy-pac-url={gateway.url}/proxy.pac",
            f"--host-resolver-rules={', '.join(ways)}",
            "--ignore-certificate-errors",  # those of the origin; here it is about the way
        )
        with browsing(profile, None, key(gateway), *flags) as browser, browser.tab() as tab:
            yield tab


def name_it(gateway, port):
    """Say where the gateway is, now that it has a port."""
    config = gateway.folder / "config.yaml"
    there = f"page: {{proxy_file: {{address: '127.0.0.1:{port}', send: controlled}}, "
    config.write_text(config.read_text().replace("page: {", there))
    gateway.hang_up()
    for _ in range(POLLS):
        if curl(gateway, f"{gateway.url}/proxy.pac", "--noproxy", "*").status == 200:
            return
        with suppress(subprocess.TimeoutExpired):
            gateway.process.wait(0.05)
    raise AssertionError(gateway.told())


@pytest.mark.parametrize(
    "address",
    [
        "http://www.facebook.com/",
        "http://x.com/",
        "http://203.0.113.9/",  # an address that only a controlled platform uses
        "http://[2001:db8:40::9]/",
        "https://www.facebook.com/",
        "https://x.com/",
    ],
)
def test_what_is_controlled_goes_through_the_gateway(tab, address):
    tab.go(address)
    assert "is not open" in tab.text


@pytest.mark.parametrize(
    "address",
    [
        "http://www.example.org/",
        "http://notfacebook.com/",
        "https://www.example.org/",
        "https://notfacebook.com/",
    ],
)
def test_what_is_innocent_goes_its_own_way(tab, origin, address):
    tab.watch()
    tab.go(address)
    assert "GET /" in tab.text
    (port,) = {
        each["response"]["remotePort"]
        for each in tab._kept("Network.responseReceived")
        if each["response"]["url"] == tab.address  # the browser may have tried https first
    }
    assert port in {origin.port, origin.plain_port}  # and not that of the gateway
