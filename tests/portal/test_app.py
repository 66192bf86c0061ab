"""What holds for every address: whose it is, who may ask how, and what a browser is told."""

import re

import pytest

from breaktime.core.record import Action, Record
from breaktime.ledger import LedgerError
from breaktime.portal import Visitor
from breaktime.portal.routes import ADDRESSES, Who
from support.portal import ADA, BEN, BROWSER, HELP, HOME, MEG, NAME, NOON

PAGES = [one for one in ADDRESSES if one.method == "GET"]
FORMS = [one for one in ADDRESSES if one.method == "POST"]
path = lambda one: one.path  # noqa: E731  the id of a case
WHO = {Who.ANYBODY: ADA, Who.PERSON: ADA, Who.MANAGER: MEG, Who.HELPDESK: HELP}
TYPED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("one", PAGES, ids=path)
def test_no_page_can_be_kept_framed_read_or_extended(shared, one):
    headers = shared.get(one.path, WHO[one.who]).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not [name for name in headers if name.startswith(("access-control", "set-cookie"))]


@pytest.mark.parametrize("one", ADDRESSES, ids=path)
def test_nobody_known_sees_nothing_of_anybody(shared, one):
    if one.who is Who.ANYBODY:
        return
    reply = shared.send(one.method, one.path, Visitor(None), headers={"origin": HOME})
    assert reply.status == 403
    assert ADA not in reply.text


@pytest.mark.parametrize("one", ADDRESSES, ids=path)
def test_no_address_shows_or_changes_what_is_somebody_elses(portal, one):
    """
    Nothing of another person is in any answer, whatever they name in whatever field.

    She has records, a request and a break that goes on; he asks for all of it by its id.
    """
    portal.put(Record(NOON, Action.VISIT_BLOCKED, "secret of ada", "f" * 64, person=ADA))
    portal.post("/break/start", **{"break": "break:own"})
    portal.post("/cases/request", platform="x", purpose="hers alone", until="2026-12-01")
    theirs = re.search(r'name="record" value="([^"]+)"', portal.get("/records").text)[1]
    wanted = portal.ledger.requests.of(ADA)[0].id
    before = (portal.ledger.usage(ADA, NOON), portal.ledger.requests.of(ADA))
    sent = {
        "break": "break:own", "day": "2026-11-23", "record": theirs, "note": "x",
        "platform": "x", "page": "", "purpose": "his", "until": "2026-12-01", "request": wanted,
        "answer": "approve", "person": ADA,
    }  # fmt: skip
    fields = {field.name: sent[field.name] for field in one.fields}

    if one.method == "GET":
        query = "&".join(f"{name}={value}" for name, value in fields.items())
        reply = portal.get(f"{one.path}?{query}" if query else one.path, BEN)
    else:
        reply = portal.post(one.path, BEN, **fields)

    for secret in ("secret of ada", "hers alone", theirs, wanted, ADA):
        assert secret not in reply.text
    assert (portal.ledger.usage(ADA, NOON), portal.ledger.requests.of(ADA)) == before


@pytest.mark.parametrize("one", FORMS, ids=path)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://{NAME}"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": None, "sec-fetch-site": None},
        {"content-type": "text/plain"},
        {"content-type": "multipart/form-data; boundary=x"},
    ],
    ids=str,
)
def test_a_form_of_another_page_is_not_taken(shared, one, headers):
    reply = shared.post(one.path, WHO[one.who], headers=headers)
    assert reply.status in {400, 403}


@pytest.mark.parametrize("one", FORMS, ids=path)
def test_a_form_without_a_token_of_this_person_is_not_taken(shared, one):
    who = WHO[one.who]
    for token in ("", "0.0", shared.token(BEN)):
        assert shared.post(one.path, who, token=token).status == 400
    assert shared.post(one.path, who).status != 400 or one.fields


@pytest.mark.parametrize("one", FORMS, ids=path)
def test_a_form_is_not_taken_from_an_address(shared, one):
    assert shared.get(one.path, WHO[one.who]).status == 405


@pytest.mark.parametrize("one", PAGES, ids=path)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
    ids=str,
)
def test_no_page_of_another_site_can_fetch_or_frame_it(shared, one, headers):
    reply = shared.send("GET", one.path, WHO[one.who], headers=headers)
    assert reply.status == 403
    assert ADA not in reply.text


def test_a_link_of_another_site_may_lead_here(shared):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert shared.send("GET", "/", headers={**headers, "sec-fetch-dest": "document"}).status == 200


@pytest.mark.parametrize("host", ["evil.example", f"{NAME}.evil.example", f"{NAME}:8443", ""])
def test_another_host_is_not_ours(shared, host):
    assert shared.send("GET", "/", host=host).status == 400


EVIL = ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]


@pytest.mark.parametrize("where", EVIL)
def test_nobody_is_sent_where_a_request_names(portal, where):
    for name in ("next", "return_to", "url", "done", "lang"):
        reply = portal.get(f"/?{name}={where}")
        assert "location" not in reply.headers
        assert "evil" not in reply.text
    reply = portal.post("/break/start", **{"break": "break:own", "lang": "en"})
    assert reply.headers["location"] == "/?done=started&lang=en"


MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</textarea><svg onload=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "&lt;b&gt;",
    "\u2028<b>",
]


@pytest.mark.parametrize("text", MARKUP)
def test_what_people_write_is_shown_and_never_read_as_markup(portal, text):
    portal.post("/cases/request", platform="x", purpose=text, until="2026-12-01")
    mine = re.search(r'name="record" value="([^"]+)"', portal.get("/records").text)[1]
    portal.post("/records/dispute", record=mine, note=text)
    wrong = portal.post("/cases/request", platform="none", purpose=text, until=text[:10])
    for page in (portal.get("/records"), portal.get("/requests", MEG), wrong):
        assert page.status in {200, 422}
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert "<svg" not in page.text
        assert "<b>" not in page.text
        assert "49" not in re.sub(r"[0-9a-f.-]{8,}", "", page.text.partition("<main")[2])


def test_a_hostile_name_of_a_person_is_only_a_name(shared):
    reply = shared.get("/", '<script>"x"</script>')
    assert reply.status == 200
    assert '<script>"x"' not in reply.text


@pytest.mark.parametrize(("method", "target"), [("GET", "/policy"), ("POST", "/break/stop")])
def test_somebody_who_asks_too_often_waits_and_nobody_else_does(portal, method, target):
    for _ in range(61):
        reply = portal.send(method, target, headers={"origin": HOME})
    assert reply.status == 429
    assert reply.headers["retry-after"] == "60"
    assert portal.get("/", BEN).status == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [("/nowhere", 404), ("/records?day=x", 400), ("/?unknown=1", 400), ("/records/../cases", 404)],
)
def test_what_is_not_there_is_said_plainly(shared, target, status):
    reply = shared.get(target)
    assert reply.status == status
    assert "<h1>" in reply.text
    assert "Traceback" not in reply.text


@pytest.mark.parametrize(("address", "who"), [("/requests", BEN), ("/helpdesk", ADA)])
def test_pages_for_some_are_for_them(shared, address, who):
    assert shared.get(address, who).status == 403
    assert address not in shared.get("/", who).text


def test_a_ledger_that_cannot_be_used_is_our_fault_and_said(portal):

    async def broken(_):
        raise LedgerError("no")

    object.__setattr__(portal.house, "ledger", broken)
    assert portal.get("/cases").status == 503
    assert "cannot look up" in portal.get("/").text
    assert portal.post("/break/start", **{"break": "break:own"}).status == 503


def test_a_browser_that_says_nothing_of_itself_is_served(shared):
    assert BROWSER
    assert shared.send("GET", "/").status == 200


def test_a_form_that_is_too_long_is_not_taken(shared):
    reply = shared.send(
        "POST", "/break/start", headers={"origin": HOME, "content-type": TYPED}, body=b"x" * 20_000
    )
    assert reply.status == 400
