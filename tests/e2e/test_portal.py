"""The portal through the real gateway: whose it is, how it is reached, and what it opens."""

import re
import socket
import time

import pytest

from support.clients import Http2, as_browser, connect, curl, exchange, tls
from support.gateway import PEOPLE, UNKNOWN, running
from support.origin import UNHEARD

pytestmark = pytest.mark.e2e

NAME = "breaks.exampleshire.example"
HOME = f"https://{NAME}"
FB = "www.facebook.com"
SEEN_SECONDS = 60
EXTRA = """
teams:
  choosers:
    members: [a.jones, c.lee]
    breaks: [{days: Mon-Fri, minutes: 45, between: 11:30-14:30, sittings: 2}]
include: [cases.d/*.yaml]
ending: {grace: 1 seconds}
"""
PAGE = (
    f", portal: 'https://{NAME}', managers: {{choosers: [d.smith, a.jones]}}, helpdesk: [phones]"
    ", proxy_file: {address: 'proxy.example.org:8080', send: controlled}"
)


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    with running(folder, origin, extra=EXTRA, page=PAGE) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def _noon(gateway):
    gateway.clock("12:00:00")


def get(gateway, path="/", person="a.jones", *arguments):
    return curl(gateway, HOME + path, *as_browser(), *arguments, source=PEOPLE[person])


def post(gateway, path, who="a.jones", *, page="/", **fields):
    found = re.search(rb'name="token" value="([^"]+)"', get(gateway, page, who).body)
    fields["token"] = found[1].decode()
    data = [part for pair in fields.items() for part in ("--data-urlencode", "=".join(pair))]
    return curl(gateway, HOME + path, "-H", f"Origin: {HOME}", *data, source=PEOPLE[who])


def site(gateway, person="a.jones"):
    return curl(gateway, f"https://{FB}/", *as_browser(), source=PEOPLE[person]).status


def awaited(condition):
    end = time.monotonic() + SEEN_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_it_is_answered_and_never_sent_on(gateway, origin):
    """Also when no break is on: whoever is refused finds out here what to do."""
    gateway.clock("08:00:00")
    reply = get(gateway)
    assert reply.status == 200
    assert b"a.jones" in reply.body
    assert origin.seen.heard == UNHEARD
    assert origin.seen.contacts == 0


def test_it_is_the_same_over_http2(gateway):
    sock = tls(gateway, connect(gateway, f"{NAME}:443"), NAME, alpn=("h2",))
    with sock:
        assert b"a.jones" in Http2(sock).ask(NAME, "/").body


def test_what_a_request_says_of_who_asks_is_not_believed(gateway):
    """Neither headers, which a proxy in front could set, nor parameters, nor credentials."""
    said = ["X-Forwarded-User", "Remote-User", "X-Remote-User", "Forwarded", "X-Forwarded-For"]
    headers = [part for name in said for part in ("-H", f"{name}: c.lee")]
    reply = get(gateway, "/", "a.jones", *headers, "-H", "Proxy-Authorization: Basic Yy5sZWU6eA==")
    assert b"a.jones" in reply.body
    assert b"c.lee" not in reply.body
    assert get(gateway, "/?person=c.lee").status == 400


def test_who_is_not_known_sees_nothing(gateway):
    reply = curl(gateway, f"{HOME}/records", *as_browser(), source=UNKNOWN)
    assert reply.status == 403
    assert b"does not know who you are" in reply.body


@pytest.mark.parametrize("address", [f"http://{NAME}/", f"http://{NAME}//evil.example/?x=1"])
def test_in_clear_a_browser_is_sent_to_the_first_page(gateway, origin, address):
    reply = curl(gateway, address, *as_browser())
    assert (reply.status, reply.headers["location"]) == (302, f"{HOME}/")
    assert origin.seen.contacts == 0


def test_a_form_in_clear_is_not_taken(gateway, origin):
    assert curl(gateway, f"http://{NAME}/break/start", "-d", "x=1").status == 403
    assert origin.seen.contacts == 0


MIXED = [
    (NAME, FB, NAME),
    (NAME, NAME, FB),
    (NAME, NAME, "www.example.org"),
    ("www.example.org", NAME, NAME),
    ("www.example.org", "www.example.org", NAME),
    (FB, FB, NAME),
]


@pytest.mark.parametrize(("target", "sni", "host"), MIXED)
def test_a_request_with_other_names_besides_is_neither_answered_nor_sent_on(
    gateway, origin, target, sni, host
):
    """Else a page of another site could stand in the portal's place, or the other way round."""
    try:
        with tls(gateway, connect(gateway, f"{target}:443"), sni) as sock:
            reply = exchange(sock, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    except (ConnectionError, OSError):
        return
    assert b"a.jones" not in reply.body
    if {target, sni} != {"www.example.org"}:  # which is relayed unopened, whatever is said inside
        assert reply.status in {0, 400}
        assert origin.seen.requests == []


def test_another_port_is_not_the_portal(gateway, origin):
    with tls(gateway, connect(gateway, f"{NAME}:80"), NAME) as sock:
        reply = exchange(sock, f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
    assert reply.status == 400
    assert origin.seen.contacts == 0


def test_a_form_that_does_not_end_is_not_read(gateway):
    with tls(gateway, connect(gateway, f"{NAME}:443"), NAME) as sock:
        head = f"POST /break/start HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 999999999\r\n\r\n"
        assert exchange(sock, head.encode()).status in {0, 413}


def test_a_break_is_started_counted_and_stopped(gateway):
    refused = curl(gateway, f"https://{FB}/", *as_browser())
    assert refused.status == 403

    offered = get(gateway).body.decode()
    name = re.search(r'name="break" value="([^"]+)"', offered)[1]
    begun = post(gateway, "/break/start", **{"break": name})
    assert (begun.status, begun.headers["location"]) == (303, "/?done=started")
    assert site(gateway) == 200  # at once: whoever clicked must not see the refusal again
    page = get(gateway, "/?done=started").body
    assert b"Your break has started." in page
    assert b"45 minutes left" in page

    gateway.clock("12:10:00")
    assert b"35 minutes left" in get(gateway).body
    assert post(gateway, "/break/stop").headers["location"] == "/?done=stopped"
    awaited(lambda: site(gateway) == 403)
    assert gateway.await_line("break-ended")["breaktime"]["budget"]["used_s"] == 600
    assert b"35 minutes left, in 1 more part" in get(gateway).body

    own = get(gateway, "/records").body
    for sentence in (b"A break was started", b"A break ended", b"Facebook was refused"):
        assert sentence in own


def test_a_request_is_approved_by_a_manager_and_opens_the_site(gateway):
    assert site(gateway, "c.lee") == 403
    asked = post(
        gateway, "/cases/request", "c.lee", page="/cases",
        platform="facebook", purpose="Foster carers' \"group\": #1 & {a}", until="2026-12-18",
    )  # fmt: skip
    assert asked.headers["location"] == "/cases?done=asked"
    assert gateway.await_line("case-requested")["user"]["name"] == "c.lee"
    assert site(gateway, "c.lee") == 403  # asking opens nothing

    shown = get(gateway, "/requests", "d.smith").body.decode()
    assert "c.lee asks for Facebook" in shown
    request = re.search(r'name="request" value="([0-9a-f]{8})"', shown)[1]
    answer = {"request": request, "answer": "approve", "until": "2026-11-30"}
    done = post(gateway, "/requests/decide", "d.smith", page="/requests", **answer)
    assert done.headers["location"] == "/requests?done=approved"

    awaited(lambda: site(gateway, "c.lee") == 200)
    line = gateway.await_line("case-approved")
    assert (line["user"]["name"], line["breaktime"]["by"]) == ("c.lee", "d.smith")
    case = line["rule"]["id"]
    assert gateway.visits()[-1]["rule"]["id"] == case
    assert case.partition(":")[2].encode() in get(gateway, "/cases", "c.lee").body
    assert site(gateway) == 403  # for nobody else


def test_the_help_desk_gives_an_allowance_anew_and_it_is_recorded(gateway):
    looked = post(gateway, "/helpdesk/look", "phones", page="/helpdesk", person="A.Jones")
    assert looked.status == 200
    assert b"35 minutes left" in looked.body
    given = post(gateway, "/helpdesk/reset", "phones", page="/helpdesk", person="a.jones")
    assert b"45 minutes left" in given.body
    line = gateway.await_line("allowance-reset")
    assert (line["user"]["name"], line["breaktime"]["by"]) == ("a.jones", "phones")
    assert b"The help desk gave you the time of the day anew" in get(gateway, "/records").body


def test_a_note_about_a_record_is_a_record(gateway):
    mine = re.search(rb'name="record" value="([^"]+)"', get(gateway, "/records").body)[1].decode()
    kept = post(gateway, "/records/dispute", page="/records", record=mine, note="I was on leave")
    assert kept.headers["location"] == "/records?done=disputed"
    line = gateway.await_line("record-disputed")["breaktime"]
    assert (line["about"], line["note"]) == (mine, "I was on leave")
    assert b"Your note: I was on leave" in get(gateway, "/records").body


def test_a_record_of_somebody_else_cannot_be_disputed(gateway):
    theirs = gateway.await_line("allowance-reset")["event"]["id"]
    answer = post(gateway, "/records/dispute", "c.lee", page="/records", record=theirs, note="x")
    assert answer.status == 422
    assert theirs.encode() not in answer.body


def test_browsers_find_the_proxy_file_at_the_gateway_itself(gateway, origin):
    """Whoever asks for it has no proxy yet."""
    with socket.create_connection(gateway.proxy, 60) as sock:
        at = f"gateway.example.org:{gateway.proxy[1]}"
        reply = exchange(sock, f"GET /proxy.pac HTTP/1.1\r\nHost: {at}\r\n\r\n".encode())
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/x-ns-proxy-autoconfig"
    assert b"PROXY proxy.example.org:8080" in reply.body
    assert origin.seen.contacts == 0
    of_a_site = curl(gateway, "http://www.example.org/proxy.pac")
    assert b"FindProxyForURL" not in of_a_site.body
