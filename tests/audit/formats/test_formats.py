"""What every form promises: one suite, asked of each."""

import json
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breaktime.audit.entry import read_entry
from breaktime.audit.formats import FORMATS
from breaktime.core.reasons import Reason
from breaktime.core.record import Action
from entries import entry_of
from records import LOADED, RECORDS, VISIT

SECRET = "canary-7f3a"


@pytest.fixture(params=FORMATS)
def form(request):
    return FORMATS[request.param]


def test_every_action_and_reason_is_told(form):
    """The two words by which a reader goes are in every form of every record."""
    for action, reason in product(Action, [None, *Reason]):
        text = form(entry_of(LOADED._replace(action=action, reason=reason)))
        assert action.value in text
        assert reason is None or reason.value in text
        text = form(entry_of(VISIT._replace(action=action, reason=reason)))
        assert action.value in text
        assert reason is None or reason.value in text


@given(RECORDS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_client_says_a_record_is_one_printable_line(record):
    entry = entry_of(record)
    for form in FORMATS.values():
        text = form(entry)
        assert text.isascii()
        assert text.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


OUTER = st.sampled_from(["event", "url", "user", "source", "breaktime"])
INNER = st.sampled_from(["category", "type", "code", "outcome", "reason"])


@given(st.dictionaries(OUTER, JSON), st.dictionaries(INNER, JSON))
@settings(max_examples=80, deadline=None)
def test_what_somebody_else_wrote_into_the_files_stops_no_sink(more, event):
    record = {**more, "@timestamp": "2026-11-23T12:07:41.318204Z"}
    record["event"] = {**event, "sequence": 1, "action": "x"}
    entry = read_entry(json.dumps(record).encode())
    for form in FORMATS.values():
        assert form(entry).isprintable()


def test_nesting_without_end_stops_no_sink(form):
    deep = '{"a":' * 400 + "1" + "}" * 400
    line = (
        '{"@timestamp":"2026-11-23T12:07:41Z","event":{"sequence":1,"action":"x"},"d":' + deep + "}"
    )
    assert form(read_entry(line.encode())).isprintable()


def test_nothing_is_said_that_is_not_in_the_record(form):
    """Every person, address and page that a form tells of comes from the record."""
    texts = "r.hughes", "finance", "10.0.0.7", "www.facebook.com", "/watch"
    assert any(each in form(entry_of(VISIT)) for each in texts)
    assert not any(each in form(entry_of(LOADED)) for each in texts)
