"""A person's browser, as far as the story needs one."""

import socket
import ssl
from datetime import time

import pytest

from breaktime.demo.client import visit
from breaktime.demo.stage import PEOPLE

pytestmark = pytest.mark.e2e

FACEBOOK = "https://www.facebook.com/"


def test_a_page_comes_back_with_its_status_and_who_signed(stage):
    stage.set_clock(time(12, 15))
    reply = visit(FACEBOOK, PEOPLE["a.jones"], stage.proxy, stage.trust)
    assert (reply.status, reply.issuer) == (200, "breaktime")
    assert "<h1>www.facebook.com</h1>" in reply.body


def test_it_asks_as_a_browser_in_which_somebody_typed_the_address(stage):
    stage.set_clock(time(12, 15))
    before = len(stage.records())
    visit(FACEBOOK, PEOPLE["c.lee"], stage.proxy, stage.trust)
    (record,) = stage.records()[before:]
    assert record["user"]["name"] == "c.lee"
    assert record["breaktime"]["visit"]["evidence"] == "user_navigation"


def test_who_is_not_trusted_is_not_believed(stage):
    (origin,) = stage.folder.glob("demo-internet.pem")
    with pytest.raises(ssl.SSLCertVerificationError):
        visit(FACEBOOK, PEOPLE["a.jones"], stage.proxy, origin)


def test_nobody_there_is_an_oserror(stage):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[:2]
    with pytest.raises(OSError, match="refused"):
        visit(FACEBOOK, PEOPLE["a.jones"], free, stage.trust)
