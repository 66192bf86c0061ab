"""Ways round the gateway's rules: inward, through others' sites, through open pages."""

import socket
import ssl
from contextlib import suppress

from street import CLOSED, INNOCENT, OWN_PAGE, STAFF, Street, attack, get
from support.clients import connect

INWARD = (
    "127.0.0.53", "127.0.0.2", "localhost", "[::1]", "0.0.0.0", "0", "169.254.169.254", "10.0.0.1",
    "192.168.0.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
    "[64:ff9b::a00:1]", "inward.example",
)  # fmt: skip


@attack("S41", "an application that refuses to be opened, again and again", recorded=False)
def refusing(street: Street) -> None:
    refuse_to_be_opened(street)


def refuse_to_be_opened(street: Street) -> None:
    """Trust one authority, which is not the gateway's, and try again and again."""
    knows_one_authority = ssl.create_default_context()
    knows_one_authority.load_verify_locations(street.gateway.origin.ca)
    for _ in range(6):
        street.tries += 1
        with suppress(ConnectionError, ssl.SSLError):
            sock = connect(street.gateway, f"{CLOSED}:443", source=STAFF)
            with knows_one_authority.wrap_socket(sock, server_hostname=CLOSED):
                street.insist(that=False, else_="it was let pass unopened")


@attack("S16", "the gateway as a way inward", recorded=False)
def inward(street: Street) -> None:
    with socket.create_server(("127.0.0.53", 0)) as inside:
        port = inside.getsockname()[1]
        inside.settimeout(0)
        for host in INWARD:
            for at in (port, 22, 25, 8443):
                street.say_inside(f"{host}:{at}", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        street.curl(f"http://127.0.0.53:{port}/")
        with suppress(BlockingIOError):
            inside.accept()
            street.insist(that=False, else_="a server inside was reached")
    host, port = street.gateway.proxy
    street.say(get(f"{host}:{port}", f"http://{host}:{port}/"))
    street.say_inside(f"{host}:{port}", f"CONNECT {CLOSED}:443 HTTP/1.1\r\n\r\n".encode())


@attack("S18", "markup in whatever the refusal could show")
def markup(street: Street) -> None:
    bait = "<script>bait()</script>"
    quoted = "%3Cscript%3Ebait()%3C/script%3E"
    for path in (f"/{bait}", f"/{quoted}", f"/?q={bait}", f"/x{chr(34)}onload=bait()"):
        for header in ("Accept-Language", "User-Agent", "Referer", "Accept"):
            words = get(CLOSED, path, f"{header}: {bait}\r\nSec-Fetch-Dest: document\r\n")
            answer = street.say_inside(f"{CLOSED}:80", words)
            street.insist(that=b"bait()" not in answer, else_="the page shows what was sent")


@attack("S24", "the help page of the library below, which hands out the CA", recorded=False)
def help_page(street: Street) -> None:
    reply = street.curl("http://mitm.it/")
    street.insist(
        that=b"certificate" not in reply.body.lower(), else_="mitmproxy's own page was shown"
    )


@attack("S29", "a closed site through a translator or an archive")
def through_others(street: Street) -> None:
    inner = "www-facebook-com.translate.goog"
    for host, path in (
        (inner, "/groups/x?_x_tr_sl=en"),
        ("web.archive.org", f"/web/2024/https://{CLOSED}/x"),
        ("www-facebook-com.cdn.ampproject.org", "/c/s/www.facebook.com/x"),
    ):
        reply = street.ask_inside(f"{host}:443", host, get(host, path))
        street.insist(that=reply.status in {0, 403}, else_=f"{host} showed it")


@attack("S30", "a site that moves its browser to QUIC", own_page=True)
def another_way_in(street: Street) -> None:
    reply = street.curl(f"https://{CLOSED}{OWN_PAGE}")
    street.insist(that=reply.status == 200, else_="the own page was not shown")
    street.insist(that="alt-svc" not in reply.headers, else_="Alt-Svc was passed on")


@attack("S32", "other pages from the council's own page", own_page=True)
def from_the_own_page(street: Street) -> None:
    refer = f"Referer: https://{CLOSED}{OWN_PAGE}\r\nSec-Fetch-Site: same-origin\r\n"
    for path in (
        "/", "/feed", "/messages", f"{OWN_PAGE}Fans", f"{OWN_PAGE}/../groups/x",
        f"{OWN_PAGE}/..%2fgroups/x", f"{OWN_PAGE}%2f..%2fgroups", f"/groups/x?page={OWN_PAGE}",
        f"/groups/x#{OWN_PAGE}", f"/groups{OWN_PAGE}", f"//evil{OWN_PAGE}", f"{OWN_PAGE};/../feed",
        f"{OWN_PAGE}\\..\\feed", "/login?next=" + OWN_PAGE,
    ):  # fmt: skip
        street.ask_inside(f"{CLOSED}:443", CLOSED, get(CLOSED, path, refer))
        street.ask_inside(
            f"{CLOSED}:443", CLOSED, get(CLOSED, path, f"{refer}Sec-Fetch-Dest: document\r\n")
        )


@attack("S38", "rules that would close what must always work", recorded=False)
def always_open(street: Street) -> None:
    for host in ("www.gov.uk", "council.gov.uk", INNOCENT):
        reply = street.curl(f"https://{host}/")
        street.insist(that=reply.status == 200, else_=f"{host} was refused")
