"""What people say and show stands nowhere afterwards: canaries in all places of real flows."""

import base64
import socket

import pytest

from support.clients import BROWSER, connect, curl, exchange, tls
from support.gateway import PEOPLE, UNKNOWN, running
from support.wire import read_frame, text_frame, upgrade

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
PLACES = (
    "query-name", "query-value", "fragment", "cookie", "authorization", "proxy-user",
    "proxy-password", "proxy-token", "referer", "body", "form-name", "form-value", "file-name",
    "websocket", "accept-language", "user-agent", "header-name", "header-value", "innocent-name",
    "innocent-path", "etag", "origin", "userinfo", "path-parameter", "sni",
)  # fmt: skip
CANARY = {place: f"canary{number:02}q7" for number, place in enumerate(PLACES)}


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, module="support.faulty_gateway") as gateway:
        yield gateway


def flow(gateway, url, source):
    """Make one request with a canary in every place there is."""
    c = CANARY
    headers = [
        *(f"{name}: {value}" for name, value in BROWSER.items()),
        f"Cookie: session={c['cookie']}",
        f"Authorization: Bearer {c['authorization']}",
        f"Referer: https://www.facebook.com/{c['referer']}",
        f"Origin: https://{c['origin']}.example",
        f"User-Agent: {c['user-agent']}",
        f"Accept-Language: en-{c['accept-language']}",
        f"{c['header-name']}: {c['header-value']}",
        f"If-None-Match: {c['etag']}",
    ]
    arguments = [part for header in headers for part in ("-H", header)]
    arguments += ["--proxy-user", f"{c['proxy-user']}:{c['proxy-password']}", "--proxy-basic"]
    query = f"?{c['query-name']}={c['query-value']}#{c['fragment']}"
    path = f"/photos;{c['path-parameter']}"
    curl(gateway, url + path + query, *arguments, source=source)
    curl(gateway, url + "/up" + query, *arguments, "--data-binary", c["body"], source=source)
    form = ["-F", f"{c['form-name']}={c['form-value']};filename={c['file-name']}"]
    curl(gateway, url + "/form" + query, *arguments, *form, source=source)


def every_kind_of_flow(gateway):
    c = CANARY
    for wall in ("09:00:00", "12:30:00"):
        gateway.clock(wall)
        for source in (PEOPLE["a.jones"], PEOPLE["c.lee"], UNKNOWN):
            for url in (f"https://{SOCIAL}", f"http://{SOCIAL}", "https://x.com"):
                flow(gateway, url, source)
        flow(gateway, f"https://{c['innocent-name']}.example/{c['innocent-path']}", UNKNOWN)
        flow(gateway, f"http://{c['innocent-name']}.example/{c['innocent-path']}", UNKNOWN)
        with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL) as sock:
            handshake = upgrade(SOCIAL, f"/?{c['query-value']}", f"Cookie: {c['cookie']}\r\n")
            if exchange(sock, handshake).status == 101:
                sock.sendall(text_frame(c["websocket"].encode()))
                assert read_frame(sock) == c["websocket"].encode()
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), f"{c['sni']}.example") as sock:
        exchange(sock, f"GET / HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode())
    for broken in (
        f"GET http://{c['userinfo']}@{SOCIAL}/?{c['query-value']} HTTP/1.1\r\nHost: a, b\r\n\r\n",
        f"CONNECT {c['userinfo']}@{SOCIAL}:443 HTTP/1.1\r\n\r\n",
        f"GET /{c['query-value']} HTTP/9.9\r\n\r\n",
        f"GET http://{SOCIAL}/ HTTP/1.1\r\n{c['header-value']}\r\n\r\n",
    ):
        with socket.create_connection(gateway.proxy, 15) as sock:
            sock.sendall(broken.encode())
            sock.recv(65536)


def secrets():
    c = CANARY
    token = base64.b64encode(f"{c['proxy-user']}:{c['proxy-password']}".encode()).decode()
    # The names of what was asked for at a controlled site are what the log is for.
    allowed = {"sni", "file-name"} - {"file-name"}
    return {place: word for place, word in c.items() if place not in allowed} | {"token": token}


def test_nothing_secret_stands_in_any_file_of_the_gateway(gateway):
    before = len(gateway.visits())
    every_kind_of_flow(gateway)
    for part in ("observe", "decide", "observe answer", "put", "refusal_page", "identify judge"):
        (gateway.folder / "fault").write_text(part)
        try:
            flow(gateway, f"https://{SOCIAL}", PEOPLE["a.jones"])
            flow(gateway, f"http://{SOCIAL}", PEOPLE["a.jones"])
        finally:
            (gateway.folder / "fault").unlink()

    files = [file for file in gateway.folder.rglob("*") if file.is_file()]
    texts = {file.name: file.read_bytes().decode("latin-1") for file in files}
    assert len(gateway.visits()) > before + 20
    assert "stderr" in texts
    found = {
        (place, name)
        for name, text in texts.items()
        for place, word in secrets().items()
        if word in text
    }
    assert not found


def test_the_operators_log_names_no_person_and_no_site(gateway):
    told = gateway.told()

    for word in ("facebook", "a.jones", "127.0.20.5", "x.com", "Traceback", "canary"):
        assert word not in told


def test_the_keys_are_only_the_owners(gateway):
    key = gateway.folder / "ca" / "mitmproxy-ca.pem"

    assert key.stat().st_mode & 0o077 == 0
    assert key.parent.stat().st_mode & 0o077 == 0
