"""Other protocols, broken ones, and requests that hide in requests."""

from street import CLOSED, INNOCENT, OWN_PAGE, Street, attack, get
from support.clients import read_reply
from support.wire import client_hello, in_records, text_frame, upgrade

FRAMINGS = (
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding:\x0bchunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: 0x5\r\n",
    "X-A: b\r\n Transfer-Encoding: chunked\r\n",
    "X-A: b\x00c\r\n",
    "X-A: b\rTransfer-Encoding: chunked\r\n",
)


@attack("S5", "a body that could end in two places", own_page=True)
def two_ends(street: Street) -> None:
    for framing in FRAMINGS:
        head = f"POST {OWN_PAGE} HTTP/1.1\r\nHost: {CLOSED}\r\n{framing}\r\n".encode()
        words = head + b"0\r\n\r\n" + get(CLOSED, "/hidden")
        street.say_inside(f"{CLOSED}:80", words)
        street.say(words.replace(OWN_PAGE.encode(), f"http://{CLOSED}{OWN_PAGE}".encode(), 1))


@attack("S5", "a request within the body of another, in HTTP/2", own_page=True)
def hidden_in_a_body(street: Street) -> None:
    for method in ("POST", "GET", "DELETE"):
        with street.http2(CLOSED) as client:
            client.ask(CLOSED, OWN_PAGE, method=method, body=get(CLOSED, "/hidden"))


@attack("S5", "a second request line in a pseudo-header of HTTP/2", own_page=True, recorded=False)
def two_lines(street: Street) -> None:
    for method, path in (
        ("GET /feed", OWN_PAGE),
        (f"GET http://{CLOSED}/feed HTTP/1.1\r\nX:", OWN_PAGE),
        ("GET", f"{OWN_PAGE} HTTP/1.1\r\nHost: x\r\n\r\nGET /feed"),
        ("GET", f"{OWN_PAGE} /feed"),
    ):
        with street.http2(CLOSED) as client:
            client.ask(CLOSED, path, method=method)


TRAILERS = (
    "Content-Length: 60", "Transfer-Encoding: chunked", f"Host: {INNOCENT}", "X-Remote-User: c.lee",
    "Proxy-Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", ":path: /hidden",
)  # fmt: skip


@attack("S5", "headers behind a body", own_page=True)
def behind_a_body(street: Street) -> None:
    for trailer in TRAILERS:
        head = f"POST {OWN_PAGE} HTTP/1.1\r\nHost: {CLOSED}\r\nTransfer-Encoding: chunked\r\n\r\n"
        words = f"{head}3\r\nabc\r\n0\r\n{trailer}\r\n\r\n".encode() + get(CLOSED, "/hidden")
        street.say_inside(f"{CLOSED}:80", words)
        street.ask_inside(f"{CLOSED}:443", CLOSED, words)
    told = [headers for *_, headers in street.origin.seen.requests]
    street.insist(that=bool(told), else_="the own page was not shown")
    street.insist(that="Y2FuYXJ5" not in str(told), else_="a site was told the credentials")


@attack("S6", "raw bytes and half words in a tunnel to a closed site", recorded=False)
def raw_bytes(street: Street) -> None:
    for words in (
        b"G", b"GE", b"\x16", b"\x16\x03", b"\x16\x03\x7f\x00\x10" + b"\x01" * 16,
        b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00\x01\x02\xff", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"get / HTTP/1.1\r\nhost: a\r\n\r\n", b"GET / HTTP/1.1\nHost: a\n\n", b"GET /\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x80\x2e\x01\x00\x02" + b"\x00" * 41,
    ):  # fmt: skip
        street.say_inside(f"{CLOSED}:443", words)
        street.say_inside(f"{CLOSED}:80", words)


@attack("S6", "a greeting in pieces")
def in_pieces(street: Street) -> None:
    hello = client_hello(street.gateway, CLOSED)[0]
    bytes_ = [hello[at : at + 1] for at in range(len(hello))]
    street.say_inside(f"{CLOSED}:443", *bytes_)
    street.say_inside(f"{INNOCENT}:443", *bytes_)
    street.say_inside(f"{INNOCENT}:443", in_records(hello, 7))
    request = get(CLOSED)
    street.say_inside(f"{INNOCENT}:80", *[request[at : at + 1] for at in range(len(request))])


@attack("S6", "a tunnel in a tunnel", recorded=False)
def nested(street: Street) -> None:
    asked = f"CONNECT {CLOSED}:443 HTTP/1.1\r\nHost: {CLOSED}:443\r\n\r\n".encode()
    street.say_inside(f"{INNOCENT}:80", asked, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    street.ask_inside(f"{CLOSED}:443", CLOSED, asked)
    with street.dialled() as sock:
        sock.sendall(get(INNOCENT, f"http://{INNOCENT}/"))
        read_reply(sock)
        sock.sendall(asked)
        read_reply(sock)


@attack("S6", "an upgrade to another protocol")
def upgrades(street: Street) -> None:
    h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    street.say_inside(f"{CLOSED}:80", get(CLOSED, "/", h2c), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    street.say_inside(f"{CLOSED}:80", upgrade(CLOSED), text_frame(b"raw"))
    street.ask_inside(f"{CLOSED}:443", CLOSED, upgrade(CLOSED))
    with street.http2(CLOSED) as client:
        client.ask(CLOSED, "/", ((":protocol", "websocket"),), method="CONNECT")


@attack("S7", "an upload of 50 MB to a closed site")
def upload(street: Street) -> None:
    file = street.gateway.folder / "upload"
    file.write_bytes(b"x" * 50_000_000)
    for url in (f"https://{CLOSED}/up", f"http://{CLOSED}/up"):
        for version in ("--http1.1", "--http2"):
            street.curl(url, version, "-H", "Expect:", "--data-binary", f"@{file}")
    file.unlink()


@attack("S33", "a request shortly before the break, and one at the moment it ends")
def beside_the_break(street: Street) -> None:
    street.clock("11:59:00")  # this clock goes on by itself
    street.curl(f"https://{CLOSED}/too-early")
    street.clock("14:00:00")
    street.curl(f"https://{CLOSED}/first-second")
    street.curl(f"http://{CLOSED}/first-second")


@attack("S28", "a clock that is set back into the break")
def clock_set_back(street: Street) -> None:
    street.clock("14:30:00")
    street.curl(f"https://{CLOSED}/late")
    street.clock("13:30:00")
    street.curl(f"https://{CLOSED}/again")
