"""The Open Cybersecurity Schema Framework, against what its schema says of the classes we use."""

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from breaktime.audit.formats.ocsf import VERSION, as_ocsf
from breaktime.core.decide import Verdict
from breaktime.core.reasons import Reason
from breaktime.core.record import Action
from entries import entry_of
from records import BLOCKED, LOADED, NOON, RECORDS, VISIT

SCHEMA = json.loads(Path(__file__).with_name("ocsf-1.3.0.json").read_text())


def mapped(record):
    return json.loads(as_ocsf(entry_of(record, 7)))


def wrong(event):
    """Say what is not as the schema has it."""
    base, one = SCHEMA["base"], SCHEMA["classes"].get(str(event["class_uid"]))
    if one is None:
        return ["class"]
    found = [f"{key} is missing" for key in base["required"] if key not in event]
    if event["category_uid"] != one["category"] or event["activity_id"] not in one["activities"]:
        found.append("category or activity")
    if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
        found.append("type_uid")
    for key, values in base["enums"].items():
        if key in event and event[key] not in values:
            found.append(key)
    if one["at_least_one"] and not set(one["at_least_one"]) & set(event):
        found.append(f"none of {one['at_least_one']}")
    return found + list(misfits(event, {**base["attributes"], **one["attributes"]}))


def misfits(value, attributes, place=""):
    for key, each in value.items():
        kind = attributes.get(key)
        if kind is None:
            yield f"{place}{key} is no attribute"
        elif kind in {"string", "integer"}:
            if type(each) is not {"string": str, "integer": int}[kind]:
                yield f"{place}{key} is no {kind}"
        elif kind in {"strings", "groups"}:
            for item in each:
                if kind == "groups":
                    yield from misfits(item, SCHEMA["objects"]["group"]["attributes"], f"{key}.")
                elif not isinstance(item, str):
                    yield f"{place}{key}"
        elif kind != "any":
            rule = SCHEMA["objects"][kind]
            yield from (f"{key}.{each_}" for each_ in rule["required"] if each_ not in each)
            yield from misfits(each, rule["attributes"], f"{place}{key}.")


def test_a_visit():
    event = mapped(BLOCKED)
    unmapped = event.pop("unmapped")

    assert event == {
        "time": int(NOON.timestamp() * 1000),
        "category_uid": 4,
        "class_uid": 4002,
        "activity_id": 3,
        "type_uid": 400203,
        "severity_id": 1,
        "status_id": 1,
        "status_detail": "outside_breaks",
        "message": "Allowed: facebook.com, in a break",
        "metadata": {
            "version": VERSION,
            "product": {"vendor_name": "breaktime", "name": "breaktime", "version": "1.0.0"},
            "profiles": ["host", "security_control"],
            "uid": event["metadata"]["uid"],
            "event_code": "BT1002I",
            "sequence": 7,
            "log_name": "breaktime.audit",
            "log_provider": "gw-a",
        },
        "dst_endpoint": {"hostname": "www.facebook.com"},
        "src_endpoint": {"ip": "10.0.0.7"},
        "http_request": {
            "http_method": "GET",
            "url": {
                "scheme": "https",
                "hostname": "www.facebook.com",
                "path": "/watch",
                "query_string": "v=1+2",
            },
        },
        "http_response": {"code": 200},
        "action_id": 2,
        "disposition_id": 2,
        "policy": {"uid": "sha256:5f0c9e1b7a44", "name": "breaktime"},
        "firewall_rule": {"uid": "break:lunch", "name": "lunch"},
        "actor": {
            "user": {
                "name": "r.hughes",
                "uid": "pbx4t7mzq2hd6wkr5n3a",
                "groups": [{"name": "finance"}],
            }
        },
    }
    assert unmapped["breaktime.context"] == "break"
    assert "user.name" not in unmapped


# fmt: off
CLASSES = [
    (VISIT._replace(method="PATCH"),                                            4002, 99),
    (VISIT._replace(method="POST"),                                             4002, 6),
    (VISIT._replace(action=Action.CONNECTION_CUT),                              4001, 2),
    (LOADED._replace(action=Action.IDENTITY_FAILED, source="10.0.0.7"),         4001, 5),
    (LOADED._replace(action=Action.IDENTITY_FAILED),                            0,    99),
    (LOADED._replace(action=Action.SERVICE_STARTED),                            6002, 3),
    (LOADED._replace(action=Action.SERVICE_STOPPED),                            6002, 4),
    (LOADED._replace(action=Action.AUDIT_GAP),                                  0,    99),
]
# fmt: on


@pytest.mark.parametrize(("record", "uid", "activity"), CLASSES)
def test_classes(record, uid, activity):
    event = mapped(record)
    assert (event["class_uid"], event["activity_id"]) == (uid, activity)
    assert ("activity_name" in event) is (activity == 99)


def test_what_was_observed_was_not_denied():
    event = mapped(BLOCKED._replace(action=Action.VISIT_OBSERVED))
    assert (event["action_id"], event["disposition_id"]) == (1, 1)
    assert event["unmapped"]["breaktime.verdict"] == Verdict.BLOCK


def test_every_action_and_reason_is_as_the_schema_says():
    for record, action, reason in product((VISIT, LOADED), Action, [None, *Reason]):
        event = mapped(record._replace(action=action, reason=reason))
        assert wrong(event) == []


@given(RECORDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_record_is_as_the_schema_says(record):
    assert wrong(mapped(record)) == []


def test_the_reader_of_the_schema_finds_what_it_should():
    event = mapped(VISIT)
    assert wrong({**event, "colour": 1})
    assert wrong({**event, "activity_id": 17})
    assert wrong({**event, "action_id": 3})
    assert wrong({key: value for key, value in event.items() if key != "metadata"})
    assert wrong({**event, "http_response": {}})
    assert wrong({key: event[key] for key in event if not key.startswith("http_")})
