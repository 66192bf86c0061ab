"""`breaktime rules`: the platforms that are known, more of them, and updates."""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breaktime.cli.options import load_or_exit, plain, stop_with
from breaktime.cli.rules_update import keygen, pack, rollback, update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from breaktime.config.rules import Rules
    from breaktime.core.platforms import Platform

MAX_LIST = 32 * 1024 * 1024
"""No list that is imported is larger, in bytes."""

CONFIG = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE",
    help="Also what this configuration adds: platform files of its own, an installed update.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
WORDS = 3


@click.group(short_help="List, search, import and update the platforms.")
def rules() -> None:
    """
    Look at the platforms that are known, add some, and keep them up to date.

    \b
    Examples:
      breaktime rules list --category dating
      breaktime rules search t.co
      breaktime rules import hosts.txt --id example-chat --category messaging
      breaktime rules update breaktime-rules-2026-11-21.tar -c config.yaml
    """


for verb in (update, rollback, pack, keygen):
    rules.add_command(verb)


@rules.command("list", short_help="List the platforms.")
@click.option("--category", metavar="CATEGORY", help="Only of this category, such as messaging.")
@CONFIG
@JSON
def list_(category: str | None, config: Path | None, *, as_json: bool) -> None:
    """
    List the platforms: id, name, category, default, number of names.

    A platform whose default is `off` is controlled only where a configuration names it, and not
    with its category.
    """
    from breaktime.config.platform_file import Category
    from breaktime.config.problems import one_of, quoted

    known = [each.value for each in Category]
    if category is not None and category not in known:
        raise click.BadParameter(
            f"there is no category {quoted(category)}; there are {one_of(known)}",
            param_hint="--category",
        )
    found = [
        platform
        for _, platform in sorted(_rules(config).platforms.items())
        if category in {None, platform.category}
    ]
    if as_json:
        click.echo(json.dumps([_short(each) for each in found], ensure_ascii=False, indent=2))
        return
    for row in _columns([tuple(map(str, _short(each).values())) for each in found]):
        click.echo(row)


@rules.command(short_help="Show what is known of one platform.")
@click.argument("id", metavar="ID")
@CONFIG
@JSON
def show(id: str, config: Path | None, *, as_json: bool) -> None:  # noqa: A002  it is called so
    """Show names by role, paths, pages and networks of the platform ID."""
    from breaktime.config.problems import suggestion

    known = _rules(config)
    platform = known.platforms.get(id)
    if platform is None:
        hint = suggestion(id, known.platforms)
        click.echo(f"there is no platform `{plain(id)}`" + (f"; {hint}" if hint else ""), err=True)
        sys.exit(1)
    if as_json:
        data = {"id": id, **_short(platform), **_long(platform)}
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    click.echo(f"{platform.name} ({id}): {platform.category}, {_default(platform)} by default")
    for title, entries in _long(platform).items():
        if entries:
            click.echo(f"{title}:")
            for entry in entries:
                click.echo(f"  {plain(entry)}")


@rules.command(short_help="Find platforms by word, name or address: who is t.co?")
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@CONFIG
def search(words: tuple[str, ...], config: Path | None) -> None:
    """
    Find platforms by words, names or addresses.

    Each line names a platform and why it was found. Exit status 1: nothing was found.

    \b
    Examples:
      breaktime rules search t.co
      breaktime rules search twitter
      breaktime rules search https://lnkd.in/abc
    """
    known = _rules(config)
    found: dict[str, str] = {}
    for word in words:
        for id_, why in _found(known, word):
            found.setdefault(id_, why)
    for row in _columns([(id_, known.platforms[id_].name, why) for id_, why in found.items()]):
        click.echo(row)
    if not found:
        click.echo(f"nothing is known of `{plain(' '.join(words))}`", err=True)
        sys.exit(1)


@rules.command("import", short_help="Make a platform file of a list of names, for review.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--id", "id_", metavar="ID", help="Id of the platform. Left out: from FILE.")
@click.option("--name", metavar="NAME", help="As people write it. Left out: from the id.")
@click.option(
    "--category", default="social-network", show_default=True, help="What people do there."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file that is not there yet, or a folder for ID.yaml. Left out: stdout.",
)
@CONFIG
def import_(
    file: Path,
    id_: str | None,
    name: str | None,
    category: str,
    output: Path | None,
    config: Path | None,
) -> None:
    """
    Make a platform file of a hosts file, a list of names, a v2fly file or an AdGuard list.

    Lines that cannot be taken are named on stderr with their place and the reason; the rest goes
    on. Shared servers and public endings are never taken. Exit status 1: nothing is left.
    """
    from breaktime.catalogue.importing import Head, imported
    from breaktime.catalogue.lists import read_list
    from breaktime.config.platform_file import Category
    from breaktime.config.problems import Problem, counted, one_of, quoted

    if category not in {each.value for each in Category}:
        known = one_of(each.value for each in Category)
        raise click.BadParameter(
            f"there is no category {quoted(category)}; there are {known}", param_hint="--category"
        )
    id_ = id_ or re.sub(r"[^a-z0-9]+", "-", file.stem.casefold()).strip("-") or "imported"
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", id_):
        raise click.BadParameter("write small letters, digits and hyphens", param_hint="--id")
    try:
        text = _read(file)
        found = read_list(text, str(file), lambda other: _read(file.parent / other))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        stop_with([Problem(str(file), 0, 0, "", f"cannot be read: {why}")])
    head = Head(id_, name or id_.replace("-", " ").title(), Category(category), file.name)
    made = imported(found, head, _rules(config).catalogue)
    for problem in made.problems:
        click.echo(f"not taken: {problem}", err=True)
    if not made.text:
        stop_with([Problem(str(file), 0, 0, "", "no name of the list can be taken")])
    _write(made.text, output, id_)
    left = counted(len(made.problems), "line")
    click.echo(f"{counted(made.names, 'name')}; {left} not taken", err=True)


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        content = opened.read(MAX_LIST + 1)
    if len(content) > MAX_LIST:
        raise ValueError(f"it is larger than {MAX_LIST // 1024 // 1024} MiB")
    return content.decode("utf-8-sig", "replace")


def _write(text: str, output: Path | None, id_: str) -> None:
    from breaktime.config.problems import Problem

    if output is None:
        click.echo(text, nl=False)
        return
    path = output / f"{id_}.yaml" if output.is_dir() else output
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        stop_with([Problem(str(path), 0, 0, "", f"cannot be written: {error.strerror}")])


def _rules(config: Path | None) -> "Rules":
    from breaktime.config.rules import read_rules

    if config is not None:
        return load_or_exit(config).rules
    known = read_rules()
    if known.problems:
        stop_with(known.problems)
    return known


def _found(known: "Rules", word: str) -> "Iterator[tuple[str, str]]":
    """Give platforms that a word means, the surest first."""
    from breaktime.core.names import split_address

    address = split_address(word)
    match = known.catalogue.match(address.host, address.path) if address.host else None
    if match is not None:
        yield match.platform, f"{address.host} is {match.role} of it, listed as {match.name}"
        return
    plainly = word.casefold()
    for id_, platform in sorted(known.platforms.items()):
        titles = (id_, platform.name, *platform.aliases)
        title = next((each for each in titles if plainly in each.casefold()), None)
        if title is not None:
            yield id_, f"called {title}"
    for id_, platform in sorted(known.platforms.items()):
        names = [name for name in sorted(platform.domains) if plainly in name]
        if names and len(plainly) >= WORDS:
            yield id_, f"has {', '.join(names[:WORDS])}" + (" and more" if names[WORDS:] else "")


def _default(platform: "Platform") -> str:
    return "on" if platform.by_category else "off"


def _short(platform: "Platform") -> dict[str, str | int]:
    return {
        "id": platform.id,
        "name": platform.name,
        "category": platform.category,
        "default": _default(platform),
        "names": len(platform.domains),
    }


def _long(platform: "Platform") -> dict[str, list[str]]:
    from breaktime.core.platforms import Role

    told = {"aliases": sorted(platform.aliases)}
    for role in Role:
        told[role.value] = sorted(name for name, its in platform.domains.items() if its is role)
    told["except"] = sorted(platform.exceptions)
    told["paths"] = sorted(f"{at.name}{at.path} is {at.role}" for at in platform.paths)
    told["pages"] = sorted(shape.path for shape in platform.shapes)
    told["networks"] = list(platform.networks)
    told["sources"] = list(platform.sources)
    return told


def _columns(rows: "list[tuple[str, ...]]") -> "Iterator[str]":
    """Give rows whose columns stand below each other; the last one is as long as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    for row in rows:
        cells = [plain(cell).ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()
