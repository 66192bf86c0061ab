"""
A record in the words of the Elastic Common Schema 9.4, and of `breaktime.` where it has none.

Laws of this file:

1. What is written is listed here, key by key, from the fields of `Record` and from nothing else.
2. The keys of `ALWAYS` are on every line, null where they say nothing; those of `SOMETIMES` only
   where they do. A test holds both sets against what is written.
3. Codes are never given to anything else: alerts and reports go by them.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlencode

from breaktime.core.decide import Reason
from breaktime.core.record import Action, Record, Totals
from breaktime.core.session import METHOD

ECS_VERSION = "9.4.0"

SCHEMA = 1
"""`breaktime.v`: grows when a key is taken away or changes its meaning, not for a new one."""

# fmt: off
ALWAYS = frozenset({
    "@timestamp", "ecs.version", "message", "event.id", "event.sequence", "event.kind",
    "event.category", "event.type", "event.outcome", "event.action", "event.reason",
    "event.code", "event.module", "event.dataset", "observer.type", "observer.vendor",
    "observer.name", "observer.version", "user.name", "url.domain", "url.path", "rule.id",
    "rule.ruleset", "breaktime.v", "breaktime.context", "breaktime.verdict",
    "breaktime.decision.id",
})

SOMETIMES = frozenset({
    "url.scheme", "url.query", "user.group.name", "source.ip", "http.request.method",
    "http.response.status_code", "rule.name", "rule.category", "error.type", "file.path",
    "breaktime.platform", "breaktime.role", "breaktime.place", "breaktime.because",
    "breaktime.visit.evidence", "breaktime.visit.counted", "breaktime.visit.bypass",
    "breaktime.removed",
    "breaktime.names", "breaktime.changes_at", "breaktime.config.problems", "breaktime.lost",
    "breaktime.budget.granted_s", "breaktime.budget.used_s", "breaktime.budget.sitting",
    "breaktime.repeat", "breaktime.identity.method",
    "breaktime.by", "breaktime.request", "breaktime.about", "breaktime.note",
    "breaktime.outlet",
    "breaktime.purge.id", "breaktime.purge.lines", "breaktime.purge.digest", "breaktime.purge.rule",
    "source.bytes", "destination.bytes",
    "breaktime.session.visits", "breaktime.session.requests", "breaktime.session.active_minutes",
    "breaktime.session.first", "breaktime.session.last", "breaktime.session.method",
    "user.hash", "breaktime.concern.case", "breaktime.concern.told",
    "breaktime.count.visits", "breaktime.count.people", "breaktime.count.from",
    "breaktime.count.to",
})
# fmt: on


class Code(NamedTuple):
    """
    What an action and its outcome are called.

    Fields:
        code: `BT`, four digits, and I, W or E: information, warning, error.
        category, type: values that ECS allows together.
        outcome: success or failure. A refusal is a success: the gateway did what it is for.
    """

    code: str
    category: tuple[str, ...]
    type: tuple[str, ...]
    outcome: str


FEWEST = "5 or more"
"""What a count says of people; `fewer` where there were not as many."""

_WEB = ("web", "network")

# fmt: off
CODES: dict[Action, Code] = {
    Action.VISIT_ALLOWED:   Code("BT1001I", _WEB, ("access", "allowed"), "success"),
    Action.VISIT_BLOCKED:   Code("BT1002I", _WEB, ("access", "denied"), "success"),
    Action.VISIT_BUSINESS:  Code("BT1003I", _WEB, ("access", "allowed"), "success"),
    Action.VISIT_OWN_PAGE:  Code("BT1004I", _WEB, ("access", "allowed"), "success"),
    Action.SESSION_ENDED:   Code("BT1010I", ("session",), ("end",), "success"),
    Action.VISITS_COUNTED:  Code("BT1007I", ("web",), ("info",), "success"),
    Action.CONNECTION_CUT:  Code("BT1020I", ("session", "network"), ("end", "denied"), "success"),
    Action.CONNECTION_PASSED: Code("BT1021I", ("session", "network"), ("start", "allowed"), "success"),  # noqa: E501  a table
    Action.BREAK_STARTED:   Code("BT1050I", ("session",), ("start",), "success"),
    Action.BREAK_ENDED:     Code("BT1051I", ("session",), ("end",), "success"),
    Action.BREAK_REFUSED:   Code("BT1052I", ("session",), ("info",), "success"),
    Action.CASE_REQUESTED:  Code("BT1060I", ("configuration",), ("info",), "success"),
    Action.CASE_APPROVED:   Code("BT1061I", ("configuration",), ("change",), "success"),
    Action.CASE_DECLINED:   Code("BT1062I", ("configuration",), ("info",), "success"),
    Action.RECORD_DISPUTED: Code("BT1070I", ("configuration",), ("info",), "success"),
    Action.ALLOWANCE_VIEWED: Code("BT1071I", ("configuration",), ("info",), "success"),
    Action.ALLOWANCE_RESET: Code("BT1072I", ("configuration",), ("change",), "success"),
    Action.LOG_READ:        Code("BT4001I", ("file",), ("access",), "success"),
    Action.SUBJECT_EXPORTED: Code("BT4002I", ("file",), ("access",), "success"),
    Action.IDENTITY_REVEALED: Code("BT4003I", ("iam",), ("admin", "info"), "success"),
    Action.REVEAL_ASKED:    Code("BT4004I", ("iam",), ("admin", "info"), "success"),
    Action.CONCERN_STARTED: Code("BT4010I", ("configuration",), ("change",), "success"),
    Action.CONCERN_ENDED:   Code("BT4011I", ("configuration",), ("change",), "success"),
    Action.VISIT_OBSERVED:  Code("BT1006I", _WEB, ("access", "allowed"), "success"),
    Action.VISIT_FAILED:    Code("BT1005W", _WEB, ("access", "error"), "failure"),
    Action.IDENTITY_FAILED: Code("BT1090W", ("authentication", "network"), ("info", "denied"), "failure"),  # noqa: E501  a table
    Action.CONFIG_LOADED:   Code("BT2001I", ("configuration",), ("change",), "success"),
    Action.CONFIG_REJECTED: Code("BT2002E", ("configuration",), ("info",), "failure"),
    Action.SERVICE_STARTED: Code("BT2010I", ("process",), ("start",), "success"),
    Action.SERVICE_STOPPED: Code("BT2011I", ("process",), ("end",), "success"),
    Action.WORKER_LOST:     Code("BT2012E", ("process",), ("end",), "failure"),
    Action.LEDGER_LOST:     Code("BT2020E", ("configuration",), ("info",), "failure"),
    Action.LEDGER_REGAINED: Code("BT2021I", ("configuration",), ("info",), "success"),
    Action.AUDIT_GAP:       Code("BT3001E", ("configuration",), ("info",), "failure"),
    Action.AUDIT_PURGED:    Code("BT3002I", ("configuration",), ("deletion",), "success"),
    Action.INTEGRITY_CHECKPOINT: Code("BT3010I", ("configuration",), ("info",), "success"),
    Action.INTEGRITY_RECOVERED:  Code("BT3011W", ("configuration",), ("info",), "failure"),
    Action.INTEGRITY_BROKEN:     Code("BT3012E", ("configuration",), ("change",), "failure"),
    Action.CLOCK_STEPPED:        Code("BT3030W", ("configuration",), ("change",), "failure"),
    Action.AUDIT_UNSENT:         Code("BT3020W", ("configuration",), ("info",), "failure"),
    Action.AUDIT_UNWITNESSED:    Code("BT3021W", ("configuration",), ("info",), "failure"),
    Action.AUDIT_WITNESSED:      Code("BT3022I", ("configuration",), ("info",), "success"),
    Action.PEER_FORKED:          Code("BT3023E", ("configuration",), ("info",), "failure"),
    Action.PEER_SILENT:          Code("BT3024W", ("configuration",), ("info",), "failure"),
    Action.PEER_HEARD:           Code("BT3025I", ("configuration",), ("info",), "success"),
    Action.AUDIT_POLICIES_PURGED: Code("BT3003I", ("configuration",), ("deletion",), "success"),
}
"""By what happened."""

FAULTS: dict[Action, Code] = {
    Action.VISIT_BLOCKED:   Code("BT1002E", _WEB, ("access", "denied", "error"), "failure"),
}
"""By what happened, where a fault of ours was the reason."""
# fmt: on

_FAULT: str = Reason.FILTER_ERROR.value


class Origin(NamedTuple):
    """Which gateway writes, and which version of breaktime it is."""

    gateway: str
    version: str


_AS_THEY_ARE = (
    "platform", "role", "place", "because", "removed", "names", "lost", "repeat", "by", "request",
    "about", "note", "outlet",
)  # fmt: skip
"""Fields of the record that have the same name below `breaktime.`, where they say something."""


def to_ecs(record: Record, *, sequence: int, event_id: str, origin: Origin) -> dict[str, Any]:
    """
    Lay out one record as nested ECS.

    Args:
        record: what happened.
        sequence: number of the line; one more than the line before.
        event_id: UUID of version 7.
        origin: the gateway that writes.

    Returns:
        Text, whole numbers, truth values, null, and lists and mappings of these.
    """
    action = record.action
    code = CODES[action]
    if record.reason == _FAULT:
        code = FAULTS.get(action, code)
    because = record.because
    rule: dict[str, Any] = {
        "id": because[0] if because else None,
        "ruleset": "sha256:" + record.ruleset if record.ruleset else None,
    }
    user: dict[str, Any] = {"name": record.person}
    url: dict[str, Any] = {"domain": record.domain, "path": record.path}
    line: dict[str, Any] = {
        "@timestamp": timestamp(record.at),
        "ecs": {"version": ECS_VERSION},
        "event": {
            "id": event_id,
            "sequence": sequence,
            "kind": "event" if record.tally is None else "metric",
            "category": code.category,
            "type": code.type,
            "outcome": code.outcome,
            "action": action,
            "reason": record.reason,
            "code": code.code,
            "module": "breaktime",
            "dataset": "breaktime.audit",
        },
        "observer": {
            "type": "proxy",
            "vendor": "breaktime",
            "name": origin.gateway,
            "version": origin.version,
        },
        "user": user,
        "url": url,
        "rule": rule,
        "message": record.message,
        "breaktime": _own(record),
    }
    if record.teams:
        user["group"] = {"name": record.teams}
    if because:
        rule["name"] = because[0].partition(":")[2] or because[0]
    if record.category is not None:
        rule["category"] = record.category
    if record.scheme is not None:
        url["scheme"] = record.scheme
    if record.parameters:
        url["query"] = query_of(record.parameters)
    _add_exchange(line, record)
    if record.session is not None:
        _add_session(line, record.session)
    if record.pseudonym is not None:
        user["hash"] = record.pseudonym
    return line


def timestamp(at: datetime) -> str:
    """Write an instant in UTC with microseconds, as RFC 3339 does."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def day_of(at: datetime) -> date:
    """Return the UTC date of an instant."""
    return at.date() if at.tzinfo is UTC else at.astimezone(UTC).date()


def query_of(parameters: Mapping[str, str]) -> str:
    """
    Write page-naming parameters as a query.

    There are no others in a record: the catalogue lists them, platform by platform.
    """
    return urlencode(parameters, errors="surrogatepass")


def _own(record: Record) -> dict[str, Any]:
    """Lay out what ECS has no words for."""
    own: dict[str, Any] = {
        "v": SCHEMA,
        "context": record.context,
        "verdict": record.verdict,
        "decision": {"id": record.decision},
    }
    for key in _AS_THEY_ARE:
        value = getattr(record, key)
        if value is not None and value != ():
            own[key] = value
    if record.known_by is not None:
        own["identity"] = {"method": record.known_by}
    if record.evidence is not None:
        own["visit"] = {"evidence": record.evidence, "counted": record.counted is True}
        if record.bypass:
            own["visit"]["bypass"] = True
    if record.changes_at is not None:
        own["changes_at"] = timestamp(record.changes_at)
    budget = {"granted_s": record.granted, "used_s": record.used, "sitting": record.sitting}
    budget = {key: value for key, value in budget.items() if value is not None}
    if budget:
        own["budget"] = budget
    if record.purge is not None:
        own["purge"] = record.purge._asdict()
    if record.problems is not None:
        own["config"] = {"problems": record.problems}
    _add_detail(own, record)
    return own


def _add_detail(own: dict[str, Any], record: Record) -> None:
    """Add why there is more of it than usual, and what is only counted."""
    if record.raised is not None:
        said = record.raised._asdict().items()
        own["concern"] = {key: value for key, value in said if value is not None}
    if record.tally is not None:
        own["count"] = {
            "visits": record.tally.visits,
            "people": FEWEST if record.tally.many else "fewer",
            "from": timestamp(record.tally.since),
            "to": timestamp(record.tally.until),
        }


def _add_exchange(line: dict[str, Any], record: Record) -> None:
    """Add what is known of the request and of faults."""
    http: dict[str, Any] = {}
    if record.method is not None:
        http["request"] = {"method": record.method}
    if record.status is not None:
        http["response"] = {"status_code": record.status}
    if http:
        line["http"] = http
    if record.source is not None and (address := _address(record.source)) is not None:
        line["source"] = {"ip": address}
    if record.error is not None:
        line["error"] = {"type": record.error}
    if record.file is not None:
        line["file"] = {"path": record.file}


def _add_session(line: dict[str, Any], totals: Totals) -> None:
    """Add what there was in a session, and what its minutes are."""
    line.setdefault("source", {})["bytes"] = totals.sent
    line["destination"] = {"bytes": totals.received}
    session: dict[str, Any] = {
        "visits": totals.visits,
        "requests": totals.requests,
        "active_minutes": totals.active_minutes,
        "method": METHOD,
    }
    if totals.first is not None and totals.last is not None:
        session |= {"first": timestamp(totals.first), "last": timestamp(totals.last)}
    line["breaktime"]["session"] = session


def _address(text: str) -> str | None:
    """Return an address as ECS takes it; one line with anything else would be refused whole."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
