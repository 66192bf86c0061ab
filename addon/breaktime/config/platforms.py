"""Platforms: which ones and which of their pages the names in the file mean."""

from breaktime.config.draft import Draft
from breaktime.config.platform_file import Category
from breaktime.config.positions import Path
from breaktime.config.problems import nearest, quoted, suggestion
from breaktime.config.rules import Rules
from breaktime.config.schema_breaks import Selection
from breaktime.config.text import network
from breaktime.core.names import normal_name, split_address


def chosen(
    draft: Draft,
    rules: Rules,
    selection: Selection | tuple[str, ...],
    path: Path,
    *,
    controlled: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """
    Return the ids of the platforms that a selection means.

    Args:
        draft: where problems go.
        rules: all platforms that are known.
        selection: categories and ids.
        path: of the selection in the file.
        controlled: ids that count in their category although they are off by default, because
            the policy has named them elsewhere.
    """
    if isinstance(selection, tuple):
        return listed(draft, rules, selection, path)
    found: set[str] = set()
    categories = [category.value for category in Category]
    for index, name in enumerate(selection.categories):
        if name not in categories:
            at = (*path, "categories", index)
            hint = suggestion(name, categories)
            if name in rules.platforms:
                hint = "it is a platform: name it under `platforms`"
            draft.refuse(at, f"there is no category {quoted(name)}", hint)
        found |= {
            each.id
            for each in rules.platforms.values()
            if each.category == name and (each.by_category or each.id in controlled)
        }
    found |= listed(draft, rules, selection.platforms, (*path, "platforms"))
    for index, name in enumerate(selection.except_):
        at = (*path, "except", index)
        if _is_platform(draft, rules, name, at) and name not in found:
            draft.warn(at, f"{quoted(name)} is not among the platforms that are chosen here")
        found.discard(name)
    return frozenset(found)


def listed(draft: Draft, rules: Rules, names: tuple[str, ...], path: Path) -> frozenset[str]:
    """Return the platforms of a list of ids."""
    return frozenset(
        name for index, name in enumerate(names) if _is_platform(draft, rules, name, (*path, index))
    )


def page(draft: Draft, rules: Rules, written: str, path: Path) -> tuple[str, str] | None:
    """Return the platform and the key of a page, or refuse what is not the address of one."""
    found = rules.catalogue.page_address(written)
    if found is not None:
        return found
    address = split_address(written)
    match = rules.catalogue.match(address.host, address.path) if address.host else None
    if address.host is None or "." not in address.host:
        what = f"must be the address of a page, found {quoted(written)}"
        draft.refuse(path, what, "write for example `facebook.com/ExampleshireCouncil`")
    elif match is None:
        what = f"{quoted(address.host)} belongs to no platform that we know"
        draft.refuse(path, what, "other sites are not blocked and need no rule")
    elif address.path == "/":
        name = rules.platforms[match.platform].name
        what = f"{quoted(written)} is the whole of {name}, not a page of it"
        draft.refuse(path, what, f"add the name of the page, `{address.host}/ExampleshireCouncil`")
    else:
        name = rules.platforms[match.platform].name
        what = f"{quoted(written)} is an address of {name}, but not of a page"
        draft.refuse(path, what, "open the page in a browser and copy its address")
    return None


def never_controlled(draft: Draft, names: tuple[str, ...]) -> frozenset[str]:
    """Return the names and networks that match nothing."""
    found: set[str] = set()
    for index, written in enumerate(names):
        path = ("never_control", index)
        if "/" in written and written.rpartition("/")[2].isdigit():
            try:
                found.add(str(network(written)))
            except ValueError as error:
                what, _, hint = str(error).partition("; ")
                draft.refuse(path, what, hint)
            continue
        name = normal_name(written)
        plain = name is not None and ("." in name or ":" in name)
        if name is None or not plain or "*" in written:
            host = split_address(written.replace("*.", "").replace("*", "")).host
            hint = "write for example `gov.uk`"
            if host and "." in host:
                hint = f"write {quoted(host)}, which covers everything below it"
            draft.refuse(path, f"must be a name with a dot, found {quoted(written)}", hint)
        else:
            found.add(name)
    return frozenset(found)


def _is_platform(draft: Draft, rules: Rules, name: str, path: Path) -> bool:
    if name in rules.platforms:
        return True
    what = f"there is no platform {quoted(name)}"
    words = {
        word.casefold(): each.id
        for each in rules.platforms.values()
        for word in (*each.aliases, each.name, each.id)
    }
    host = split_address(name).host if "." in name else None
    match = rules.catalogue.match(host) if host else None
    if name.casefold() in words:
        draft.refuse(path, what, f"write `{words[name.casefold()]}`")
    elif match is not None:
        draft.refuse(path, what, f"write `{match.platform}`")
    elif name in {category.value for category in Category}:
        draft.refuse(path, what, "it is a category: name it under `categories`")
    else:
        near = nearest(name, words)
        draft.refuse(path, what, f"did you mean `{words[near]}`" if near else "")
    return False
