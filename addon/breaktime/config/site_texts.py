"""Site, texts: do the sentences of a site say what ours say, with the same places to fill in?"""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any, Final

from breaktime.config import positions
from breaktime.config.draft import Draft
from breaktime.config.positions import Document, Path, Spot, shown
from breaktime.config.problems import ConfigError, Problem, nearest, one_of, quoted, suggestion
from breaktime.pages.texts import LANGUAGES, Texts, forms_of, shipped, texts_of

LONGEST: Final = 1000
"""The longest sentence, in characters."""

_NAMES: Final = frozenset({"Site", "site", "Help", "help", "organisation", "minutes", "start_by"})
"""What every sentence about a refusal is given."""

_DATE: Final = frozenset({"time", "weekday", "day", "month", "year"})
_MAY_BE_LEFT_OUT: Final = frozenset({"help", "organisation", "weekday", "count"})
_ABOUT_A_REFUSAL: Final = {("page", one) for one in ("work_text", "copy", "frame", "placeholder")}
_DATES: Final = {
    ("clock", one) for one in ("today", "tomorrow", "later", "next_year", "made", "day", "date")
}
_FORMS: Final = {("clock", "units", one) for one in ("day", "hour", "minute")} | {
    ("portal", "parts")
}


def read(draft: Draft, language: str, name: str, text: str, texts: dict[str, Texts]) -> None:
    """
    Add the sentences of a file to those that are known, or note what is wrong with them.

    Args:
        draft: where problems are noted.
        language: which the name of the file says.
        name: what messages call the file.
        text: what it says.
        texts: sentences by language. Those of a file may be a part of ours, where there are any.
    """
    try:
        document = positions.read(text, name)
    except ConfigError as error:
        draft.problems += error.problems
        return
    if not isinstance(document.data, dict):
        what, hint = "must be keys with values", "begin with `language: " + language + "`"
        draft.problems.append(Problem(name, 1, 1, "", what, hint))
        return
    base = shipped(language) if language in LANGUAGES else {}
    found = list(_Comparison(document, complete=not base).problems(shipped(LANGUAGES[0])))
    if document.data.get("language", language if base else None) != language:
        spot = document.values.get(("language",), Spot(name, 1, 1))
        what = f"the name of the file says {quoted(language)}"
        hint = f"write `language: {language}`"
        found.append(Problem(name, spot.line, spot.column, "language", what, hint))
    draft.problems += found
    if not found:
        texts[language] = texts_of(_merged(base, document.data))


class _Comparison:
    """Compares the sentences of a site with ours, which are known to be right."""

    def __init__(self, document: Document, *, complete: bool) -> None:
        self._document = document
        self._complete = complete

    def problems(self, ours: Mapping[str, Any]) -> Iterator[Problem]:
        """Give everything that is wrong."""
        yield from self._keys((), ours, self._document.data)

    def _keys(self, path: Path, ours: Mapping[Any, Any], theirs: object) -> Iterator[Problem]:
        if not isinstance(theirs, dict):
            yield self._problem(path, "must be keys with values", _example(ours))
            return
        for key, value in theirs.items():
            at = (*path, key)
            if key not in ours:
                hint = suggestion(str(key), map(str, ours))
                yield self._problem(at, "there is no such sentence", hint, at_key=True)
            else:
                yield from self._value(at, ours[key], value)
        if self._complete:
            for key, value in ours.items():
                if key not in theirs and key != "language":
                    what = f"`{key}` is missing"
                    yield self._problem(path, what, _example(value), at_key=True)

    def _value(self, path: Path, ours: object, theirs: object) -> Iterator[Problem]:
        if path in _FORMS:
            yield from self._forms(path, ours, theirs)
        elif isinstance(ours, Mapping):
            yield from self._keys(path, ours, theirs)
        elif isinstance(ours, list):
            yield from self._list(path, ours, theirs)
        else:
            yield from self._sentence(path, str(ours), theirs)

    def _list(self, path: Path, ours: list[Any], theirs: object) -> Iterator[Problem]:
        exact = path[0] == "clock" or isinstance(path[-1], int)
        if not isinstance(theirs, list) or not theirs:
            yield self._problem(path, "must be a list", _example(ours))
        elif exact and len(theirs) != len(ours):
            what = f"has {len(theirs)} entries and needs {len(ours)}"
            yield self._problem(path, what, _example(ours))
        elif isinstance(ours[0], list):
            for number, one in enumerate(theirs):
                yield from self._list((*path, number), ours[0], one)
        else:
            given = frozenset[str]().union(*map(_places, ours))
            said = frozenset[str]()
            for number, one in enumerate(theirs):
                yield from self._sentence((*path, number), "", one, given)
                said |= _places(one) if isinstance(one, str) and _can_be_read(one) else given
            for left_out in sorted(given - said - _MAY_BE_LEFT_OUT):
                what = f"nothing in this list says `{{{left_out}}}`"
                yield self._problem(path, what, _example(ours))

    def _forms(self, path: Path, ours: object, theirs: object) -> Iterator[Problem]:
        hint = f"write for example {_example(ours)}"
        if not isinstance(theirs, dict) or "other" not in theirs:
            yield self._problem(path, "has no form `other` for the numbers not named", hint)
            return
        for number, form in theirs.items():
            yield from self._sentence((*path, number), "", form, _places(dict(ours)["other"]))  # type: ignore[call-overload]
            try:
                forms_of({number: "", "other": ""})
            except ValueError:
                what = f"{quoted(number)} names no numbers below 1000"
                hint = "write a number, `2-4, 22-24`, or `other`"
                yield self._problem((*path, number), what, hint, at_key=True)

    def _sentence(
        self, path: Path, ours: str, theirs: object, given: frozenset[str] | None = None
    ) -> Iterator[Problem]:
        if not isinstance(theirs, str) or not theirs.strip():
            what = f"must be text, found {quoted(theirs)}"
            yield self._problem(path, what, "put it in quotes" if theirs is not None else "")
            return
        if len(theirs) > LONGEST:
            yield self._problem(path, f"is longer than {LONGEST} characters")
        if not _can_be_read(theirs):
            hint = "write {name} for a place to fill in, and {{ or }} for a brace"
            yield self._problem(path, "has a brace that belongs to no place to fill in", hint)
            return
        needed = frozenset[str]()
        if given is None:
            needed, given = _places(ours), _given(path, ours)
        for place in sorted(_places(theirs) - given):
            near = nearest(place, given)
            hint = f"write `{{{near}}}`" if near else _known(given)
            yield self._problem(path, f"there is nothing to fill in `{{{place}}}` with", hint)
        said = {place.lower() for place in _places(theirs)}
        for place in sorted(needed):
            optional = place.lower() in _MAY_BE_LEFT_OUT
            optional |= place.lower() == "site" and path[-1] != "title"
            if place.lower() not in said and not optional:
                hint = f"ours is {quoted(ours)}"
                yield self._problem(path, f"does not say `{{{place}}}`", hint)

    def _problem(self, path: Path, what: str, hint: str = "", *, at_key: bool = False) -> Problem:
        table = self._document.keys if at_key else self._document.values
        at = path
        while at and at not in table:
            at = at[:-1]
        spot = table.get(at, Spot(self._document.file, 1, 1))
        return Problem(spot.file, spot.line, spot.column, shown(path), what, hint)


def _given(path: Path, ours: str) -> frozenset[str]:
    """Return what a sentence may be filled in with."""
    if path[0] in {"reasons", "told_to_a_script"} or path in _ABOUT_A_REFUSAL:
        return _NAMES
    return _DATE if path in _DATES else _places(ours)


def _places(sentence: str) -> frozenset[str]:
    """Return the names of the places to fill in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _can_be_read(sentence: str) -> bool:
    """Tell whether all places are plain names: no attribute, no index, no way to print it."""
    try:
        return all(
            name is None or (name.isidentifier() and not wide and kind is None)
            for _, name, wide, kind in Formatter().parse(sentence)
        )
    except ValueError:
        return False


def _known(given: frozenset[str]) -> str:
    return f"there is {one_of(f'{{{one}}}' for one in sorted(given))}" if given else "leave it out"


def _example(ours: object) -> str:
    """Show what stands in our English file."""
    if isinstance(ours, str):
        return f"ours is {quoted(ours)}"
    if isinstance(ours, list):
        return "ours is " + quoted("[" + ", ".join(map(str, ours)) + "]")
    if isinstance(ours, Mapping):
        return quoted(", ".join(f"{key}: ..." for key in ours))
    return ""


def _merged(base: Mapping[Any, Any], own: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return ours with what the site has in its place, key by key; lists and forms are whole."""
    found = dict(base)
    for key, value in own.items():
        known = found.get(key)
        if isinstance(known, Mapping) and "other" not in known:
            found[key] = _merged(known, value)
        else:
            found[key] = value
    return found
