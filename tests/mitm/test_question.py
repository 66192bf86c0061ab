"""Is the policy asked with everything that is known?"""

from types import SimpleNamespace

from mitmproxy.test import tflow

from breaktime.core.decide import Reason
from breaktime.core.flexible import NOTHING_TAKEN
from breaktime.core.policy import EVERYONE, Policy
from breaktime.mitm.observe import Tunnel, observe
from breaktime.mitm.question import Question
from calendars import utc
from flexibly import flexible
from office import SETTINGS, a_list

POLICY = Policy(**{**SETTINGS, "breaks": {EVERYONE: a_list("everyone", flexible())}})


def question():
    tunnel = Tunnel("c", "10.20.0.1", host="www.facebook.com", person="ada")
    flow = tflow.tflow()
    flow.request.host = flow.request.headers["host"] = "www.facebook.com"
    flow.server_conn.address = None
    flow.client_conn.sni = None
    state = SimpleNamespace(policy=POLICY)
    return Question(tunnel, observe(flow, tunnel, POLICY.catalogue), state, utc("2026-11-23 12:00"))


def test_what_the_ledger_says_is_unknown_until_it_is_read():
    ask = question()

    assert ask.decide().reason is Reason.LEDGER_UNREADABLE
    got = ask.with_usage(NOTHING_TAKEN).decide()
    assert got.reason is Reason.BREAK_AVAILABLE_NOT_STARTED


def test_facts_can_be_learned_later():
    ask = question().changed(person=None)

    assert ask.decide().reason is Reason.IDENTITY_UNKNOWN
    assert ask.tunnel.person == "ada"


def test_records_that_cannot_be_kept_refuse():
    assert question().decide(records_writable=False).reason is Reason.RECORDS_UNWRITABLE
