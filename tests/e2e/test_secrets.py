"""What people say and show stands nowhere afterwards: canaries in all places of real flows."""

import base64
import socket
import ssl

import pytest

from support.clients import BROWSER, connect, curl, exchange, read_reply, tls
from support.command import breaktime
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
    "set-cookie", "range", "accept", "from", "forwarded", "trailer", "content-type", "method",
    "upgrade", "protocol", "encoded", "body-of-a-refusal", "host-port", "via", "tls-alpn",
)  # fmt: skip
ONLY_WHERE_SITES_ARE = ("path", "id")
"""What a record of a page may hold, and one of a site may not."""
CANARY = {
    place: f"canary{number:02}q7" for number, place in enumerate((*PLACES, *ONLY_WHERE_SITES_ARE))
}


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
        with socket.create_connection(gateway.proxy, 60) as sock:
            sock.sendall(broken.encode())
            sock.recv(65536)


def connection(gateway, source, number):
    """Ask on one connection for ten things, each with canaries in places of its own."""
    c = CANARY
    answers = 0
    sock = socket.create_connection(gateway.proxy, 30, (source, 0))
    sock.sendall(f"CONNECT {SOCIAL}:443 HTTP/1.1\r\nHost: {SOCIAL}:443\r\n\r\n".encode())
    if read_reply(sock).status != 200:
        return answers
    context = ssl.create_default_context(cafile=gateway.ca)
    context.set_alpn_protocols(["http/1.1", c["tls-alpn"]])
    with context.wrap_socket(sock, server_hostname=SOCIAL) as sock:
        for turn in range(10):
            path = f"/p{number}/{c['path']}/{c['id']}{turn}?{c['query-name']}={c['query-value']}"
            head = [
                f"GET {path} HTTP/1.1", f"Host: {SOCIAL}",
                *(f"{name}: {value}" for name, value in BROWSER.items() if name != "Accept"),
                f"Accept: text/html, x/{c['accept']}", f"Cookie: a={c['cookie']}",
                f"Cookie2: {c['set-cookie']}", f"Range: bytes={c['range']}",
                f"From: {c['from']}@example.org", f"Forwarded: for={c['forwarded']}",
                f"Trailer: {c['trailer']}", f"Content-Type: a/{c['content-type']}",
                f"X-HTTP-Method-Override: {c['method']}", f"Via: 1.1 {c['via']}",
                f"X-Encoded: {base64.b64encode(c['encoded'].encode()).decode()}",
                f"Referer: https://{SOCIAL}/{c['referer']}?{c['query-value']}",
                f"X-Host: {SOCIAL}:{c['host-port']}", f"X-Protocol: {c['protocol']}",
                f"X-Upgrade: {c['upgrade']}", f"X-Body: {c['body-of-a-refusal']}",
            ]  # fmt: skip
            answers += exchange(sock, "\r\n".join([*head, "", ""]).encode()).status > 0
    return answers


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


@pytest.fixture(scope="module")
def sparing(origin, tmp_path_factory):
    """A gateway that writes sites and pseudonyms, and keeps its keys elsewhere."""
    folder = tmp_path_factory.mktemp("sparing")
    keys = tmp_path_factory.mktemp("keys")
    records = f", preset: balanced, pseudonym_keys: {keys}"
    with running(folder, origin, records=records) as gateway:
        yield gateway


def test_three_hundred_requests_leave_no_secret_in_files_and_no_person_in_the_log(sparing):
    answers = 0
    for wall in ("09:00:00", "12:30:00", "14:30:00"):
        sparing.clock(wall)
        for number in range(10):
            source = (PEOPLE["a.jones"], PEOPLE["c.lee"], UNKNOWN)[number % 3]
            answers += connection(sparing, source, number)
    assert answers == 300
    assert len(sparing.visits()) > 100
    sessions = [line for line in sparing.lines() if line["event"]["action"] == "visit-allowed"]
    assert sessions
    assert all(line["user"].get("hash") for line in sessions)

    words = {*(CANARY.values()), base64.b64encode(CANARY["encoded"].encode()).decode()}
    words -= {CANARY["sni"]}
    texts = {}
    for file in sparing.folder.rglob("*"):
        if file.is_file():
            texts[str(file.relative_to(sparing.folder))] = file.read_bytes().decode("latin-1")
    config = sparing.folder / "config.yaml"
    for number, verb in enumerate(
        (
            ("log", "-n", "-1"),
            ("log", "-n", "-1", "--format", "csv"),
            ("report",),
            ("export", "--subject", "a.jones"),
            ("replay",),
        )
    ):
        done = breaktime(*verb[:1], "-c", config, *verb[1:])
        texts[f"output {number}"] = (done.stdout + done.stderr).decode("latin-1")
    found = {(word, name) for name, text in texts.items() for word in words if word in text}
    assert not found

    log = "".join(text for name, text in texts.items() if name.startswith("audit/audit-"))
    assert "www.facebook.com" not in log  # the listed name stands for the site
    assert not [person for person in PEOPLE if f'"{person}"' in log]


def test_the_operators_log_names_no_person_and_no_site(gateway):
    told = gateway.told()

    for word in ("facebook", "a.jones", "127.0.20.5", "x.com", "Traceback", "canary"):
        assert word not in told


def test_the_keys_are_only_the_owners(gateway):
    key = gateway.folder / "ca" / "mitmproxy-ca.pem"

    assert key.stat().st_mode & 0o077 == 0
    assert key.parent.stat().st_mode & 0o077 == 0
