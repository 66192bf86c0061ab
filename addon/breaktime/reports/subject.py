"""All that the log says of one person, with words for it, and nothing of anybody else."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from breaktime.audit.own import own_records
from breaktime.audit.reading import Line, safe_sentence, value_at
from breaktime.audit.selection import Selection
from breaktime.core.policy import Policy
from breaktime.pages.texts import Texts

BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
END = datetime(2900, 1, 1, tzinfo=UTC)

_pages = Environment(
    loader=PackageLoader("breaktime.reports", "."), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What is known of one person.

    Fields:
        person: canonical id.
        made: UTC instant.
        teams: as the configuration has them now.
        cases: business cases of the person alone: id, first and last day.
        records: as they stand in the log.
        proof: that they do, or None where the log is not sealed.
    """

    person: str
    made: datetime
    teams: tuple[str, ...]
    cases: tuple[tuple[str, str, str], ...]
    records: tuple[Line, ...]
    proof: Mapping[str, Any] | None = None


def subject_of(
    directory: Path,
    chosen: Selection,
    made: datetime,
    policy: Policy | None,
    words: Collection[str] = (),
) -> Subject:
    """
    Collect what is known of one person.

    Args:
        directory: where the log is.
        chosen: one person, and a stretch of time.
        made: UTC instant.
        policy: what knows teams and business cases, if anything does.
        words: pseudonyms of the person.

    Raises:
        OSError: the log cannot be read.
    """
    (person,) = chosen.people
    since, until = chosen.since or BEGINNING, chosen.until or END
    records = tuple(own_records(directory, person, since, until, words))
    if policy is None:
        return Subject(person, made, (), (), records)
    cases = tuple(
        (case.rule.id, case.since.isoformat(), case.until.isoformat())
        for who, case in policy.cases
        if who.id == person and who.kind == "person"
    )
    return Subject(person, made, policy.directory.person(person).teams, cases, records)


def rows(subject: Subject, texts: Texts) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield time, what happened, where, why and reference of each record, in words."""
    say = texts.portal
    for record in subject.records:
        action = str(value_at(record, "event.action") or "")
        reason = str(value_at(record, "event.reason") or "")
        site = str(value_at(record, "breaktime.platform") or say["site_unknown"])
        parts = (value_at(record, key) for key in ("url.domain", "url.path"))
        shown = (
            str(value_at(record, "@timestamp") or ""),
            str(say["actions"].get(action, action)).replace("{site}", site),
            "".join(str(part or "") for part in parts),
            str(say["reasons"].get(reason, reason)),
            str(value_at(record, "breaktime.decision.id") or ""),
        )
        yield tuple(map(safe_sentence, shown))  # type: ignore[misc]  # as many as there were


def as_object(subject: Subject, texts: Texts) -> dict[str, Any]:
    """Lay out everything for a program: the records as they were written."""
    return {
        "person": subject.person,
        "made": subject.made.isoformat(),
        "teams": subject.teams,
        "business_cases": [
            dict(zip(("id", "from", "until"), c, strict=True)) for c in subject.cases
        ],
        "fields": dict(texts.portal["fields"]),
        "counts": counts(subject.records),
        "records": subject.records,
        "proof": subject.proof,
    }


def as_page(subject: Subject, texts: Texts) -> str:
    """Write a page of HTML that loads nothing and runs nothing."""
    return _pages.get_template("subject.html").render(
        subject=subject,
        rows=rows(subject, texts),
        fields=texts.portal["fields"],
        counts=counts(subject.records),
        language=texts.language,
    )


def counts(records: Iterable[Line]) -> dict[str, int]:
    """Count records by what happened."""
    found: dict[str, int] = {}
    for record in records:
        action = str(value_at(record, "event.action"))
        found[action] = found.get(action, 0) + 1
    return dict(sorted(found.items()))
