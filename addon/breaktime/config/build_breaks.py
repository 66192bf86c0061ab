"""Build, breaks: from what the file says about times to what the calendar understands."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

from breaktime.config import schema_breaks as form
from breaktime.config import schema_people as people
from breaktime.config.draft import Draft
from breaktime.config.platforms import chosen
from breaktime.config.positions import Path
from breaktime.config.problems import counted, quoted, suggestion
from breaktime.config.rotas import Rotas, Worked, warn_of_missing
from breaktime.config.rules import Rules
from breaktime.config.schema_file import Configuration
from breaktime.config.text import Dates
from breaktime.core.breaks import Blackout, Break, DatedException, FlexibleBreak
from breaktime.core.policy import EVERYONE, BreakList, Subject, SubjectKind
from breaktime.core.signin import canonical
from breaktime.core.wall import Span

_LONG_MINUTES: Final = 4 * 60
_DAY_MINUTES: Final = 24 * 60

type _OnRota = people.PersonRules | people.Team | people.Place
type _Given = _OnRota | people.Everyone
type _Entries = Literal["none"] | tuple[str | form.WeeklyBreak, ...] | form.Added


class Breaks:
    """
    The named breaks of a file, and the lists that use them.

    Fields:
        rotas: its rotas.
        named: its breaks by name.
    """

    def __init__(
        self, draft: Draft, rules: Rules, controlled: frozenset[str], model: Configuration
    ) -> None:
        """Build the named breaks."""
        self._draft = draft
        self._rules = rules
        self._controlled = controlled
        self.rotas = Rotas(draft, model)
        self.named = {
            name: self._weekly(f"break:{name}", weekly, ("breaks", name))
            for name, weekly in model.breaks.items()
        }

    def layers(self, model: Configuration) -> Mapping[Subject, BreakList]:
        """Return the break lists of people, teams, places and everyone."""
        found: dict[Subject, BreakList] = {}
        for subject, given, path in _layers(self._draft, model):
            name = f"{subject.kind}:{subject.id}" if subject.id else str(subject.kind)
            owner = f"break:{subject.kind}.{subject.id}" if subject.id else "break:everyone"
            entries = given.breaks
            breaks = () if entries is None else self._entries(entries, (*path, "breaks"), owner)
            adds = isinstance(entries, form.Added)
            rule = self._draft.rule(name, path)
            worked = self._worked(given, path)
            if worked is None:
                found[subject] = BreakList(rule, breaks, adds)
            else:
                every = (*worked.breaks, *breaks)
                found[subject] = BreakList(
                    rule, every, via=(worked.rule,), personal=worked.personal
                )
        return found

    def _worked(self, given: _Given, path: Path) -> Worked | None:
        """Return the rota of a team, place, person or everyone, if they have one."""
        if isinstance(given, people.Everyone) or given.rota is None:
            return None
        if given.breaks is not None and not isinstance(given.breaks, form.Added):
            what = "`breaks` and `rota` exclude each other"
            hint = "write `breaks: {add: [...]}` for breaks on top of the rota"
            self._draft.refuse((*path, "breaks"), what, hint, at_key=True)
        at = (*path, "rota")
        worked = self.rotas.of(given.rota, at)
        if worked is not None and isinstance(given, people.Team):
            members = given.members if isinstance(given.members, tuple) else ()
            warn_of_missing(self._draft, at, worked, members)
        return worked

    def exceptions(self, model: Configuration) -> tuple[tuple[Subject, DatedException], ...]:
        """Return the dated exceptions with whom they are for."""
        found: list[tuple[Subject, DatedException]] = []
        taken: dict[Subject, list[tuple[Dates, Path]]] = {}
        for index, exception in enumerate(model.exceptions):
            path: Path = ("exceptions", index)
            who = subject(self._draft, exception.for_, (*path, "for"))
            several = _dates(exception)
            first = several[0].since.isoformat()
            rule = self._draft.rule(f"exception:{first}", path)
            breaks = self._entries(exception.breaks, (*path, "breaks"), f"break:exception.{first}")
            if who is None:
                continue
            adds = isinstance(exception.breaks, form.Added)
            for dates in several:
                self._refuse_clash(taken.setdefault(who, []), dates, (*path, "dates"))
                found.append((who, DatedException(rule, *dates, breaks, adds)))
        return tuple(found)

    def blackouts(self, model: Configuration) -> tuple[tuple[Subject, Blackout], ...]:
        """Return the blackouts with whom they are for."""
        found: list[tuple[Subject, Blackout]] = []
        for index, blackout in enumerate(model.blackouts):
            path: Path = ("blackouts", index)
            who = subject(self._draft, blackout.for_, (*path, "for"))
            rule = self._draft.rule(f"blackout:{index + 1}", path)
            days = blackout.on(blackout.from_ or date.min, blackout.until or date.max)
            if who is not None:
                found.append((who, Blackout(rule, blackout.spans, days)))
        return tuple(found)

    def _entries(self, entries: _Entries, path: Path, owner: str) -> tuple[Break, ...]:
        if isinstance(entries, form.Added):
            entries, path = entries.add, (*path, "add")
        if entries == "none":
            return ()
        if not entries:
            self._draft.refuse(path, "must not be empty", "write `none` for no break at all")
        found: list[Break] = []
        for index, entry in enumerate(entries):
            at = (*path, index)
            if isinstance(entry, form.WeeklyBreak):
                found.append(self._weekly(f"{owner}[{index + 1}]", entry, at))
            elif entry in self.named:
                found.append(self.named[entry])
            elif entry == "none":
                what = "`none` cannot stand among other breaks"
                self._draft.refuse(at, what, "write `breaks: none`")
            else:
                self._refuse_unknown(entry, at)
        return tuple(dict.fromkeys(found))

    def _refuse_unknown(self, name: str, path: Path) -> None:
        known = self._draft.names("breaks")
        if name not in known:  # one that has problems of its own is known
            hint = suggestion(name, known)
            if "-" in name and ":" in name:
                hint = f"write a break without a name as {quoted(f'{{at: {name}}}')}"
            self._draft.refuse(path, f"there is no break {quoted(name)}", hint)

    def _weekly(self, name: str, weekly: form.WeeklyBreak, path: Path) -> Break:
        platforms = None
        if weekly.platforms is not None:
            at = (*path, "platforms")
            platforms = chosen(
                self._draft, self._rules, weekly.platforms, at, controlled=self._controlled
            )
            idle = sorted(platforms - self._controlled)
            if platforms and len(idle) == len(platforms):
                self._draft.warn(at, "none of these platforms is controlled")
        if path[0] != "exceptions":  # a whole afternoon of one day is nothing unusual
            if weekly.minutes is None:
                self._warn_of_long(weekly.spans, (*path, "at"))
            else:
                self._warn_of_long((Span(0, weekly.minutes),), (*path, "minutes"))
        rule, days = self._draft.rule(name, path), weekly.on()
        if weekly.minutes is None:
            found = Break(rule, weekly.spans, days, platforms)
        else:
            found = FlexibleBreak(
                rule, weekly.spans, days, platforms, weekly.minutes, weekly.sittings
            )
        times = "at" if weekly.minutes is None else "between"
        self._draft.breaks.append(((*path, times), found))
        return found

    def _warn_of_long(self, spans: tuple[Span, ...], path: Path) -> None:
        """Warn of what looks like a slip: `02:00-14:00`, or ends that are the wrong way round."""
        longest = max(spans, key=lambda span: span.end - span.start)
        minutes = longest.end - longest.start
        if minutes > _LONG_MINUTES:
            long = counted(minutes // 60, "hour")
            if minutes % 60:
                long += f" and {counted(minutes % 60, 'minute')}"
            night = ", past midnight" if longest.end > _DAY_MINUTES else ""
            self._draft.warn(path, f"this break lasts {long}{night}", "look whether that is meant")

    def _refuse_clash(self, taken: list[tuple[Dates, Path]], dates: Dates, path: Path) -> None:
        for other, first in taken:
            if dates.since <= other.until and other.since <= dates.until:
                day = max(dates.since, other.since)
                spot = self._draft.spot(first)
                what = f"`{day}` has an exception for the same people already"
                self._draft.refuse(path, what, f"first at {spot.file}:{spot.line}")
                break
        taken.append((dates, path))


def subject(draft: Draft, whom: Literal["everyone"] | form.Whom, path: Path) -> Subject | None:
    """Return whom a rule is about, or refuse a team or place that nobody knows."""
    if not isinstance(whom, form.Whom):
        return EVERYONE
    found = whom.subject
    if found.kind is SubjectKind.PERSON:
        return found
    known = draft.refer((*path, found.kind.value), found.kind.value, found.id)
    return found if known else None


def _layers(draft: Draft, model: Configuration) -> Iterator[tuple[Subject, _Given, Path]]:
    sections: list[tuple[Subject, _OnRota, Path]] = []
    for written in draft.names("people"):
        person = canonical(written)
        rules = model.single.get(person)
        if rules is not None:
            sections.append((Subject(SubjectKind.PERSON, person), rules, ("people", written)))
    for name, team in model.teams.items():
        sections.append((Subject(SubjectKind.TEAM, name), team, ("teams", name)))
    for name, place in model.places.items():
        sections.append((Subject(SubjectKind.PLACE, name), place, ("places", name)))
    for subject, given, path in sections:
        if given.breaks is not None or given.rota is not None:
            yield subject, given, path
    if model.everyone is not None:
        yield EVERYONE, model.everyone, ("everyone",)


def _dates(exception: people.DatedException) -> tuple[Dates, ...]:
    return (exception.dates,) if isinstance(exception.dates, Dates) else exception.dates
