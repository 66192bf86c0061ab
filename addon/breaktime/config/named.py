"""Named: is somebody whom a file names anybody who could ever sign in?"""

from collections.abc import Iterable, Iterator

from breaktime.config.draft import Draft
from breaktime.config.positions import Path
from breaktime.config.problems import quoted
from breaktime.config.schema_breaks import Whom
from breaktime.config.schema_file import Configuration
from breaktime.core.signin import SignInNames, canonical


def sign_in_names(model: Configuration) -> SignInNames:
    """Return which names are one person."""
    return SignInNames(frozenset(canonical(one) for one in model.organisation.domains))


def problem_of(written: str, names: SignInNames) -> str | None:
    """Say why nobody is ever known by a name; None where somebody could be."""
    person = names.person(written)
    if person is None:
        return f"{quoted(written)} can be read in two ways; nobody is known by it"
    if person != canonical(written):
        return f"must be without its domain, found {quoted(written)}; write `{person}`"
    return None


def check(draft: Draft, model: Configuration) -> None:
    """Refuse names that nobody could ever be known by: a rule about one of them is about nobody."""
    names = sign_in_names(model)
    for written, path in _named(draft, model):
        what = problem_of(written, names)
        if what is not None:
            draft.refuse(path, what)


def _named(draft: Draft, model: Configuration) -> Iterator[tuple[str, Path]]:
    """Give every person that the configuration names, and where."""
    yield from ((one, ("people", one)) for one in draft.names("people"))
    for team, each in model.teams.items():
        if isinstance(each.members, tuple):
            yield from _listed(each.members, ("teams", team, "members"))
    yield from _ruled(model)
    for team, managers in model.page.managers.items():
        yield from _listed(managers, ("page", "managers", team))
    yield from _listed(model.page.helpdesk, ("page", "helpdesk"))


def _listed(people: Iterable[str], path: Path) -> Iterator[tuple[str, Path]]:
    return ((one, (*path, index)) for index, one in enumerate(people))


def _ruled(model: Configuration) -> Iterator[tuple[str, Path]]:
    """Give those whom a rule is about."""
    for section in ("business_cases", "suspensions", "exceptions", "blackouts"):
        for index, rule in enumerate(getattr(model, section)):
            if isinstance(rule.for_, Whom) and rule.for_.person is not None:
                yield rule.for_.person, (section, index, "for", "person")
    for index, exempt in enumerate(model.exempt):
        if exempt.person is not None:
            yield exempt.person, ("exempt", index, "person")
