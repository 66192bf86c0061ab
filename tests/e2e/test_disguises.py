"""One site in every disguise, through the real gateway: copies, front ends, digits and letters."""

from ipaddress import ip_address

import pytest

from support.clients import connect, curl, exchange, issuer, tls
from support.gateway import SOCIAL_ADDRESS, running
from support.origin import UNHEARD

pytestmark = pytest.mark.e2e

OURS = "breaktime"
DECIMAL = str(int(ip_address(SOCIAL_ADDRESS)))
ARCHIVED = "web.archive.org/web/2023/https://www.tiktok.com/@someone%3Fsecret"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    with running(tmp_path_factory.mktemp("gateway"), origin) as gateway:
        yield gateway


def visits(gateway):
    return [
        (line["breaktime"]["platform"], line["url"]["domain"], line["url"]["path"],
         line["breaktime"].get("visit", {}).get("bypass"))
        for line in gateway.visits()
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "platform", "path", "bypass"),
    [
        ("https://www-facebook-com.translate.goog/x?_x_tr_sl=en", "facebook", "/x", True),
        ("https://book-com.translate.goog/x?_x_tr_hp=www-face", "facebook", "/x", True),
        (f"https://{ARCHIVED}", "tiktok", "/web/2023/https:/www.tiktok.com/@someone", True),
        (f"http://{ARCHIVED}", "tiktok", "/web/2023/https:/www.tiktok.com/@someone", True),
        ("https://www.translatetheweb.com/?a=https://x.com/y&to=en", "x", "/", True),
        ("https://nitter.somebody.example/BBCNews", "x", "/BBCNews", None),
    ],
)
def test_a_copy_and_a_front_end_are_refused_and_recorded(
    gateway, origin, url, platform, path, bypass
):
    before = len(gateway.visits())

    reply = curl(gateway, url, "-H", "Accept: text/html")

    assert reply.status == 403
    assert (b"a copy of" in reply.body) is (bypass is True)
    assert b"secret" not in reply.body
    assert origin.seen.heard == UNHEARD
    ((found, _, written, mark),) = visits(gateway)[before:]
    assert (found, written, mark) == (platform, path, bypass)


def test_a_copy_is_open_in_a_break(gateway, origin):
    gateway.clock("12:30")
    try:
        assert curl(gateway, f"https://{ARCHIVED}", "-H", "Accept: text/html").status == 200
    finally:
        gateway.clock("09:00")

    assert origin.seen.hosts == ["web.archive.org"]
    assert gateway.visits()[-1]["breaktime"]["visit"]["bypass"] is True


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("www-bbc-co-uk.translate.goog/news?_x_tr_sl=en", True),
        ("web.archive.org/web/2023/https://www.bbc.co.uk/tiktok.com", True),
        ("www.google.com/amp/s/www.bbc.co.uk/news", False),
        ("translate.google.com/?text=facebook.com", False),
        ("t.co/abc", True),
        ("l.facebook.com/l.php?u=https%3A%2F%2Fshop.example", True),
    ],
)
def test_translators_archives_and_outgoing_links_of_others_go_on_working(
    gateway, origin, url, opened
):
    before = len(gateway.visits())
    host, _, path = url.partition("/")

    with tls(gateway, connect(gateway, f"{host}:443"), host) as sock:
        signed = issuer(sock)
        reply = exchange(sock, f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert (reply.status, signed == OURS) == (200, opened)
    assert origin.seen.contacts > 0
    assert len(gateway.visits()) == before


@pytest.mark.parametrize(
    "target", [DECIMAL, hex(int(DECIMAL)), "www.facebook.com.", SOCIAL_ADDRESS]
)
def test_every_written_form_of_a_tunnel_is_one_name(gateway, origin, target):
    with tls(gateway, connect(gateway, f"{target}:443"), None) as sock:
        asked = f"GET / HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()
        assert (issuer(sock), exchange(sock, asked).status) == (OURS, 403)

    assert origin.seen.heard == UNHEARD


@pytest.mark.parametrize(
    "host",
    ["www.facebook.com.", "WWW.FaceBook.COM", "www%2efacebook.com", "me@facebook.com", DECIMAL],
)
def test_every_written_form_in_clear_is_one_name(gateway, origin, host):
    reply = curl(gateway, f"http://{host}/", "--path-as-is")

    assert reply.status in {400, 403}
    assert origin.seen.contacts == 0
