"""Schema, file: the sections of a configuration file."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from breaktime.config.problems import quoted
from breaktime.config.schema_breaks import Blackout, Selection, WeeklyBreak
from breaktime.config.schema_directory import Directory
from breaktime.config.schema_gateway import Ending, Gateway, Ledger, Page, Records, Updates
from breaktime.config.schema_people import (
    BusinessCase,
    DatedException,
    Everyone,
    Exempt,
    People,
    PersonRules,
    Place,
    Suspension,
    Team,
    WhenRulesDisagree,
)
from breaktime.config.schema_rotas import Rota, Shift
from breaktime.config.values import DateList, Language, Line, Name, Region, Section, Zone
from breaktime.core.policy import Embeds, Logins
from breaktime.identity import IdentityConfig


def _version(found: object) -> object:
    """Refuse what only equals 1: `true` and `1.0`."""
    if type(found) is not int or found != 1:
        raise ValueError(f"must be `1`, found {quoted(found)}")
    return found


class Organisation(Section):
    """Whose network this is."""

    name: Line
    """Name of the organisation, as pages show it."""
    timezone: Zone
    """Whose wall clock counts, where place and person have no other: `Europe/London`."""
    bank_holidays: Region = "none"
    """Country and region, as the `holidays` library names them: `GB-ENG`; or `none`."""
    domains: tuple[Line, ...] = ()
    """Domains and realms of its people: of `EXAMPLE`, `EXAMPLE\\\\x` and `x` are one person."""
    closed_days: tuple[DateList, ...] = ()
    """Days that count as bank holidays: `2026-12-29`, or `2026-12-29 to 2026-12-31`."""
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1)
    """Languages of the pages, the first one first: `en`, `cy`, and those that the site brings."""


class Controlled(Selection):
    """The platforms that the rules are about. Everything else is none of our business."""

    rules: tuple[Line, ...] = ()
    """Folders with platform files of the site's own."""
    copies: Literal["judge", "ignore"] = "judge"
    """Pages in translators, caches and archives: `judge` them by the site inside, or `ignore`."""


class Configuration(Section):
    """Who may use social media on this network, and when."""

    version: Annotated[Literal[1], BeforeValidator(_version)]
    """Version of the format."""
    organisation: Organisation
    controlled: Controlled
    catalogue: Updates | None = None
    mode: Literal["enforce", "observe"] = "enforce"
    """
    Whether what is closed is refused.

    `enforce`, if left out. `observe`: it is judged and recorded, and nothing is refused; each
    record and the notice for staff say so.
    """
    never_control: tuple[Line, ...] = ()
    """Names that are never controlled, with everything below them. Wins over every list."""
    own_pages: tuple[Line, ...] = ()
    """Pages of the organisation: open to everybody at any time."""
    embeds: Embeds = Embeds.ALLOW
    """
    Parts of controlled platforms on other sites (players, posts, buttons), outside the breaks.

    `allow`, if left out: they are open. `placeholder`: something neutral stands in their place.
    `block`: they are not loaded.
    """
    logins: Logins = Logins.ALLOW
    """
    "Log in with ..." on other sites, outside the breaks.

    `allow`, if left out: it is open. `as-visit`: it counts as a visit to the platform.
    """
    breaks: dict[Name, WeeklyBreak] = Field(default_factory=dict)
    """Breaks by name."""
    shifts: dict[Name, Shift] = Field(default_factory=dict)
    """Shifts by name, each with its breaks."""
    rotas: dict[Name, Rota] = Field(default_factory=dict)
    """Rotas by name: which shift is worked on which day."""
    places: dict[Name, Place] = Field(default_factory=dict)
    """Sites with networks of their own, by name."""
    teams: dict[Name, Team] = Field(default_factory=dict)
    """Teams by name."""
    everyone: Everyone | None = None
    people: People = Field(default_factory=dict)
    """Single people by sign-in name, and a table of many."""
    exempt: tuple[Exempt, ...] = ()
    """Populations that are neither blocked nor recorded."""
    business_cases: tuple[BusinessCase, ...] = ()
    """Approved use of platforms or pages, which needs no break."""
    suspensions: tuple[Suspension, ...] = ()
    """Personal use withdrawn for some days."""
    exceptions: tuple[DatedException, ...] = ()
    """Dates on which other breaks hold than in other weeks."""
    blackouts: tuple[Blackout, ...] = ()
    """Times in which no break counts."""
    when_rules_disagree: WhenRulesDisagree = Field(default_factory=WhenRulesDisagree)
    ending: Ending = Field(default_factory=Ending)
    include: tuple[Line, ...] = ()
    """More files with the same keys: `cases.d/*.yaml`. In the main file only."""
    identity: tuple[IdentityConfig, ...] = ()
    """How people are recognised, in this order; the first that knows the person decides."""
    directory: Directory | None = None
    """Where passwords are checked and groups are looked up."""
    gateway: Gateway = Field(default_factory=Gateway)
    records: Records = Field(default_factory=Records)
    concerns: Line | None = None
    """Folder of concerns, `concerns.d`: one file a case. None if left out."""
    ledger: Ledger = Field(default_factory=Ledger)
    page: Page = Field(default_factory=Page)

    @cached_property
    def single(self) -> dict[str, PersonRules]:
        """The people who stand in the file itself."""
        return {who: each for who, each in self.people.items() if isinstance(each, PersonRules)}

    @property
    def people_table(self) -> str | None:
        """The file with all other people."""
        table = self.people.get("table")
        return table if isinstance(table, str) else None


def json_schema() -> dict[str, Any]:
    """Return the format as JSON Schema, for editors that complete and check while typing."""
    schema = Configuration.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
