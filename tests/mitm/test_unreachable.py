"""What mitmproxy would say of itself is said by us."""

import pytest
from mitmproxy import version
from mitmproxy.proxy.layers.http import _http1, _http2

from breaktime.mitm.unreachable import speak
from breaktime.pages import LAST_RESORT


@pytest.fixture(autouse=True)
def _ours(monkeypatch):
    monkeypatch.setattr(_http1, "make_error_response", _http1.make_error_response)
    monkeypatch.setattr(_http2, "format_error", _http2.format_error)
    monkeypatch.setattr(version, "MITMPROXY", version.MITMPROXY)
    speak(lambda: LAST_RESORT)


def test_a_site_that_does_not_answer_is_told_as_one():
    answer = _http1.make_error_response(502, "[Errno 111] Connect call failed ('10.1.2.3', 443)")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert b"Connection: close" in head
    assert b"The site does not answer" in body
    assert b"Nid yw" in body
    assert b"10.1.2.3" not in answer
    assert b"mitmproxy" not in answer
    assert _http2.format_error(502, "x") == body
    assert "mitmproxy" not in version.MITMPROXY


def test_what_cannot_be_read_is_told_in_plain_words():
    answer = _http1.make_error_response(400, "<script>")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"<script>" not in answer
    assert b"cannot tell which site" in answer


def test_they_are_the_names_that_mitmproxy_calls():
    """If a new version calls others, this fails, and not silently the page."""
    assert "make_error_response" in _http1.Http1Server.send.__code__.co_names
    names = _http2.Http2Connection._handle_event.__code__.co_names
    assert "format_error" in names
