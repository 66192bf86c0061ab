"""Schema, people: places, teams, single people, and the rules that are about some of them."""

from typing import Annotated, Any, Self

from pydantic import Field, Tag, model_validator

from breaktime.config.schema_breaks import BreakList, For, Whom, in_order
from breaktime.config.values import (
    KEYS,
    LIST,
    ONE,
    DateList,
    Day,
    Line,
    Network,
    PersonId,
    Region,
    Section,
    Zone,
    by_shape,
)
from breaktime.core.policy import Disagreement


class Place(Section):
    """A site with networks of its own."""

    networks: tuple[Network, ...] = Field(min_length=1)
    """Networks whose clients are in this place. Of two that hold a client the smaller counts."""
    breaks: BreakList | None = None
    """Breaks of everybody who works here, unless their team or they have others."""
    rota: Line | None = None
    """Name of the rota that gives the breaks; `breaks: {add: [...]}` may stand beside it."""
    timezone: Zone | None = None
    """Time zone of the place. That of the organisation if left out."""
    bank_holidays: Region | None = None
    """Bank holidays of the place: `GB-SCT`, or `none`. Those of the organisation if left out."""


class InDirectory(Section):
    """Members whom the directory knows."""

    directory_group: Line
    """Name of the directory group, as the sign-in reports it."""


type Members = Annotated[
    Annotated[tuple[PersonId, ...], Tag(LIST)] | Annotated[InDirectory, Tag(KEYS)],
    by_shape("must be a list such as `[a.jones, b.patel]`, or `{directory_group: GG-Legal}`"),
]


class Team(Section):
    """People with the same breaks."""

    members: Members | None = None
    """Sign-in names, or the directory group. May be left out if a table of people has them."""
    breaks: BreakList | None = None
    """Breaks of the team, instead of those of the place and of everyone."""
    rota: Line | None = None
    """Name of the rota that gives the breaks; `breaks: {add: [...]}` may stand beside it."""


class PersonRules(Section):
    """What holds for one person."""

    breaks: BreakList | None = None
    """Breaks of the person, instead of those of the teams, the place and everyone."""
    rota: Line | None = None
    """Name of the rota that gives the breaks; `breaks: {add: [...]}` may stand beside it."""
    timezone: Zone | None = None
    """Time zone of the person, wherever the request comes from."""
    bank_holidays: Region | None = None
    """Bank holidays of the person: `PL`, or `none`. Else those of the place."""


def _table_or_person(schema: dict[str, Any]) -> None:
    """Tell editors that text stands under `table` only."""
    either = schema["additionalProperties"]["oneOf"]
    schema["additionalProperties"] = next(each for each in either if "PersonRules" in each["$ref"])
    schema["title"] = "People"
    schema["description"] = "Single people by sign-in name, and a table of many."
    description = "CSV file with the columns person, team, breaks, timezone and rota."
    schema["properties"] = {"table": {"type": "string", "description": description}}


type People = Annotated[
    dict[
        PersonId,
        Annotated[
            Annotated[Line, Tag(ONE)] | Annotated[PersonRules, Tag(KEYS)],
            by_shape("must be keys with values such as `{breaks: [lunch]}`"),
        ],
    ],
    Field(json_schema_extra=_table_or_person),
]


class Everyone(Section):
    """What holds for everybody who is known."""

    breaks: BreakList
    """Breaks of those whom nothing more special gives any."""


class Exempt(Whom):
    """A population that is neither blocked nor recorded."""

    reason: Line
    """Why, for whoever audits the file."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set - {"reason"}) != 1:
            raise ValueError("must name one person, one team or one place; write a rule for each")
        return self


class BusinessCase(Section):
    """Approved use of platforms or pages, which needs no break."""

    id: Line
    """Number of the case; it is in every record of its use."""
    for_: For = Field(alias="for")
    """Whose work it is."""
    platforms: tuple[Line, ...] = ()
    """Platforms that are open as a whole."""
    pages: tuple[Line, ...] = ()
    """Pages that are open: `facebook.com/groups/exampleshire-foster-carers`."""
    purpose: Line
    """What it is for."""
    requested_by: Line
    """Who asked for it."""
    approved_by: Line
    """Who approved it; not who asked for it."""
    from_: Day | None = Field(default=None, alias="from")
    """First day. Since ever if left out."""
    until: Day
    """Last day, included."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        in_order(self.from_, self.until)
        if not self.platforms and not self.pages:
            raise ValueError("must name at least one of `platforms` and `pages`")
        return self


class Suspension(Section):
    """Personal use withdrawn for whole days; business cases and own pages stay."""

    for_: For = Field(alias="for")
    """Whom it is about."""
    from_: Day = Field(alias="from")
    """First day."""
    until: Day
    """Last day, included."""
    reference: Line | None = None
    """Number of the file at HR. Never write the reason itself here."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        in_order(self.from_, self.until)
        return self


class DatedException(Section):
    """Breaks that win over every weekly rule on their dates."""

    dates: DateList
    """`2026-12-24`, `2027-05-06 to 2027-05-07`, or a list of them."""
    for_: For = Field(alias="for")
    """Whom it is about."""
    breaks: BreakList
    """Breaks of these dates; `none` closes them; `{add: [...]}` keeps the weekly ones too."""
    reason: Line = ""
    """Why, for whoever reads the file."""


class WhenRulesDisagree(Section):
    """What counts where two rules of the same rank differ."""

    two_teams: Disagreement = Disagreement.MOST_GENEROUS
    """Somebody in two teams has the breaks of both, or (`narrowest`) those both have."""
