"""Whatever breaks inside: a controlled site is not reached, and the rest of the web goes on."""

import shutil
from itertools import count

import pytest

from breaktime.core.visit import Evidence
from support.clients import Http2, as_browser, connect, curl, exchange, tls
from support.gateway import WORKERS, running

pytestmark = pytest.mark.e2e

SOCIAL = "www.facebook.com"
INNOCENT = "www.example.org"
PAGES = count(1)
TUESDAY = "2026-11-24"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gateway")
    with running(folder, origin, module="support.faulty_gateway") as gateway:
        gateway.clock("12:30:00")  # without the fault, all of it would be allowed
        yield gateway


@pytest.fixture
def fault(gateway):
    """Break a part, and mend it afterwards."""
    file = gateway.folder / "fault"

    def breaks(name):
        file.write_text(name)

    yield breaks
    file.unlink(missing_ok=True)


def visit(gateway, way, host=SOCIAL):
    if way == "http":
        return curl(gateway, f"http://{host}/", *as_browser())
    if way == "websocket":
        with tls(gateway, connect(gateway, f"{host}:443"), host) as sock:
            path = f"/{next(PAGES)}"  # each a page of its own: one line tells of it
            request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
            request += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            return exchange(
                sock, f"{request}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
            )
    return curl(gateway, f"https://{host}/", way, *as_browser())


WAYS = ["--http1.1", "--http2", "http", "websocket"]
PARTS = [
    "observe",
    "decide",
    "let_through",
    "put",
    "observe answer",
    "decide let_through put answer",
]


NO = {503, 403} if WORKERS else {503}
"""A worker is only told that its record is not kept."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", PARTS)
def test_a_controlled_site_hears_nothing_when_a_part_breaks(gateway, origin, fault, part, way):
    before = len(gateway.visits())
    told = len(gateway.told())
    fault(part)

    reply = visit(gateway, way)

    assert (
        reply.status in NO
        or (reply.status in {0, 200, 502} and not reply.body)
        or ("answer" in part)
    )
    assert b"canary" not in reply.body
    assert origin.seen.contacts <= 1
    assert origin.seen.spoken == 0
    assert "error" in gateway.told()[told:]
    assert "canary" not in gateway.told()
    if "put" not in part:
        line = gateway.visits()[before:][-1]
        assert (line["event"]["reason"], line["event"]["outcome"]) == ("filter_error", "failure")
        assert line["error"]["type"] == "BrokenError"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("version", ["http/1.1", "h2"])
def test_an_open_connection_to_the_site_is_no_way_round_a_fault(
    gateway, origin, fault, part, version
):
    with tls(gateway, connect(gateway, f"{SOCIAL}:443"), SOCIAL, alpn=(version,)) as sock:
        client = Http2(sock) if version == "h2" else None

        def ask():
            path = f"/{next(PAGES)}"
            if client:
                return client.ask(SOCIAL, path)
            return exchange(sock, f"GET {path} HTTP/1.1\r\nHost: {SOCIAL}\r\n\r\n".encode())

        assert ask().status == 200
        fault(part)
        assert ask().status in {0, 502, *NO}

    assert origin.seen.hosts == [SOCIAL]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", ["answer", "refusal_page"])
def test_a_refusal_that_breaks_is_still_a_refusal(gateway, origin, fault, part, way):
    gateway.clock("09:00:00")
    fault(part)
    try:
        reply = visit(gateway, way)
    finally:
        gateway.clock("12:30:00")

    assert reply.status != 101
    assert SOCIAL.encode() not in reply.body.partition(b" ")[0]
    assert origin.seen.spoken == 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("part", "wall"),
    [("let_through", "12:30:00"), ("refusal_page", "09:00:00"), ("answer", "09:00:00")],
)
def test_a_request_that_breaks_is_one_record_with_its_person(gateway, fault, part, wall, way):
    """No line says that a page was opened, or refused for a reason, when a fault refused it."""
    before = len(gateway.visits())
    gateway.clock(wall)
    fault(part)
    try:
        visit(gateway, way)
    finally:
        gateway.clock("12:30:00")

    (line,) = gateway.visits()[before:]
    assert (line["event"]["action"], line["event"]["reason"]) == ("visit-blocked", "filter_error")
    assert line["user"]["name"] == "a.jones"
    assert line["breaktime"]["platform"] == "facebook"
    assert line["breaktime"]["visit"]["evidence"] in set(Evidence)
    assert line["breaktime"]["visit"]["counted"] is False


@pytest.mark.parametrize("way", WAYS)
def test_an_origin_that_cannot_be_reached_is_no_visit(gateway, origin, fault, way):
    """The record of an allowed page is followed by one with its id that takes it back."""
    before = len(gateway.visits())
    taken_back = sum(line["event"]["action"] == "visit-failed" for line in gateway.visits())
    fault("dial")

    reply = visit(gateway, way)

    assert reply.status == 502
    assert b"The site does not answer" in reply.body
    assert b"mitmproxy" not in reply.body + str(reply.headers).encode()
    assert origin.seen.contacts == 0
    gateway.await_line("visit-failed", taken_back + 1)
    allowed, failed = gateway.visits()[before:]
    assert (allowed["event"]["action"], allowed["event"]["outcome"]) == ("visit-allowed", "success")
    assert (failed["event"]["action"], failed["event"]["outcome"]) == ("visit-failed", "failure")
    assert failed["event"]["reason"] == "origin_unreachable"
    assert failed["breaktime"]["visit"]["counted"] is False
    for key in ("user", "url"):
        assert failed[key] == allowed[key]
    assert failed["breaktime"]["decision"] == allowed["breaktime"]["decision"]


@pytest.mark.parametrize(
    "part",
    ["observe", "decide", "answer", "put", "write", "identify", "let_back"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_not_controlled_goes_on(gateway, origin, fault, part, scheme):
    fault(part)

    assert curl(gateway, f"{scheme}://{INNOCENT}/").status == 200
    assert origin.seen.hosts == [INNOCENT]


def test_credentials_never_pass_unstripped_even_where_all_else_passes(gateway, origin, fault):
    fault("let_through")

    curl(gateway, f"http://{INNOCENT}/", "-H", "Proxy-Authorization: Basic Y2FuYXJ5")

    assert all("proxy-authorization" not in request[4] for request in origin.seen.requests)


def test_what_cannot_be_judged_at_the_door_is_closed(gateway, origin, fault):
    fault("judge")

    for host in (SOCIAL, INNOCENT):
        with pytest.raises(ConnectionError) as refused:
            connect(gateway, f"{host}:443")
        assert b"403" in refused.value.args[0]

    assert origin.seen.spoken == 0


@pytest.mark.parametrize("host", [SOCIAL, INNOCENT])
def test_a_destination_that_cannot_be_judged_is_not_talked_to(gateway, origin, fault, host):
    gateway.clock("09:00:00")
    fault("judge")
    try:
        assert curl(gateway, f"http://{host}/").status == (403 if host == SOCIAL else 502)
    finally:
        gateway.clock("12:30:00")

    assert origin.seen.spoken == 0


def test_whoever_cannot_be_identified_at_the_door_is_asked_to_try_again(gateway, origin, fault):
    fault("identify")

    with pytest.raises(ConnectionError) as refused:
        connect(gateway, f"{SOCIAL}:443")

    assert b"503" in refused.value.args[0]
    assert origin.seen.contacts == 0


def test_whoever_cannot_be_identified_in_clear_gets_nothing(gateway, origin, fault):
    fault("identify")

    assert curl(gateway, f"http://{SOCIAL}/").status == 503
    assert origin.seen.contacts == 0


def test_an_answer_that_cannot_be_prepared_is_still_the_answer(gateway, origin, fault):
    fault("let_back")

    assert curl(gateway, f"https://{SOCIAL}/").status == 200


def lost(gateway):
    """Return how many records the last gap tells of: as many as there are numbers missing."""
    gateway.await_line("audit-gap")
    numbers = [line["event"]["sequence"] for line in gateway.lines()]
    assert len(set(numbers)) == len(numbers)
    gap = [line for line in gateway.lines() if line["event"]["action"] == "audit-gap"][-1]
    number = gap["event"]["sequence"]
    before = max((each for each in numbers if each < number), default=0)
    assert number - before - 1 == gap["breaktime"]["lost"]
    return gap["breaktime"]["lost"]


@pytest.mark.parametrize("way", WAYS)
def test_records_that_cannot_be_written_close_what_is_controlled(gateway, origin, fault, way):
    fault("write")
    reply = visit(gateway, way)
    refused = origin.seen.contacts
    fault("")
    again = visit(gateway, way)

    assert (reply.status, refused) == (403, 0)
    assert again.status == (101 if way == "websocket" else 200)
    assert lost(gateway) == 1


def test_a_part_that_is_mended_works_again(gateway, origin, fault):
    fault("decide")
    assert curl(gateway, f"https://{SOCIAL}/").status == 503
    fault("")

    assert curl(gateway, f"https://{SOCIAL}/").status == 200


@pytest.mark.parametrize(("setting", "status"), [("block", 403), ("allow", 200)])
def test_a_log_that_has_gone_does_what_the_configuration_says(origin, tmp_path, setting, status):
    records = f", if_records_cannot_be_written: {setting}"
    with running(tmp_path, origin, records=records) as gateway:
        gateway.clock("12:30:00")
        assert curl(gateway, f"https://{SOCIAL}/").status == 200
        gateway.clock("14:30:00")  # the break is over, and told of
        gateway.await_line("session-end")
        shutil.move(tmp_path / "audit", tmp_path / "moved")
        (tmp_path / "audit").write_text("no folder")
        gateway.clock("12:30:00", TUESDAY)  # a new day is a new file
        origin.reset()

        reply = curl(gateway, f"https://{SOCIAL}/")
        plain = curl(gateway, f"http://{INNOCENT}/")
        own = curl(gateway, f"https://{SOCIAL}/ExampleshireCouncil")

        assert (reply.status, plain.status, own.status) == (status, 200, 200)
        (tmp_path / "audit").unlink()
        shutil.move(tmp_path / "moved", tmp_path / "audit")
        assert curl(gateway, f"https://{SOCIAL}/").status == 200
        assert lost(gateway) == 2


def test_a_configuration_whose_reader_is_killed_leaves_the_old_one(gateway, fault):
    fault("reader")
    gateway.hang_up()

    line = gateway.await_line("config-rejected")

    assert "was ended by signal 9" in gateway.told()
    assert line["breaktime"]["config"]["problems"] == 0
    assert visit(gateway, "--http1.1").status == 200
