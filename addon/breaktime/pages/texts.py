"""The sentences of the pages, one file a language, read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from breaktime.core.decide import Reason

LANGUAGES = ("en", "cy")
"""The languages there are, the one for everybody else first."""

BLOCKING = (
    Reason.OUTSIDE_BREAKS,
    Reason.BREAK_AVAILABLE_NOT_STARTED,
    Reason.BUDGET_USED,
    Reason.LEDGER_UNREADABLE,
    Reason.BLACKOUT,
    Reason.SUSPENDED,
    Reason.ALWAYS_CLOSED,
    Reason.IDENTITY_UNKNOWN,
    Reason.NAME_MISMATCH,
    Reason.RECORDS_UNWRITABLE,
    Reason.FILTER_ERROR,
)
"""The reasons for which somebody is refused; what is fetched ahead is refused to nobody."""

MOST_COUNTED = 1000
"""Numbers below this may have a form of their own."""

_LONGEST_HEADER = 1000

_LOADER = yaml.CSafeLoader  # every command that starts reads the texts

type Forms = Mapping[int | str, str]
"""The forms of a word: by number, and under ``other`` for all numbers that have none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a language tells times. The placeholders are those of the English file."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    today: str
    tomorrow: str
    later: str
    next_year: str
    made: str
    day: str
    date: str
    before_change: str
    after_change: str
    now: str
    left: str
    and_: str
    units: Mapping[str, Forms]


@dataclass(frozen=True, slots=True)
class Sentences:
    """
    What one reason is told as.

    Fields:
        title: heading of the page.
        why: one or two plain sentences.
        next: what to do where no opening time is known.
        record: what is recorded about the refusal.
    """

    title: str
    why: str
    next: str
    record: str


@dataclass(frozen=True, slots=True)
class Texts:
    """
    All sentences of one language.

    Fields:
        language: tag, as `lang` has it.
        this_site: for a platform without a name, at the beginning of a sentence and inside.
        helpers: for people to ask who have no name, likewise.
        clock: how times are told.
        page: sentences that do not depend on the reason.
        told_to_a_script: in place of the reason, where the site's own program reads the page.
        answers: sentences of the answers that need no refusal.
        rules: sentence with the name of a rule, by the kind of rule; kinds that are not here say
            nothing to people.
        reasons: sentences by reason.
        notice: sentences of the notice for staff; some are lists.
        portal: sentences of the portal; most are text, `fields`, `actions` and `reasons` are not.
    """

    language: str
    this_site: tuple[str, str]
    helpers: tuple[str, str]
    clock: Clock
    page: Mapping[str, str]
    told_to_a_script: Sentences
    answers: Mapping[str, Any]
    rules: Mapping[str, str]
    reasons: Mapping[Reason, Sentences]
    portal: Mapping[str, Any]
    notice: Mapping[str, Any]


def shipped(language: str) -> dict[str, Any]:
    """Read the file of a language that comes with breaktime, as plain data."""
    name = f"text.{language}.yaml"
    text = files(__package__).joinpath(name).read_text("utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506
    return data


def texts_of(data: Mapping[str, Any]) -> Texts:
    """
    Return the sentences that the file of a language holds.

    Raises:
        KeyError, TypeError, ValueError: if a sentence is missing or not known.
    """
    clock = dict(data["clock"])
    units = clock.pop("units")
    portal = data["portal"]
    return Texts(
        language=data["language"],
        this_site=(data["this_site"]["beginning"], data["this_site"]["inside"]),
        helpers=(data["helpers"]["beginning"], data["helpers"]["inside"]),
        clock=Clock(
            weekdays=tuple(clock.pop("weekdays")),
            months=tuple(clock.pop("months")),
            and_=clock.pop("and"),
            units={unit: forms_of(forms) for unit, forms in units.items()},
            **clock,
        ),
        page=data["page"],
        told_to_a_script=Sentences(**data["told_to_a_script"]),
        answers=data["answers"],
        rules=data["rules"],
        reasons={Reason(key): Sentences(**value) for key, value in data["reasons"].items()},
        portal={**portal, "parts": forms_of(portal["parts"])},
        notice=data["notice"],
    )


def forms_of(written: Mapping[Any, str]) -> Forms:
    """
    Return the forms of a word by number.

    Args:
        written: by a number, by several (``2-4, 22-24``), and under ``other`` for the rest.

    Raises:
        KeyError: there is none for the rest.
        ValueError: a key is no number below `MOST_COUNTED`.
    """
    found: dict[int | str, str] = {"other": written["other"]}
    for key, form in written.items():
        if key == "other":
            continue
        for part in str(key).split(","):
            first, _, last = part.strip().partition("-")
            low, high = int(first), int(last or first)
            if not 0 <= low <= high < MOST_COUNTED:
                raise ValueError(key)
            found.update(dict.fromkeys(range(low, high + 1), form))
    return found


def read_texts(language: str) -> Texts:
    """Read the sentences of a language that comes with breaktime."""
    return texts_of(shipped(language))


TEXTS: Mapping[str, Texts] = {language: read_texts(language) for language in LANGUAGES}


def known_languages(wanted: Iterable[str], texts: Mapping[str, Texts] = TEXTS) -> tuple[str, ...]:
    """Return the languages of an organisation that there are texts in; at least one."""
    return tuple(one for one in wanted if one in texts) or LANGUAGES[:1]


def choose_language(accept_language: str, languages: Iterable[str] = LANGUAGES) -> str:
    """
    Choose the language that a client likes best, among those there are.

    A region makes no difference. Where the header says nothing useful, the first language is
    taken; on a tie, the one that comes first among *languages*.
    """
    known = list(languages)
    wishes: dict[str, float] = {}
    for one in accept_language[:_LONGEST_HEADER].lower().split(","):
        tag, *parameters = (part.strip() for part in one.split(";"))
        primary = tag.partition("-")[0]
        wishes[primary] = max(wishes.get(primary, 0.0), _weight(parameters))
    liked = [(wishes.get(language, wishes.get("*", 0.0)), language) for language in known]
    best = max(weight for weight, _ in liked)
    return next(language for weight, language in liked if weight == best)


def _weight(parameters: list[str]) -> float:
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            return weight if 0 <= weight <= 1 else 0.0
    return 1.0
