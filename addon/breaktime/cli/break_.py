"""`breaktime break`: start, stop and look at breaks that people start themselves."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from breaktime.cli.options import CONFIG, FORMAT, GROUP, group_problem, load_or_exit, now, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from breaktime.core.breaks import Profile
    from breaktime.core.flexible import Sitting, Usage
    from breaktime.core.policy import Standing
    from breaktime.core.sitting import Refused
    from breaktime.ledger import Event, Ledger

WHO = click.option("--who", required=True, metavar="PERSON", help="Id of the person.")
FROM_IP = click.option(
    "--from-ip", metavar="ADDRESS", help="Address of their computer, which tells the place."
)

_WHY = {
    "outside_breaks": "no break can be started now",
    "budget_used": "the break is used: its time, or all its parts",
    "break_flexible": "a break goes on already",
    "break_fixed": "a break with fixed times is on, which needs no start and costs nothing",
    "break_exception": "a break with fixed times is on, which needs no start and costs nothing",
    "blackout": "it is a time in which breaks wait",
    "suspended": "personal use is suspended",
    "exempt": "nothing is blocked for this person, who is exempt",
}


@click.group("break", short_help="Start, stop and show breaks that people start themselves.")
def break_() -> None:
    """
    Start, stop and show breaks that people start themselves.

    Whoever may read the configuration and write the ledger can do so for anybody. The gateways
    notice within a few seconds, and record it.

    Exit status: 0 done, 1 refused or nothing to stop, 2 the command line was not understood.

    \b
    Examples:
      breaktime break start -c /etc/breaktime/config.yaml --who a.jones
      breaktime break status -c /etc/breaktime/config.yaml --who a.jones --format json
    """


@break_.command()
@CONFIG
@WHO
@click.option("--break", "name", metavar="NAME", help="Which one; else the one that gives most.")
@GROUP
@FROM_IP
@FORMAT
def start(
    config: Path,
    who: str,
    name: str | None,
    groups: tuple[str, ...],
    from_ip: str | None,
    form: str,
) -> None:
    """Start a break now."""
    from breaktime.core.sitting import Refused, begin

    desk = _Desk.open(config, who, groups, from_ip)
    at = now()
    if desk.standing.exempt is not None:
        _refuse(desk, "exempt", None, form)
    break_id = None if name is None else _named(desk.profile, name)

    def decided(usage: "Usage") -> "Sitting | Refused":
        return begin(desk.profile, usage, at, break_id)

    found = desk.asked(lambda ledger: ledger.start(desk.person, at, decided))
    usage = desk.usage(at)
    if isinstance(found, Refused):
        _refuse(desk, str(found.reason), _again(desk, usage, at, break_id), form)
    _show(desk, _Report("started", at, found, usage), form)


@break_.command()
@CONFIG
@WHO
@GROUP
@FROM_IP
@FORMAT
def stop(config: Path, who: str, groups: tuple[str, ...], from_ip: str | None, form: str) -> None:
    """Stop the break that goes on; what is left can be had later, in another part."""
    desk = _Desk.open(config, who, groups, from_ip)
    at = now()
    ended = desk.asked(lambda ledger: ledger.stop(desk.person, at))
    usage = desk.usage(at)
    if ended is None:
        _show(desk, _Report("idle", at, None, usage), form, "No break goes on.")
        sys.exit(1)
    _show(desk, _Report("stopped", at, None, usage, ended), form)


@break_.command()
@CONFIG
@WHO
@GROUP
@FROM_IP
@FORMAT
def status(config: Path, who: str, groups: tuple[str, ...], from_ip: str | None, form: str) -> None:
    """Say what goes on, and what is left."""
    desk = _Desk.open(config, who, groups, from_ip)
    at = now()
    usage = desk.usage(at)
    running = usage.running_at(at)
    _show(desk, _Report("running" if running else "idle", at, running, usage), form)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One person, their rules, and the ledger."""

    person: str
    standing: "Standing"
    profile: "Profile"
    ledger: "Ledger"

    @classmethod
    def open(cls, config: Path, who: str, groups: tuple[str, ...], client: str | None) -> "_Desk":
        from breaktime.core.breaks import Profile
        from breaktime.core.signin import SignInNames
        from breaktime.ledger import LedgerError, open_ledger

        loaded = load_or_exit(config)
        person = SignInNames(loaded.settings.domains).person(who)
        if person is None:
            raise click.UsageError("--who must name somebody")
        wrong = group_problem(loaded.policy, groups)
        if wrong is not None:
            raise click.UsageError(wrong)
        standing = loaded.policy.standing(person, groups, client)
        settings = loaded.settings.ledger
        try:
            ledger = open_ledger(settings.path, settings.url)
        except LedgerError as problem:
            _fail(problem)
        click.get_current_context().call_on_close(ledger.close)
        return cls(person, standing, standing.profile or Profile(standing.zone), ledger)

    def asked[T](self, question: "Callable[[Ledger], T]") -> T:
        from breaktime.ledger import LedgerError

        try:
            return question(self.ledger)
        except LedgerError as problem:
            _fail(problem)

    def usage(self, at: datetime) -> "Usage":
        return self.asked(lambda ledger: ledger.usage(self.person, at))

    def clock(self, at: datetime) -> str:
        from breaktime.core.wall import local_text

        local = local_text(self.standing.zone, at)
        return f"{local:%A %-d %B, %H:%M} ({local.tzname()})"


@dataclass(frozen=True, slots=True)
class _Report:
    """What is to be shown: what happened, and what the ledger says after it."""

    state: str
    at: datetime
    running: "Sitting | None"
    usage: "Usage"
    ended: "Event | None" = None


def _named(profile: "Profile", name: str) -> str:
    known = [one.rule.id.removeprefix("break:") for one in profile.flexible]
    if name not in known:
        there = f"; there is {', '.join(known)}" if known else "; this person has none"
        raise click.UsageError(f"there is no break {plain(name)} that this person may start{there}")
    return f"break:{name}"


def _again(desk: _Desk, usage: "Usage", at: datetime, break_id: str | None) -> datetime | None:
    from breaktime.core.sitting import next_chance

    return next_chance(desk.profile, usage, at, break_id) if desk.profile.flexible else None


def _refuse(desk: _Desk, reason: str, again: datetime | None, form: str) -> NoReturn:
    if form == "json":
        click.echo(
            json.dumps(
                {
                    "person": desk.person,
                    "state": "refused",
                    "reason": reason,
                    "again_at": None if again is None else _utc(again),
                }
            )
        )
    else:
        click.echo(f"Refused: {_WHY[reason]}.")
        if again is not None:
            click.echo(f"  again    {desk.clock(again)}")
    sys.exit(1)


def _show(desk: _Desk, report: _Report, form: str, first: str = "") -> None:
    if form == "json":
        click.echo(json.dumps(_as_object(desk, report)))
        return
    for line in _as_text(desk, report, first):
        click.echo(line)


def _as_object(desk: _Desk, report: _Report) -> dict[str, object]:
    from breaktime.core.sitting import what_is_left

    running, ended = report.running, report.ended
    return {
        "person": desk.person,
        "state": report.state,
        "break": running.id if running else ended.break_id if ended else None,
        "ends_at": _utc(running.ends_at()) if running else None,
        "used_seconds": int(ended.used.total_seconds()) if ended else None,
        "left": [
            {
                "break": left.offer.id,
                "seconds": int(left.left.total_seconds()),
                "sittings": left.sittings,
                "until": _utc(left.offer.until),
            }
            for left in what_is_left(desk.profile, report.usage, report.at)
        ],
    }


def _as_text(desk: _Desk, report: _Report, first: str) -> "Iterator[str]":
    from breaktime.core.sitting import what_is_left

    running, ended = report.running, report.ended
    if running is not None:
        begun = "Started" if report.state == "started" else "Goes on"
        yield f"{begun}: {plain(_short(running.id))}, for {plain(desk.person)}"
        yield f"  until    {desk.clock(running.ends_at())}"
    elif ended is not None:
        yield f"Stopped: {plain(_short(ended.break_id))}, for {plain(desk.person)}"
        yield f"  cost     {_length(ended.used)}"
    else:
        yield first or f"{plain(desk.person)} has not started a break."
    found = what_is_left(desk.profile, report.usage, report.at)
    for left in found:
        parts = "1 more part" if left.sittings == 1 else f"{left.sittings} more parts"
        yield (
            f"  left     {_length(left.left)} of {plain(_short(left.offer.id))}, in {parts},"
            f" until {desk.clock(left.offer.until)}"
        )
    if not found and running is None:
        again = _again(desk, report.usage, report.at, None)
        yield f"  next     {'none is foreseen' if again is None else desk.clock(again)}"


def _short(break_id: str) -> str:
    return break_id.removeprefix("break:")


def _length(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    words = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{words} and {seconds} s" if seconds else words


def _utc(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _fail(problem: Exception) -> NoReturn:
    click.echo(f"{problem}", err=True)
    sys.exit(1)
