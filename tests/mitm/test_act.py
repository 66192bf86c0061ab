"""The one file that changes a flow, and how."""

import pytest
from mitmproxy import http
from mitmproxy.flow import Error
from mitmproxy.test import tflow

from breaktime.mitm.act import MAX_REFUSED_BODY, answer, keep_ours, let_back, let_through
from breaktime.pages import LAST_RESORT

PAGE = LAST_RESORT.fault()


def live_flow(*, response=False):
    flow = tflow.tflow(resp=response)
    flow.live = True
    return flow


def test_an_answer_is_the_page_and_nothing_is_streamed():
    flow = live_flow()
    flow.request.stream = True

    answer(flow, PAGE)

    assert (flow.response.status_code, flow.response.raw_content) == (PAGE.status, PAGE.body)
    assert flow.request.stream is False
    assert flow.error is None


@pytest.mark.parametrize("method", ["HEAD", "head"])
def test_an_answer_to_head_tells_of_the_body_it_does_not_have(method):
    flow = live_flow()
    flow.request.method = method

    answer(flow, PAGE)

    assert flow.response.raw_content == b""
    assert flow.response.headers["content-length"] == str(len(PAGE.body))


@pytest.mark.parametrize(
    ("body", "killed"),
    [(0, False), (MAX_REFUSED_BODY, False), (MAX_REFUSED_BODY + 1, True), (None, True)],
)
def test_a_refused_upload_is_read_only_if_it_is_short(body, killed):
    flow = live_flow()

    answer(flow, PAGE, body=body)

    assert (flow.error is not None and flow.error.msg == Error.KILLED_MESSAGE) is killed


def test_what_was_meant_for_the_proxy_goes_no_further():
    flow = live_flow()
    for name in ("Proxy-Authorization", "proxy-connection", "PROXY-AUTHENTICATE"):
        flow.request.headers.add(name, "one")
        flow.request.headers.add(name, "two")

    let_through(flow)

    assert not [name for name in flow.request.headers if name.lower().startswith("proxy-")]
    assert flow.request.stream is True


@pytest.mark.parametrize(("controlled", "kept"), [(True, False), (False, True)])
def test_a_controlled_site_may_not_move_the_browser_elsewhere(controlled, kept):
    flow = live_flow(response=True)
    flow.response.headers["Alt-Svc"] = 'h3=":443"'

    let_back(flow, controlled=controlled, notice=None)

    assert ("alt-svc" in flow.response.headers) is kept
    assert flow.response.stream is True
    assert "breaktime-ends" not in flow.response.headers


def test_the_end_of_a_break_is_told_and_a_site_cannot_tell_it():
    flow = live_flow(response=True)
    flow.response.headers["Breaktime-Ends"] = "never"

    let_back(flow, controlled=True, notice="2026-11-23T14:00:00Z")

    assert flow.response.headers.get_all("breaktime-ends") == ["2026-11-23T14:00:00Z"]


def test_a_flow_without_an_answer_is_left_alone():
    let_back(live_flow(), controlled=True, notice="soon")


@pytest.mark.parametrize("name", ["Proxy-Authorization", "proxy-connection", "PROXY-X"])
def test_what_is_meant_for_proxies_is_kept_here(name):
    headers = http.Headers([(name.encode(), b"x"), (b"X-Proxy-A", b"y"), (b"Proxy", b"z")])

    keep_ours(headers)

    assert list(headers) == ["X-Proxy-A", "Proxy"]
