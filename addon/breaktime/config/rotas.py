"""
Rotas: which breaks follow from who works which shift on which day.

A cycle is never laid out over dates: its breaks know the days of the cycle, and count. Calendars
and tables are dates to begin with, and become one set of them for each shift.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path as File
from typing import Final, NamedTuple

from breaktime.config import ics
from breaktime.config.draft import Draft
from breaktime.config.duties import Duty, from_table
from breaktime.config.named import sign_in_names
from breaktime.config.positions import Path
from breaktime.config.problems import Problem, quoted, suggestion
from breaktime.config.schema_file import Configuration
from breaktime.config.schema_rotas import OFF, Rota, Shift
from breaktime.core.breaks import Break, Cycle, DayFilter, Days
from breaktime.core.rule import Rule
from breaktime.core.wall import Span

_MIDNIGHT: Final = 24 * 60
_LONG_SHIFT_MINUTES: Final = 6 * 60
_REST_MINUTES: Final = 20
_FEW: Final = 3


class Worked(NamedTuple):
    """
    A rota as the calendar understands it.

    Fields:
        rule: where it is written.
        breaks: of everybody who works it.
        personal: of single people, by canonical id.
        days: first and last date of a calendar or table; None for a cycle, which has no end.
    """

    rule: Rule
    breaks: tuple[Break, ...] = ()
    personal: Mapping[str, tuple[Break, ...]] = {}
    days: tuple[date, date] | None = None


class Rotas:
    """The shifts and rotas of a file."""

    def __init__(self, draft: Draft, model: Configuration) -> None:
        """Build all of them; files are read here."""
        self._draft = draft
        self._model = model
        self._shifts = {
            name: tuple(self._breaks(name, shift)) for name, shift in model.shifts.items()
        }
        self.worked = {name: self._worked(name, rota) for name, rota in model.rotas.items()}

    def of(self, name: str, path: Path) -> Worked | None:
        """Return the rota of a name, or refuse a name that nobody knows."""
        if not self._draft.refer(path, "rota", name):
            return None
        return self.worked.get(name)

    def _breaks(self, name: str, shift: Shift) -> Iterable[tuple[Rule, Span]]:
        """Give the breaks of a shift, counted from the midnight before it starts."""
        longest = 0
        for index, span in enumerate(shift.spans):
            path: Path = ("shifts", name, "breaks", index)
            inside = _inside(span, shift.hours)
            if inside is None:
                what = f"must lie inside the hours `{_text(shift.hours)}`, found `{_text(span)}`"
                self._draft.refuse(path, what)
                continue
            longest = max(longest, span.end - span.start)
            yield self._draft.rule(f"shift:{name}[{index + 1}]", path), inside
        minutes = shift.hours.end - shift.hours.start
        if minutes > _LONG_SHIFT_MINUTES and longest < _REST_MINUTES:
            what = "more than 6 hours without a break of 20 minutes"
            hint = "the Working Time Regulations 1998 ask for one"
            self._draft.warn(("shifts", name), what, hint)

    def _worked(self, name: str, rota: Rota) -> Worked:
        path: Path = ("rotas", name)
        rule = self._draft.rule(f"rota:{name}", path)
        for written, shift in rota.names.items():
            self._known(shift, (*path, "names", written))
        if rota.cycle is not None:
            for index, shift in enumerate(rota.cycle):
                self._known(shift, (*path, "cycle", index))
            return Worked(rule, self._going_round(rota, rota.cycle))
        if rota.like is not None:
            return Worked(rule, self._going_round(rota, self._cycle_of(name, rota.like)))
        return self._from_file(name, rota, rule)

    def _cycle_of(self, name: str, like: str) -> tuple[str, ...]:
        """Follow `like` to the cycle that is meant."""
        path: Path = ("rotas", name, "like")
        seen = {name}
        here = like
        while self._draft.refer(path, "rota", here):
            if here in seen:
                self._draft.refuse(path, f"{quoted(here)} is like itself", "give one a `cycle`")
                return ()
            seen.add(here)
            rota = self._model.rotas.get(here)
            if rota is None:  # it has problems of its own
                return ()
            if rota.cycle is not None:
                return rota.cycle
            if rota.like is None:
                self._draft.refuse(path, f"{quoted(here)} has no cycle to be like")
                return ()
            here = rota.like
        return ()

    def _going_round(self, rota: Rota, cycle: tuple[str, ...]) -> tuple[Break, ...]:
        assert rota.starts is not None
        found: list[Break] = []
        for shift in dict.fromkeys(cycle):
            days = Cycle(
                rota.starts,
                len(cycle),
                frozenset(at for at, each in enumerate(cycle) if each == shift),
            )
            found += self._on(shift, days)
            self._note(shift, days)
        return tuple(found)

    def _on(self, shift: str, days: DayFilter) -> list[Break]:
        return [Break(rule, (span,), days) for rule, span in self._shifts.get(shift, ())]

    def _note(self, shift: str, days: DayFilter) -> None:
        """Note the breaks of a shift for whoever looks for what is hardly meant."""
        for index, one in enumerate(self._on(shift, days)):
            self._draft.breaks.append((("shifts", shift, "breaks", index), one))

    def _known(self, name: str, path: Path) -> bool:
        """Tell whether a shift is known, and refuse one that is not."""
        known = self._draft.names("shifts")
        if name == OFF or name in known:
            return True
        hint = suggestion(name, [*known, OFF])
        self._draft.refuse(path, f"there is no shift {quoted(name)}", hint)
        return False

    def _from_file(self, name: str, rota: Rota, rule: Rule) -> Worked:
        path: Path = ("rotas", name)
        names = sign_in_names(self._model)
        if rota.calendar is not None:
            zone = self._model.organisation.timezone
            duties = ics.duties(self._draft, (*path, "calendar"), rota, zone, names)
        else:
            assert rota.table is not None
            duties = from_table(self._draft, (*path, "table"), rota.table, names)
        first, last = rota.from_ or date.min, rota.until or date.max
        meant = self._meant(rota, [one for one in duties if first <= one.day <= last])
        if not meant:
            if duties or not self._draft.problems:
                self._draft.warn(
                    (*path, "calendar" if rota.calendar else "table"), "has no entries"
                )
            return Worked(rule)
        self._draft.digests[rule.id] = _digest(meant)
        self._draft.entries[*path, "calendar" if rota.calendar else "table"] = {
            one.day for one in meant
        }
        for shift in sorted({one.shift for one in meant}):
            dates = frozenset(one.day for one in meant if one.shift == shift)
            self._note(shift, Days(dates=dates))
        personal: dict[str, dict[str, set[date]]] = {}
        for one in meant:
            personal.setdefault(one.person, {}).setdefault(one.shift, set()).add(one.day)
        lists = {
            person: tuple(
                each
                for shift, dates in sorted(shifts.items())
                for each in self._on(shift, Days(dates=frozenset(dates)))
            )
            for person, shifts in personal.items()
        }
        days = (min(one.day for one in meant), max(one.day for one in meant))
        return Worked(rule, lists.pop("", ()), lists, days)

    def _meant(self, rota: Rota, duties: list[Duty]) -> list[Duty]:
        """Return duties with the names of shifts that are meant, and refuse what is unknown."""
        known = {_plain(name): name for name in (*self._draft.names("shifts"), OFF)}
        known |= {_plain(written): shift for written, shift in rota.names.items()}
        found: list[Duty] = []
        off: dict[tuple[str, date], Duty] = {}
        unknown: set[str] = set()
        for one in duties:
            shift = known.get(_plain(one.shift))
            if shift is None:
                if one.shift not in unknown:
                    unknown.add(one.shift)
                    self._refuse(one, f"there is no shift {quoted(one.shift)}", known.values())
                continue
            meant = one._replace(shift=shift)
            other = off.setdefault((one.person, one.day), meant)
            if OFF in {shift, other.shift} and shift != other.shift:
                what = f"`{one.day}` is {quoted(shift)} here and {quoted(other.shift)} at line"
                self._refuse(one, f"{what} {other.line}")
            found.append(meant)
        return found

    def _refuse(self, duty: Duty, what: str, known: Iterable[str] = ()) -> None:
        hint = suggestion(duty.shift, known)
        if not hint and known:
            hint = f"say under `names` what it means, {quoted('{' + duty.shift + ': off}')}"
        at = (File(duty.file).as_posix(), duty.line, duty.column)
        self._draft.problems.append(Problem(*at, duty.where, what, hint))


def warn_of_missing(draft: Draft, path: Path, worked: Worked, members: Iterable[str]) -> None:
    """Warn of members of a team whom a rota of names does not name: they have no break."""
    if not worked.personal or worked.breaks:
        return
    missing = sorted(person for person in members if person not in worked.personal)
    if missing:
        few = ", ".join(quoted(person) for person in missing[:_FEW])
        more = f" and {len(missing) - _FEW} more" if len(missing) > _FEW else ""
        draft.warn(path, f"not in this rota, and so without a break: {few}{more}")


def _plain(name: str) -> str:
    """Return a name as it is compared: rota systems do not care for capitals and spaces."""
    return "-".join(name.casefold().replace("_", " ").split())


def _inside(span: Span, hours: Span) -> Span | None:
    """Return a break counted from the midnight before its shift, None if it is not inside."""
    for later in (0, _MIDNIGHT):
        if hours.start <= span.start + later and span.end + later <= hours.end:
            return Span(span.start + later, span.end + later)
    return None


def _text(span: Span) -> str:
    ends = (span.start, span.end if span.end == _MIDNIGHT else span.end % _MIDNIGHT)
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in ends)


def _digest(duties: list[Duty]) -> str:
    said = sorted({(one.day.isoformat(), one.shift, one.person) for one in duties})
    return hashlib.sha256(repr(said).encode()).hexdigest()
