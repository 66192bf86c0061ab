"""
Schema: what a line of the log may be, as types and as JSON Schema, for those who read it.

`python -m breaktime.audit.schema` prints the JSON Schema (2020-12); it is checked in as
`schema.json`. The writer does not ask these types: `ecs.py` lays lines out, and tests hold each
kind of line, and all that the gateways of the tests write, against both.

Laws of this file:

1. What is listed here is all that a line may have; there is no place for anything else.
2. Inside one `breaktime.v` fields and words are added; none is taken away or changes its meaning.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, core_schema

from breaktime.audit.ecs import CODES, ECS_VERSION, FAULTS, FEWEST, SCHEMA
from breaktime.audit.reasons import REASONS
from breaktime.core.decide import Context, Verdict
from breaktime.core.record import Action
from breaktime.core.session import METHOD
from breaktime.core.signin import Strength
from breaktime.core.visit import Evidence


class _OneOf:
    """Allows the words of a closed list, and nothing else."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))

    def __get_pydantic_core_schema__(self, _kind: Any, _handler: Any) -> CoreSchema:
        return core_schema.literal_schema(self._words)


_codes = [*CODES.values(), *FAULTS.values()]

_Code = Annotated[str, _OneOf(each.code for each in _codes)]
_Category = Annotated[str, _OneOf(word for each in _codes for word in each.category)]
_Type = Annotated[str, _OneOf(word for each in _codes for word in each.type)]
_Reason = Annotated[str, _OneOf(REASONS)]
_Instant = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$")]
_Uuid = Annotated[
    str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$")
]
_Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True, title=None
    )


class Ecs(_Part):
    """Which schema the names are of."""

    version: Literal[ECS_VERSION]  # type: ignore[valid-type]


class Event(_Part):
    """What happened."""

    id: _Uuid
    """A UUID of version 7, with a random part that nobody can guess."""
    sequence: Annotated[int, Field(ge=1)]
    """Number of the line; one more than that of the line before, also after a restart."""
    kind: Literal["event", "metric"]
    category: tuple[_Category, ...]
    type: tuple[_Type, ...]
    outcome: Literal["success", "failure"]
    """A refusal is a success: the gateway did what it is for."""
    action: Action
    reason: _Reason | None
    code: _Code
    """One for each action and outcome; its last letter says information, warning or error."""
    module: Literal["breaktime"]
    dataset: Literal["breaktime.audit"]


class Observer(_Part):
    """Who wrote it."""

    type: Literal["proxy"]
    vendor: Literal["breaktime"]
    name: str
    """The gateway, as the configuration calls it; `reader` for who read the log."""
    version: str


class Group(_Part):
    """Teams of the person."""

    name: tuple[str, ...]
    """Without those of fewer than five people where names are hidden."""


class User(_Part):
    """Whom it is about."""

    name: str | None
    """Sign-in name; null where nobody is known, or names are hidden."""
    hash: str | None = None
    """Pseudonym of the month."""
    group: Group | None = None


class Url(_Part):
    """Where to. Never more of a query than what names a page."""

    domain: str | None
    path: str | None
    scheme: str | None = None
    query: str | None = None


class Rule(_Part):
    """What decided."""

    id: str | None
    ruleset: str | None
    """Fingerprint of the policy."""
    name: str | None = None
    category: str | None = None


class Source(_Part):
    """From where."""

    ip: str | None = None
    """Only where nobody is known."""
    bytes: _Count | None = None
    """Of bodies and messages, to the site."""


class Destination(_Part):
    """The site, in numbers."""

    bytes: _Count
    """Of bodies and messages, from the site."""


class Request(_Part):
    """What was asked."""

    method: str


class Response(_Part):
    """What we answered."""

    status_code: int


class Http(_Part):
    """The exchange."""

    request: Request | None = None
    response: Response | None = None


class Error(_Part):
    """A fault of ours."""

    type: str
    """Class of the exception; never its text."""


class File(_Part):
    """A configuration, or a file of the log."""

    path: str


class Decision(_Part):
    """Which answer."""

    id: str | None
    """What stands on the block page."""


class Visit(_Part):
    """How sure it is that a person went to a page."""

    evidence: Evidence
    """As told by the browser."""
    counted: bool
    """Counts as a visit; attempts do not."""
    bypass: Literal[True] | None = None
    """Shown by a translator, a cache or an archive."""


class Identity(_Part):
    """How it is known who it is."""

    method: Strength


class Budget(_Part):
    """A break that the person started, in whole seconds."""

    granted_s: _Count | None = None
    used_s: _Count | None = None
    sitting: _Count | None = None
    """Which part of the day it is, from 1."""


class Config(_Part):
    """A configuration that was not taken."""

    problems: _Count


class Purged(_Part):
    """What was taken out of one file of the log."""

    id: _Id
    lines: _Count
    digest: _Hash
    """SHA-256 over what stands in their place."""
    rule: str


class Session(_Part):
    """One person on one platform in one break, in numbers."""

    visits: _Count
    requests: _Count
    active_minutes: _Count
    """Minutes in which a page was opened; never time spent."""
    method: Literal[METHOD]  # type: ignore[valid-type]
    first: _Instant | None = None
    last: _Instant | None = None


class ConcernOf(_Part):
    """Why more is written than usual."""

    case: str
    told: bool | None = None


class Counted(_Part):
    """What stands for records that are not written."""

    visits: _Count
    people: Literal[FEWEST, "fewer"]  # type: ignore[valid-type]
    since: Annotated[_Instant, Field(alias="from")]
    until: Annotated[_Instant, Field(alias="to")]


class Seal(_Part):
    """A checkpoint: what it seals, and with which key. `checkpoint.py` says how to prove it."""

    v: Literal[1]
    origin: str
    epoch: _Count
    lines: _Count
    root: _Hash
    prev: _Hash
    next: _Hash
    sig: Annotated[str, Field(pattern="^[0-9a-f]{128}$")]


class Own(_Part):
    """What the Elastic Common Schema has no words for."""

    v: Literal[SCHEMA]  # type: ignore[valid-type]
    """Major version of this schema."""
    context: Context | None
    """Whether it was in a break."""
    verdict: Verdict | None
    decision: Decision
    platform: str | None = None
    role: str | None = None
    place: str | None = None
    because: tuple[str, ...] | None = None
    """Ids of the rules that led to it, the deciding one first."""
    removed: tuple[str, ...] | None = None
    """What was cut off."""
    names: tuple[str, ...] | None = None
    """All names of the request, where they disagree."""
    lost: _Count | None = None
    repeat: _Count | None = None
    """How many more refusals came before this one, too many for a line each."""
    by: str | None = None
    request: str | None = None
    about: str | None = None
    note: str | None = None
    outlet: str | None = None
    identity: Identity | None = None
    visit: Visit | None = None
    changes_at: _Instant | None = None
    """When the answer changes."""
    budget: Budget | None = None
    purge: Purged | None = None
    config: Config | None = None
    concern: ConcernOf | None = None
    count: Counted | None = None
    session: Session | None = None
    seal: Seal | None = None


class Line(_Part):
    """A record, or a checkpoint over the records before it."""

    at: Annotated[_Instant, Field(alias="@timestamp")]
    ecs: Ecs
    event: Event
    observer: Observer
    user: User
    url: Url
    rule: Rule
    message: str
    """One plain sentence, of closed vocabularies and names of our own lists."""
    breaktime: Own
    http: Http | None = None
    source: Source | None = None
    destination: Destination | None = None
    error: Error | None = None
    file: File | None = None


class StoneEvent(_Part):
    """Which record it was."""

    sequence: Annotated[int, Field(ge=1)]


class StoneOwn(_Part):
    """What is left of it."""

    purged: tuple[_Id, _Hash]
    """Id of the purge that took it out, and the hash of the line that stood here."""


class Tombstone(_Part):
    """What stands in the place of a record whose time was over."""

    breaktime: StoneOwn
    event: StoneEvent


LINE: TypeAdapter[Line | Tombstone] = TypeAdapter(Line | Tombstone)
"""Reads any line of a log: `LINE.validate_json(line)`."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a line."""
    schema = LINE.json_schema()
    for each in schema["$defs"].values():
        _never_null(each)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": f"A line of the audit log of breaktime, version {SCHEMA}",
        **schema,
    }


def as_text() -> str:
    """Return the JSON Schema as it is checked in beside this file."""
    return json.dumps(json_schema(), indent=2) + "\n"


def _never_null(part: dict[str, Any]) -> None:
    """What need not be there is not there where it says nothing; it is never null."""
    for name, kind in part.get("properties", {}).items():
        if name in part.get("required", ()) or "default" not in kind:
            continue
        del kind["default"]
        kinds = [each for each in kind.pop("anyOf") if each != {"type": "null"}]
        kind.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


if __name__ == "__main__":
    print(as_text(), end="")  # noqa: T201  that is what the module is run for
