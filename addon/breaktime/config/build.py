"""Build: from the format of the file to the policy, every name resolved."""

from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

from breaktime.config import fingerprint, named, regions
from breaktime.config.build_breaks import Breaks, subject
from breaktime.config.crowd import Both, Crowd, read_crowd
from breaktime.config.draft import Draft
from breaktime.config.platforms import chosen, listed, never_controlled, page
from breaktime.config.positions import Path
from breaktime.config.problems import quoted
from breaktime.config.rules import Rules
from breaktime.config.schema_breaks import as_list
from breaktime.config.schema_file import Configuration
from breaktime.config.schema_people import BusinessCase as CaseForm
from breaktime.config.schema_people import InDirectory, PersonRules
from breaktime.config.schema_people import Place as PlaceForm
from breaktime.config.text import Dates
from breaktime.core.breaks import Suspension
from breaktime.core.cases import BusinessCase
from breaktime.core.policy import Exemption, Policy, Subject, SubjectKind
from breaktime.core.rule import Rule
from breaktime.core.signin import canonical
from breaktime.core.who import Directory, Network, Person, Place


def build(draft: Draft, model: Configuration, rules: Rules) -> Policy:
    """
    Return the policy of a configuration.

    It is complete only if the draft has no problems afterwards.
    """
    controlled = chosen(draft, rules, model.controlled, ("controlled",))
    if not controlled and not draft.problems:
        draft.refuse(("controlled",), "no platform is chosen", "name `categories` or `platforms`")
    never = never_controlled(draft, model.never_control)
    breaks = Breaks(draft, rules, controlled, model)
    closed = _closed_days(model)
    holidays = regions.bank_holidays(model.organisation.bank_holidays) | closed
    own_holidays = _own_holidays(model, closed)
    layers = breaks.layers(model)
    known_days = holidays.union(*own_holidays.values())
    for index, each in enumerate(model.gateway.pinned):
        listed(draft, rules, each.platforms, ("gateway", "pinned", index, "platforms"))
    crowd = read_crowd(draft, model, breaks)
    _warn(draft, model)
    return Policy(
        organisation=model.organisation.name,
        zone=model.organisation.timezone,
        catalogue=rules.catalogue.only(
            controlled, never, copies=model.controlled.copies == "judge"
        ),
        directory=_directory(draft, model, crowd),
        fingerprint=fingerprint.of(
            draft.sources.data, rules, controlled, known_days, draft.digests
        ),
        own_pages=_own_pages(draft, model, rules, controlled),
        exemptions=_exemptions(draft, model),
        cases=_cases(draft, model, rules, controlled),
        zones=Both(_zones(model), crowd.zones),
        breaks=Both(layers, crowd.breaks),
        exceptions=breaks.exceptions(model),
        blackouts=breaks.blackouts(model),
        suspensions=_suspensions(draft, model),
        holidays=holidays,
        own_holidays=own_holidays,
        embeds=model.embeds,
        logins=model.logins,
        disagreement=model.when_rules_disagree.two_teams,
    )


def _closed_days(model: Configuration) -> frozenset[date]:
    return frozenset[date]().union(
        *(
            each.every()
            for entry in model.organisation.closed_days
            for each in as_list(entry, Dates)
        )
    )


def _own_holidays(model: Configuration, closed: frozenset[date]) -> dict[Subject, frozenset[date]]:
    """Return the bank holidays of people and places elsewhere; equal regions share one set."""
    sets: dict[str, frozenset[date]] = {}
    found: dict[Subject, frozenset[date]] = {}
    people = ((Subject(SubjectKind.PERSON, name), each) for name, each in model.single.items())
    places = ((Subject(SubjectKind.PLACE, name), each) for name, each in model.places.items())
    for who, rules in chain[tuple[Subject, PersonRules | PlaceForm]](people, places):
        region = rules.bank_holidays
        if region is not None:
            if region not in sets:
                sets[region] = regions.bank_holidays(region) | closed
            found[who] = sets[region]
    return found


def _directory(draft: Draft, model: Configuration, crowd: Crowd) -> Directory:
    named.check(draft, model)
    teams: dict[str, set[str]] = {person: set() for person in model.single}
    groups: dict[str, list[str]] = {}
    for name, team in sorted(model.teams.items()):
        if isinstance(team.members, InDirectory):
            groups.setdefault(team.members.directory_group, []).append(name)
            continue
        if team.members is None and model.people_table is None:
            draft.refuse(("teams", name), "`members` is missing", at_key=True)
        elif not team.members and name not in crowd.teams:
            path: Path = ("teams", name) if team.members is None else ("teams", name, "members")
            draft.warn(path, "nobody is in this team")
        for person in team.members or ():
            teams.setdefault(person, set()).add(name)
    for person, known in teams.items():
        if person in crowd:
            known.update(crowd[person].teams)
    # Teams by name: in whatever order a file lists them, the answer is the same.
    people = {person: Person(person, tuple(sorted(of))) for person, of in teams.items()}
    return Directory(
        people=Both(people, crowd),
        groups={group: tuple(names) for group, names in groups.items()},
        places=_places(draft, model),
    )


def _places(draft: Draft, model: Configuration) -> tuple[Place, ...]:
    owners: dict[Network, tuple[str, Path]] = {}
    for name, place in model.places.items():
        for index, network in enumerate(place.networks):
            path: Path = ("places", name, "networks", index)
            other, first = owners.setdefault(network, (name, path))
            if first != path:
                spot = draft.spot(first)
                what = f"{quoted(network)} belongs to `{other}` already"
                draft.refuse(path, what, f"first at {spot.file}:{spot.line}")
    return tuple(Place(name, place.networks) for name, place in model.places.items())


def _zones(model: Configuration) -> dict[Subject, ZoneInfo]:
    people = (
        (Subject(SubjectKind.PERSON, person), rules.timezone)
        for person, rules in model.single.items()
    )
    places = (
        (Subject(SubjectKind.PLACE, name), place.timezone) for name, place in model.places.items()
    )
    return {who: zone for who, zone in chain(people, places) if zone is not None}


def _own_pages(
    draft: Draft, model: Configuration, rules: Rules, controlled: frozenset[str]
) -> dict[str, dict[str, Rule]]:
    found: dict[str, dict[str, Rule]] = {}
    for index, written in enumerate(model.own_pages):
        path: Path = ("own_pages", index)
        known = page(draft, rules, written, path)
        if known is None:
            continue
        platform, key = known
        if platform not in controlled:
            draft.warn(path, f"`{platform}` is not controlled, so the page is open anyway")
        rule = draft.rule(f"own-page:{written}", path)
        found.setdefault(platform, {}).setdefault(key, rule)
    return found


def _exemptions(draft: Draft, model: Configuration) -> tuple[Exemption, ...]:
    found: list[Exemption] = []
    for index, exempt in enumerate(model.exempt):
        path: Path = ("exempt", index)
        who = subject(draft, exempt, path)
        if who is not None:
            rule = draft.rule(f"exempt:{who.kind}:{who.id}", path)
            found.append(Exemption(rule, who))
    return tuple(found)


def _cases(
    draft: Draft, model: Configuration, rules: Rules, controlled: frozenset[str]
) -> tuple[tuple[Subject, BusinessCase], ...]:
    found: list[tuple[Subject, BusinessCase]] = []
    firsts: dict[str, Path] = {}
    for index, case in enumerate(model.business_cases):
        path: Path = ("business_cases", index)
        first = firsts.setdefault(case.id, path)
        if first != path:
            spot = draft.spot((*first, "id"))
            what = f"there is a case {quoted(case.id)} already"
            draft.refuse((*path, "id"), what, f"first at {spot.file}:{spot.line}")
        who = subject(draft, case.for_, (*path, "for"))
        built = _case(draft, rules, controlled, case, path)
        if who is not None:
            found.append((who, built))
    return tuple(found)


def _case(
    draft: Draft, rules: Rules, controlled: frozenset[str], case: CaseForm, path: Path
) -> BusinessCase:
    platforms = listed(draft, rules, case.platforms, (*path, "platforms"))
    pages = (
        page(draft, rules, written, (*path, "pages", index))
        for index, written in enumerate(case.pages)
    )
    known = frozenset(each for each in pages if each is not None)
    for platform in sorted((platforms | {each for each, _ in known}) - controlled):
        draft.warn(path, f"`{platform}` is not controlled, so it needs no business case")
    if canonical(case.approved_by) == canonical(case.requested_by):
        what = f"{quoted(case.approved_by)} approved a case of their own"
        draft.warn((*path, "approved_by"), what, "let somebody else approve it")
    rule = draft.rule(f"business-case:{case.id}", path)
    return BusinessCase(rule, platforms, known, case.from_ or date.min, case.until)


def _suspensions(draft: Draft, model: Configuration) -> tuple[tuple[Subject, Suspension], ...]:
    found: list[tuple[Subject, Suspension]] = []
    for index, suspension in enumerate(model.suspensions):
        path: Path = ("suspensions", index)
        who = subject(draft, suspension.for_, (*path, "for"))
        rule = draft.rule(f"suspension:{suspension.reference or index + 1}", path)
        if who is not None:
            found.append((who, Suspension(rule, suspension.from_, suspension.until)))
    return tuple(found)


def _warn(draft: Draft, model: Configuration) -> None:
    """Warn of what works, but is hardly what is wanted."""
    if not model.identity:
        what = "nobody can be recognised, so every break is closed"
        draft.warn((), what, "say under `identity` how people sign in")
    if ":" in (model.ledger.url or "").partition("://")[2].rpartition("@")[0]:
        what = "holds a password, for everybody who may read this file"
        draft.warn(("ledger", "url"), what, "put it into the file that `PGPASSFILE` names")
