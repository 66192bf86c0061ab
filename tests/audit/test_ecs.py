"""A record in the words of ECS: which keys, which values, and nothing besides."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings

from breaktime.audit.ecs import ALWAYS, CODES, FAULTS, SOMETIMES, Origin, timestamp, to_ecs
from breaktime.core.decide import Reason
from breaktime.core.record import Action, Record
from records import BLOCKED, LOADED, NOON, RECORDS, VISIT

ORIGIN = Origin("gw-a", "1.0.0")
ID = "019abc53-7c1e-7b44-9f3e-5d0c8a2e37ff"


def laid_out(record):
    return to_ecs(record, sequence=48211, event_id=ID, origin=ORIGIN)


def flat(value, prefix=""):
    """Dotted key and value of everything in a nested mapping."""
    found = {}
    for key, each in value.items():
        if isinstance(each, Mapping):
            found |= flat(each, f"{prefix}{key}.")
        else:
            found[prefix + key] = each
    return found


def test_every_key_of_a_full_record():
    """The whole schema in one place."""
    assert flat(laid_out(VISIT)) == {
        "@timestamp": "2026-11-23T12:07:41.318204Z",
        "ecs.version": "9.4.0",
        "event.id": ID,
        "event.sequence": 48211,
        "event.kind": "metric",
        "event.category": ("web", "network"),
        "event.type": ("access", "allowed"),
        "event.outcome": "success",
        "event.action": "visit-allowed",
        "event.reason": "break_fixed",
        "event.code": "BT1001I",
        "event.module": "breaktime",
        "event.dataset": "breaktime.audit",
        "observer.type": "proxy",
        "observer.vendor": "breaktime",
        "observer.name": "gw-a",
        "observer.version": "1.0.0",
        "user.name": "r.hughes",
        "user.group.name": ("finance",),
        "url.domain": "www.facebook.com",
        "url.path": "/watch",
        "url.scheme": "https",
        "url.query": "v=1+2",
        "rule.id": "break:lunch",
        "rule.ruleset": "sha256:5f0c9e1b7a44",
        "rule.name": "lunch",
        "rule.category": "social",
        "message": "Allowed: facebook.com, in a break",
        "breaktime.v": 1,
        "breaktime.context": "break",
        "breaktime.verdict": "allow",
        "breaktime.decision.id": "d-7k3mq9x2vd",
        "breaktime.platform": "facebook",
        "breaktime.role": "page",
        "breaktime.place": "town-hall",
        "breaktime.because": ("break:lunch", "team:finance"),
        "breaktime.visit.evidence": "user_navigation",
        "breaktime.visit.counted": True,
        "breaktime.visit.bypass": True,
        "breaktime.removed": ("query",),
        "breaktime.names": ("www.facebook.com", "example.org"),
        "breaktime.changes_at": "2026-11-23T14:00:00.000000Z",
        "breaktime.config.problems": 2,
        "breaktime.lost": 3,
        "breaktime.budget.granted_s": 2700,
        "breaktime.budget.used_s": 1200,
        "breaktime.budget.sitting": 1,
        "breaktime.repeat": 4,
        "breaktime.identity.method": "kerberos",
        "breaktime.by": "m.finance",
        "breaktime.request": "3f9a2c71",
        "breaktime.about": "d-7k3mq9x2vd",
        "breaktime.note": "I was on the phone.",
        "breaktime.purge.id": "0" * 32,
        "breaktime.purge.lines": 3,
        "breaktime.purge.digest": "f" * 64,
        "breaktime.purge.rule": "break: 90 days",
        "source.bytes": 402113,
        "destination.bytes": 18230114,
        "user.hash": "pbx4t7mzq2hd6wkr5n3a",
        "breaktime.concern.case": "HR-2026-0143",
        "breaktime.concern.told": True,
        "breaktime.count.visits": 41,
        "breaktime.count.people": "5 or more",
        "breaktime.count.from": "2026-11-23T12:07:41.318204Z",
        "breaktime.count.to": "2026-11-23T12:07:41.318204Z",
        "breaktime.session.visits": 3,
        "breaktime.session.requests": 1284,
        "breaktime.session.active_minutes": 2,
        "breaktime.session.first": "2026-11-23T12:07:00.000000Z",
        "breaktime.session.last": "2026-11-23T12:07:41.318204Z",
        "breaktime.session.method": "minutes in which a page was opened",
        "breaktime.outlet": "syslog:siem.example.org:6514",
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "source.ip": "10.0.0.7",
        "error.type": "KeyError",
        "file.path": "/etc/breaktime/config.yaml",
    }


def test_a_full_record_has_every_key():
    assert set(flat(laid_out(VISIT))) == ALWAYS | SOMETIMES


def test_an_empty_record_has_the_keys_of_every_line():
    """Null where they say nothing: a reader need not ask whether a key is there."""
    line = flat(laid_out(LOADED))

    assert set(line) == ALWAYS
    assert {key for key, value in line.items() if value is None} == {
        "event.reason",
        "user.name",
        "url.domain",
        "url.path",
        "rule.id",
        "breaktime.context",
        "breaktime.verdict",
        "breaktime.decision.id",
    }


@given(RECORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_other_key_is_ever_written(record):
    keys = set(flat(laid_out(record)))

    assert keys >= ALWAYS
    assert keys <= ALWAYS | SOMETIMES


def test_what_a_record_can_hold():
    """
    What must never be written has no field to stand in.

    No query, fragment, cookie, credential, header, referrer, title or body. Whoever adds a field
    here has read docs/decisions.md first.
    """
    assert set(Record._fields) == {
        "at", "action", "message", "ruleset", "verdict", "reason", "context", "decision",
        "because", "person", "teams", "place", "platform", "category", "role", "scheme", "domain",
        "path", "parameters", "method", "status", "evidence", "counted", "names", "removed",
        "changes_at", "error", "source", "file", "problems", "lost", "granted", "used", "sitting",
        "repeat", "bypass", "by", "request", "about", "note", "known_by", "purge",
        "outlet", "session", "raised", "tally", "pseudonym",
    }  # fmt: skip


def test_every_action_has_a_code_of_its_own():
    """Alerts go by the code: every action and outcome has one, and no two have the same."""
    codes = [*CODES.values(), *FAULTS.values()]

    assert set(CODES) == set(Action)
    assert len({code.code for code in codes}) == len(codes)


# What ECS 9.4 allows: event.type by event.category
EXPECTED = {
    "authentication": {"start", "end", "info"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
    "file": {"access", "change", "creation", "deletion", "info"},
    "network": {"access", "allowed", "connection", "denied", "end", "info", "protocol", "start"},
    "process": {"access", "change", "end", "info", "start"},
    "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    "session": {"start", "end", "info"},
    "web": {"access", "error", "info"},
}


@pytest.mark.parametrize("code", [*CODES.values(), *FAULTS.values()], ids=lambda code: code.code)
def test_codes_are_legal(code):
    """Letters say how bad it is, and types are those that ECS expects of the categories."""
    assert code.code[:2] == "BT"
    assert code.code[2:6].isdigit()
    assert len(code.code) == 7
    assert (code.code[6] == "I") is (code.outcome == "success")
    assert code.outcome in {"success", "failure"}
    assert set(code.type) <= set().union(*(EXPECTED[each] for each in code.category))


def test_a_refusal_is_a_success():
    """The gateway did what it is for; a person reads it in the message."""
    event = laid_out(BLOCKED)["event"]

    assert (event["type"], event["outcome"]) == (("access", "denied"), "success")
    assert (event["code"], event["reason"]) == ("BT1002I", "outside_breaks")


def test_a_fault_of_ours_is_a_failure():
    event = laid_out(BLOCKED._replace(reason=Reason.FILTER_ERROR))["event"]

    assert event["type"] == ("access", "denied", "error")
    assert (event["code"], event["outcome"]) == ("BT1002E", "failure")


@pytest.mark.parametrize(
    ("source", "ip"),
    [("10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("2001:DB8::1", "2001:db8::1")],
)
def test_source(source, ip):
    assert laid_out(LOADED._replace(source=source))["source"]["ip"] == ip


def test_what_is_no_address_is_left_out():
    """ECS says that it is one: a search engine would refuse the whole line."""
    assert "source" not in laid_out(LOADED._replace(source="@unix"))


def test_a_rule_without_a_kind_is_its_own_name():
    assert laid_out(LOADED._replace(because=("lunch",)))["rule"]["name"] == "lunch"


def test_a_visit_that_does_not_count_says_so():
    assert laid_out(VISIT._replace(counted=None))["breaktime"]["visit"]["counted"] is False


def test_timestamp():
    """UTC, six digits and Z, wherever the instant was written down."""
    elsewhere = timezone(timedelta(hours=2))

    assert timestamp(NOON.astimezone(elsewhere)) == timestamp(NOON) == "2026-11-23T12:07:41.318204Z"
    assert timestamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000Z"
