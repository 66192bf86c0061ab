"""However a name is hidden: one controlled name among all is enough, and the site hears nothing."""

import json
import socket

import pytest

from support.clients import Http2, connect, curl, exchange, issuer, read_reply, tls
from support.gateway import SOCIAL_ADDRESS, running
from support.origin import ISSUER, UNHEARD

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
OURS = "breaktime"

NAMES = {
    "hidden.example": [[SOCIAL_ADDRESS]],
    "both.example": [["127.0.0.1", SOCIAL_ADDRESS]],
    "council.gov.uk": [[SOCIAL_ADDRESS]],
    "turning.example": [["127.0.0.1"], [SOCIAL_ADDRESS]],
    "turning-clear.example": [["127.0.0.1"], [SOCIAL_ADDRESS]],
    "loopback.example": [["127.0.0.1"]],
}


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    (folder / "names.json").write_text(json.dumps(NAMES))
    with running(folder, origin, module="support.table_gateway") as gateway:
        yield gateway


def get(host, path="/", extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n".encode()


def inside(gateway, target, sni, request):
    """Send one request inside TLS inside a tunnel; return who signed, and the answer."""
    with tls(gateway, connect(gateway, target), sni) as sock:
        return issuer(sock), exchange(sock, request)


def dialled(gateway):
    """Open a connection to the proxy."""
    return socket.create_connection(gateway.proxy, 60, source_address=("127.0.20.5", 0))


@pytest.mark.parametrize(
    ("target", "sni", "host"),
    [
        (SOCIAL, SOCIAL, SOCIAL),
        (INNOCENT, SOCIAL, SOCIAL),
        (SOCIAL, INNOCENT, SOCIAL),
        (SOCIAL, INNOCENT, INNOCENT),
        (INNOCENT, SOCIAL, INNOCENT),
        (SOCIAL, None, SOCIAL),
        (SOCIAL, None, INNOCENT),
        (SOCIAL_ADDRESS, None, INNOCENT),
        (SOCIAL_ADDRESS, INNOCENT, INNOCENT),
        ("hidden.example", "hidden.example", "hidden.example"),
        ("hidden.example", None, "hidden.example"),
    ],
)
def test_one_controlled_name_is_enough(gateway, origin, target, sni, host):
    signed, reply = inside(gateway, f"{target}:443", sni, get(host))

    assert (signed, reply.status) == (OURS, 403)
    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize("sni", [INNOCENT, None])
def test_innocent_names_are_relayed_unopened(gateway, origin, sni):
    signed, reply = inside(gateway, f"{INNOCENT}:443", sni, get(INNOCENT))

    assert (signed, reply.status) == (ISSUER, 200)
    assert origin.seen.hosts == [INNOCENT]


def test_a_name_that_is_never_controlled_is_relayed_wherever_it_lives(gateway, origin):
    signed, reply = inside(gateway, "council.gov.uk:443", "council.gov.uk", get("council.gov.uk"))
    plain = curl(gateway, "http://council.gov.uk/")

    assert (signed, reply.status, plain.status) == (ISSUER, 200, 200)
    assert origin.seen.hosts == ["council.gov.uk"] * 2


@pytest.mark.parametrize("host", ["hidden.example", SOCIAL_ADDRESS])
def test_a_social_address_is_refused_in_clear_too(gateway, origin, host):
    assert curl(gateway, f"http://{host}/").status == 403
    assert origin.seen.contacts == 0


def test_one_social_address_among_several_is_enough_in_clear(gateway, origin):
    assert curl(gateway, "http://both.example/").status == 403
    assert origin.seen.contacts == 0


def test_a_tunnel_in_clear_is_judged_request_by_request(gateway, origin):
    with connect(gateway, f"{INNOCENT}:80") as sock:
        assert exchange(sock, get(INNOCENT, "/1")).status == 200
        assert exchange(sock, get(SOCIAL, "/2")).status == 403
        assert exchange(sock, get(INNOCENT, "/3")).status == 200

    assert origin.seen.hosts == [INNOCENT, INNOCENT]


def test_a_tunnel_in_clear_to_a_social_name_reaches_nobody(gateway, origin):
    with connect(gateway, f"{SOCIAL}:80") as sock:
        assert exchange(sock, get(INNOCENT)).status == 403

    assert origin.seen.contacts == 0


def test_requests_to_the_proxy_are_judged_one_by_one_on_one_connection(gateway, origin):
    with dialled(gateway) as sock:
        replies = [
            exchange(sock, get(host, f"http://{host}/{n}")).status
            for n, host in enumerate((INNOCENT, SOCIAL, INNOCENT))
        ]

    assert replies == [200, 403, 200]
    assert origin.seen.hosts == [INNOCENT, INNOCENT]


def test_requests_to_the_proxy_may_be_sent_without_waiting(gateway, origin):
    hosts = (INNOCENT, SOCIAL, INNOCENT)
    with dialled(gateway) as sock:
        sock.sendall(b"".join(get(host, f"http://{host}/") for host in hosts))
        assert [read_reply(sock).status for _ in hosts] == [200, 403, 200]

    assert origin.seen.hosts == [INNOCENT, INNOCENT]


@pytest.mark.parametrize("target", [INNOCENT, SOCIAL])
def test_a_connect_after_a_plain_request_does_not_open_a_tunnel(gateway, origin, target):
    with dialled(gateway) as sock:
        assert exchange(sock, get(INNOCENT, f"http://{INNOCENT}/")).status == 200
        asked = f"CONNECT {target}:443 HTTP/1.1\r\nHost: {target}:443\r\n\r\n"
        assert exchange(sock, asked.encode()).status == 400

    assert origin.seen.hosts == [INNOCENT]


@pytest.mark.parametrize(
    "headers",
    [
        f"Host: {INNOCENT}\r\nHost: {SOCIAL}\r\n",
        f"Host: {SOCIAL}\r\nHost: {INNOCENT}\r\n",
        f"Host: {INNOCENT}, {SOCIAL}\r\n",
        f"Host: {SOCIAL}:443:443\r\n",
        f"Host: {SOCIAL}/foo\r\n",
        f"Host: {SOCIAL}#{INNOCENT}\r\n",
        f"Host: {INNOCENT}\\.{SOCIAL}\r\n",
        f"Host:\r\n {SOCIAL}\r\n",
        f"Host: {INNOCENT}\r\nHost : {SOCIAL}\r\n",
    ],
)
@pytest.mark.parametrize("way", ["proxy", "tunnel"])
def test_a_host_that_can_be_read_in_two_ways_is_refused(gateway, origin, headers, way):
    with connect(gateway, f"{INNOCENT}:80") if way == "tunnel" else dialled(gateway) as sock:
        target = "/" if way == "tunnel" else f"http://{INNOCENT}/"
        reply = exchange(sock, f"GET {target} HTTP/1.1\r\n{headers}\r\n".encode())

    assert reply.status in {400, 403}
    assert origin.seen.hosts == []


@pytest.mark.parametrize(
    "spelling",
    [
        f"user@{SOCIAL}",
        f"user:word@{SOCIAL}",
        SOCIAL.upper(),
        f"{SOCIAL}.",
        f"{SOCIAL}..",
        f"{SOCIAL}:443",
        f"{SOCIAL}:80",
        f"\t{SOCIAL}",
        "www%2efacebook.com",
        "".join(chr(ord(c) + 0xFEE0) if c != "." else c for c in SOCIAL),  # full width
        "face\u00adbook.com",
    ],
)
def test_a_social_name_is_known_in_every_spelling(gateway, origin, spelling):
    with connect(gateway, f"{INNOCENT}:80") as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: " + spelling.encode() + b"\r\n\r\n")
        assert read_reply(sock).status in {400, 403}

    assert origin.seen.hosts == []


@pytest.mark.parametrize(
    "target",
    [
        f"{SOCIAL.upper()}:443",
        f"{SOCIAL}.:443",
        f"{SOCIAL}..:443",
        f"user@{SOCIAL}:443",
        f"{SOCIAL}:0443",
        "0x7f.0.10241:443",
        "127.10241:443",
        "2130716673:443",
        "[::ffff:127.0.40.1]:443",
        "017700024001:443",
    ],
)
def test_a_connect_names_a_social_site_in_every_spelling(gateway, origin, target):
    with dialled(gateway) as sock:
        answer = exchange(sock, f"CONNECT {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()).status
        assert answer in {200, 400, 403}
        if answer == 200:
            with tls(gateway, sock, None) as secure:
                assert exchange(secure, get(INNOCENT)).status == 403

    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize(
    "host", ["2130716673", "127.10241", "0x7f002801", "127.0.40.1.", "[::ffff:127.0.40.1]"]
)
def test_an_address_in_clear_is_social_in_every_spelling(gateway, origin, host):
    with dialled(gateway) as sock:
        reply = exchange(sock, get(host, f"http://{host}/"))

    assert reply.status in {400, 403}
    assert origin.seen.heard == UNHEARD


def test_an_absolute_form_inside_a_tunnel_is_one_more_name(gateway, origin):
    gateway.clock("12:30:00")
    try:
        _, reply = inside(gateway, f"{SOCIAL}:443", SOCIAL, get(SOCIAL, f"https://{INNOCENT}/"))
        _, other = inside(gateway, f"{SOCIAL}:443", SOCIAL, get(SOCIAL, "https://x.com/"))
    finally:
        gateway.clock("09:00:00")
    with connect(gateway, f"{INNOCENT}:80") as sock:
        clear = exchange(sock, get(INNOCENT, f"http://{SOCIAL}/"))

    assert (reply.status, other.status, clear.status) == (403, 403, 403)
    assert origin.seen.hosts == []


def test_each_stream_of_http2_is_judged_by_its_own_authority(gateway, origin):
    gateway.clock("12:30:00")
    try:
        with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=("h2",)) as sock:
            client = Http2(sock)
            pages = (SOCIAL, "/own"), ("x.com", "/other"), (SOCIAL, "/again")
            own, other, again = (client.ask(*page) for page in pages)
    finally:
        gateway.clock("09:00:00")

    assert (own.status, other.status, again.status) == (200, 403, 200)
    assert origin.seen.hosts == [SOCIAL, SOCIAL]
    assert gateway.visits()[-2]["event"]["reason"] == "name_mismatch"


def test_http2_may_not_have_two_opinions_of_its_host(gateway, origin):
    gateway.clock("12:30:00")
    try:
        with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=("h2",)) as sock:
            reply = Http2(sock).ask(SOCIAL, "/", (("host", "x.com"),))
    finally:
        gateway.clock("09:00:00")

    assert reply.status in {0, 400, 403}
    assert origin.seen.hosts == []


def test_a_name_that_turns_social_between_two_looks_is_refused_in_a_tunnel(gateway, origin):
    with connect(gateway, "turning.example:80") as sock:
        reply = exchange(sock, get("turning.example"))

    assert reply.status in {403, 502}
    assert origin.seen.heard == UNHEARD


def test_a_name_that_turns_social_between_two_looks_is_refused_in_clear(gateway, origin):
    assert curl(gateway, "http://turning-clear.example/").status in {403, 502}
    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize("name", ["testbook.example"])
def test_an_address_joins_the_platform_of_its_names(gateway, origin, name):
    gateway.clock("12:30:00")
    try:
        _, reply = inside(gateway, f"{name}:443", name, get(name))
    finally:
        gateway.clock("09:00:00")

    assert reply.status == 200
    assert origin.seen.hosts == [name]


@pytest.mark.parametrize("url", ["http://www.example.org:25/", "http://www.facebook.com:8443/"])
def test_other_ports_are_out_of_reach_without_a_tunnel_too(gateway, origin, url):
    assert curl(gateway, url).status in {403, 502}
    assert origin.seen.contacts == 0


def test_the_gateway_is_not_a_way_to_itself(gateway):
    host, port = gateway.proxy

    assert curl(gateway, f"http://{host}:{port}/").status in {400, 403, 502}
    with dialled(gateway) as sock:
        assert exchange(sock, get(f"{host}:{port}")).status in {400, 403, 502}


PARTS = {"own": "www.facebook.com", "other": "x.com", "innocent": INNOCENT, "none": None}
MATRIX = [
    (target, sni, host)
    for target in ("own", "other", "innocent")
    for sni in PARTS
    for host in PARTS
]


@pytest.mark.parametrize(("target", "sni", "host"), MATRIX)
def test_an_own_page_opens_only_where_all_names_agree(gateway, origin, target, sni, host):
    path = "/ExampleshireCouncil"
    names = [PARTS[name] for name in (target, sni, host) if PARTS[name]]
    lines = f"GET {path} HTTP/1.1\r\n" + (f"Host: {PARTS[host]}\r\n" if PARTS[host] else "")
    with tls(gateway, connect(gateway, f"{PARTS[target]}:443"), PARTS[sni]) as sock:
        signed = issuer(sock)
        reply = exchange(sock, f"{lines}\r\n".encode())

    if (target, sni) in {("innocent", "innocent"), ("innocent", "none")}:
        assert signed == ISSUER  # what is said in there is none of our business
        assert origin.seen.spoken == 1
    elif set(names) == {"www.facebook.com"}:
        assert (signed, reply.status) == (OURS, 200)
        assert len(origin.seen.requests) == 1
    else:
        assert (signed, reply.status) == (OURS, 403)
        assert origin.seen.heard == UNHEARD


MATRIX_IN_CLEAR = [(target, host) for target in ("own", "other", "innocent") for host in PARTS]


@pytest.mark.parametrize("way", ["proxy", "tunnel"])
@pytest.mark.parametrize(("target", "host"), MATRIX_IN_CLEAR)
def test_an_own_page_opens_in_clear_only_where_all_names_agree(gateway, origin, target, host, way):
    path = "/ExampleshireCouncil"
    names = {PARTS[name] for name in (target, host) if PARTS[name]}
    first = path if way == "tunnel" else f"http://{PARTS[target]}{path}"
    lines = f"GET {first} HTTP/1.1\r\n" + (f"Host: {PARTS[host]}\r\n" if PARTS[host] else "")
    with connect(gateway, f"{PARTS[target]}:80") if way == "tunnel" else dialled(gateway) as sock:
        reply = exchange(sock, f"{lines}\r\n".encode())

    if names in ({"www.facebook.com"}, {INNOCENT}):
        assert reply.status == 200
        assert len(origin.seen.requests) == 1
    else:
        assert reply.status == 403
        assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET /groups/x", "/ExampleshireCouncil"),
        ("GET\t/groups/x", "/ExampleshireCouncil"),
        (f"GET http://{SOCIAL}/groups/x HTTP/1.1\r\nX:", "/ExampleshireCouncil"),
        ("get", "/ExampleshireCouncil"),
        ("A" * 33, "/ExampleshireCouncil"),
        ("GET", "/ExampleshireCouncil HTTP/1.1\r\nHost: x\r\n\r\nGET /groups/x"),
        ("GET", "/ExampleshireCouncil /groups/x"),
        ("GET", f"https://{SOCIAL}/ExampleshireCouncil"),
    ],
)
def test_the_parts_of_a_request_line_in_http2_hold_no_other_line(gateway, origin, method, path):
    sock = connect(gateway, f"{SOCIAL}:443")
    with tls(gateway, sock, SOCIAL, alpn=("h2",)) as secured:
        reply = Http2(secured).ask(SOCIAL, path, method=method)

    assert reply.status in {0, 400}  # 0: not even HTTP/2
    assert origin.seen.heard == UNHEARD
