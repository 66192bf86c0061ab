"""
The Open Cybersecurity Schema Framework, 1.3.

Laws of this file:

1. The class goes by ECS's own category, which every action has, so that a new action needs no line
   here. What the schema has no class for is a base event.
2. What it has no attribute for stands below `unmapped`, under its ECS name. Cookies and headers,
   which it recommends for HTTP activity, are in no record.

Source: schema.ocsf.io, classes HTTP Activity [4002], Network Activity [4001], Application Lifecycle
[6002] and Base Event [0], profiles `host` and `security_control`.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from breaktime.audit.entry import Entry

VERSION = "1.3.0"

_METHODS = {
    "CONNECT": 1, "DELETE": 2, "GET": 3, "HEAD": 4, "OPTIONS": 5, "POST": 6, "PUT": 7, "TRACE": 8,
}  # fmt: skip
_OTHER = 99
_SEVERITY = {"I": 1, "W": 3, "E": 4}
"""Informational, medium and high, by the last letter of the code."""

_STATUS = {"success": 1, "failure": 2}
_ACTION = {"allow": 1, "block": 2}
"""Allowed and denied. The dispositions `Allowed` and `Blocked` have the same numbers."""

_MAPPED = frozenset({
    "@timestamp", "message", "event.id", "event.sequence", "event.code", "event.outcome",
    "event.reason", "observer.vendor", "observer.version", "observer.name", "user.name",
    "user.hash", "user.group.name", "source.ip", "rule.ruleset", "rule.id", "rule.name",
    "ecs.version", "event.module", "event.dataset", "event.kind", "event.type",
})  # fmt: skip
"""What has an attribute in every class, or says only that it is ECS."""

_WEB = frozenset({
    "url.scheme", "url.domain", "url.path", "url.query", "http.request.method",
    "http.response.status_code",
})  # fmt: skip


_DEEP = 4
"""Mappings of ours are no deeper; what is, is no record of ours."""


class _Class(NamedTuple):
    """A class of the schema, what was done in it, and what of the record it has taken up."""

    uid: int
    activity: int
    attributes: Mapping[str, Any]
    mapped: frozenset[str]


def as_ocsf(entry: Entry) -> str:
    """Return the record as one line of JSON."""
    flat = dict(_flat(entry.record))
    found = _class_of(flat)
    event: dict[str, Any] = {
        "time": int(entry.at.timestamp() * 1000),
        "category_uid": found.uid // 1000,
        "class_uid": found.uid,
        "activity_id": found.activity,
        "type_uid": found.uid * 100 + found.activity,
        "activity_name": flat["event.action"] if found.activity == _OTHER else None,
        "severity_id": _SEVERITY.get(str(flat.get("event.code"))[-1:], _OTHER),
        "status_id": _STATUS.get(str(flat.get("event.outcome")), _OTHER),
        "status_detail": flat.get("event.reason"),
        "message": flat.get("message"),
        "metadata": _metadata(flat),
        **found.attributes,
        **_control(flat),
    }
    if {"user.name", "user.hash"} & {key for key, value in flat.items() if value is not None}:
        groups = [{"name": name} for name in sorted(_words(flat, "user.group.name"))]
        event["actor"] = {
            "user": {
                "name": flat.get("user.name"),
                "uid": flat.get("user.hash"),
                "groups": groups or None,
            }
        }
    event["unmapped"] = {
        key: value
        for key, value in flat.items()
        if key not in _MAPPED | found.mapped and value is not None
    }
    return json.dumps(_without_nothing(event), separators=(",", ":"))


def _class_of(flat: Mapping[str, Any]) -> _Class:
    """Return the class of a record, by its ECS category."""
    categories, types = _words(flat, "event.category"), _words(flat, "event.type")
    server = {"hostname": flat["url.domain"]} if flat.get("url.domain") else None
    client = {"ip": flat["source.ip"]} if flat.get("source.ip") else None
    ends = {"dst_endpoint": server, "src_endpoint": client}
    if "web" in categories and server is not None:
        activity = _METHODS.get(str(flat.get("http.request.method")), _OTHER)
        return _Class(4002, activity, {**ends, **_exchange(flat)}, _WEB)
    if "network" in categories and (server or client):
        activity = 2 if "end" in types else 5
        return _Class(4001, activity, ends, frozenset({"url.domain"}))
    if "process" in categories:
        activity = 3 if "start" in types else 4
        return _Class(6002, activity, {"app": _product(flat)}, frozenset())
    return _Class(0, _OTHER, {"src_endpoint": None}, frozenset())


def _exchange(flat: Mapping[str, Any]) -> dict[str, Any]:
    url = {
        "scheme": flat.get("url.scheme"),
        "hostname": flat["url.domain"],
        "path": flat.get("url.path"),
        "query_string": flat.get("url.query"),
    }
    code = flat.get("http.response.status_code")
    return {
        "http_request": {"http_method": flat.get("http.request.method"), "url": url},
        "http_response": None if code is None else {"code": code},
    }


def _control(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the gateway decided, and by which policy."""
    action = _ACTION.get(str(flat.get("breaktime.verdict")))
    if flat["event.action"] == "visit-observed":
        action = 1  # it was judged, and nothing came of it
    return {
        "action_id": action,
        "disposition_id": action,
        "policy": {"uid": flat.get("rule.ruleset"), "name": "breaktime"},
        "firewall_rule": {"uid": flat.get("rule.id"), "name": flat.get("rule.name")}
        if flat.get("rule.id")
        else None,
    }


def _metadata(flat: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "product": _product(flat),
        "profiles": ["host", "security_control"],
        "uid": flat.get("event.id"),
        "event_code": flat.get("event.code"),
        "sequence": flat.get("event.sequence"),
        "log_name": flat.get("event.dataset"),
        "log_provider": flat.get("observer.name"),
    }


def _product(flat: Mapping[str, Any]) -> dict[str, Any]:
    vendor = flat.get("observer.vendor")
    return {"vendor_name": vendor, "name": vendor, "version": flat.get("observer.version")}


def _flat(record: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return the values of nested keys under their dotted names."""
    found: list[tuple[str, Any]] = []
    for key, value in record.items():
        if not isinstance(value, Mapping):
            found.append((before + key, value))
        elif before.count(".") < _DEEP:
            found += _flat(value, f"{before}{key}.")
    return found


def _words(flat: Mapping[str, Any], key: str) -> set[str]:
    """Return the texts of a list."""
    found = flat.get(key)
    return {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()


def _without_nothing(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: _without_nothing(each) for key, each in value.items() if each is not None}
