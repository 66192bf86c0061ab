"""The help desk: what is left of somebody's allowance today, and giving it anew. No history."""

from breaktime.core.breaks import Profile
from breaktime.core.policy import Standing
from breaktime.core.record import Action
from breaktime.core.signin import SignInNames
from breaktime.core.wall import local_text
from breaktime.pages.clock import say_left, say_when
from breaktime.portal.ask import Ask, Html, Outcome
from breaktime.portal.today import next_opening, offers_now, say_what_is_left


async def show(_: Ask) -> Outcome:
    """Ask for whom it is."""
    return Html("helpdesk.html", {"of": None})


async def look(ask: Ask) -> Outcome:
    """Show what is left; a use, so it is recorded, and a use that cannot be recorded is none."""
    person = _person(ask)
    if not person:
        return Html("helpdesk.html", {"of": None}, ask.say["wrong_person"])
    if not await ask.record(
        Action.ALLOWANCE_VIEWED,
        "The help desk looked at what is left of an allowance",
        person=person,
        by=ask.person,
    ):
        return Html("helpdesk.html", {"of": None}, ask.say["down_text"])
    return await _page(ask, person)


async def reset(ask: Ask) -> Outcome:
    """
    Give the allowance of today anew, and never one's own.

    What cannot be recorded is not done, so the record comes first; and no record where the ledger
    does not answer. Between the two, both could still end: then the record says more than was
    done, and whoever was to have the time reads that it did not work.
    """
    person = _person(ask)
    if not person:
        return Html("helpdesk.html", {"of": None}, ask.say["wrong_person"])
    if person == ask.person:
        return Html("helpdesk.html", {"of": None}, ask.say["wrong_own"])
    await ask.ledger(lambda ledger: ledger.usage(person, ask.at))
    if not await ask.record(
        Action.ALLOWANCE_RESET,
        "The help desk gave the allowance of a day anew",
        person=person,
        by=ask.person,
    ):
        return Html("helpdesk.html", {"of": None}, ask.say["down_text"])
    standing, profile = _rules(ask, person)
    days = {offer.day for offer in offers_now(ask.policy, profile, ask.at)}
    days.add(local_text(standing.zone, ask.at).date())
    await ask.ledger(lambda ledger: ledger.reset(person, ask.at, sorted(days)))
    ask.house.changed(person)
    return await _page(ask, person, done=ask.say["done_reset"])


def _person(ask: Ask) -> str | None:
    """Return who is meant, by any of their sign-in names; None for what is no name."""
    return SignInNames(ask.current.settings.domains).person(ask.values["person"])


def _rules(ask: Ask, person: str) -> tuple[Standing, Profile]:
    """Return the rules of somebody, as far as they do not depend on where they are."""
    standing = ask.policy.standing(person, (), None)
    return standing, standing.profile or Profile(standing.zone)


async def _page(ask: Ask, person: str, done: str = "") -> Outcome:
    standing, profile = _rules(ask, person)
    usage = await ask.usage(person)
    words, at = ask.texts.clock, ask.at
    opens = next_opening(ask.policy, profile, usage, at)
    left = say_what_is_left(ask, profile, usage) or [ask.say["helpdesk_nothing_left"]]
    running = usage.running_at(at)
    if running is not None:
        end = say_when(words, standing.zone, at, running.ends_at())
        left = [ask.say["helpdesk_running"].format(end=end), *left]
    opening = ask.say["no_next"]
    if opens is not None:
        when = say_when(words, standing.zone, at, opens)
        opening = ask.say["next_open"].format(when=when, left=say_left(words, at, opens))
    values = {
        "of": person,
        "left": left if usage.known else [ask.say["ledger_down"]],
        "next": opening,
    }
    return Html("helpdesk.html", {**values, "done": done})
