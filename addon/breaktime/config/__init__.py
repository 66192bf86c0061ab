"""
Config: YAML in, Policy and Settings out; never half.

    text -> positions -> sources -> schema -> build -> Policy, Settings

    positions, syntax     one file as plain data, line and column of everything
    sources               the main file and those it includes, as if they were one
    schema*, values, text the format, section by section and value by value
    draft, build*         every name resolved, every rule with its place
    rotas, duties, ics    shifts, and who works which of them, also from files
    crowd                 any number of people from a table
    beside, tables        files that the configuration names and reads as a part of itself
    portal                what the portal needs of all this
    looking, concerns     how much is recorded, and about whom more for a while
    site*                 sentences, templates and colours that a site brings for the pages
    doubts                what works, and is hardly meant or will end soon
    archive               the files of a policy, for as long as records refer to it
    rules, platforms      the platforms that are known, and those that are meant
    installed, broad      an update of the catalogue; names that no platform may list
    expectations          what an administrator wants the answers to be
    problems, wording     what an administrator reads when something is wrong
"""

from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path

from breaktime.config import portal, site
from breaktime.config.build import build
from breaktime.config.concerns import read_concerns
from breaktime.config.doubts import doubt
from breaktime.config.draft import Draft
from breaktime.config.installed import STATE, read_installed
from breaktime.config.positions import Spot
from breaktime.config.problems import ConfigError, Problem, quoted, report
from breaktime.config.rules import Rules, read_rules, rules_dir, shipped_catalogue
from breaktime.config.schema_file import Configuration
from breaktime.config.settings import Settings, settings_of
from breaktime.config.sources import Sources, Staged, gather, gather_text, refusal
from breaktime.core.policy import Policy

__all__ = [
    "ConfigError",
    "Loaded",
    "Problem",
    "Settings",
    "Staged",
    "load",
    "parse",
    "report",
    "rules_dir",
    "shipped_catalogue",
]


@dataclass(frozen=True, eq=False)
class Loaded:
    """
    One whole configuration.

    Fields:
        policy: what decides.
        settings: everything else.
        files: absolute paths of every file and folder that was read; a change of any of them
            may change the configuration.
        warnings: what works and should be looked at again, by file and line.
        identity_at: where each entry of the identity section stands.
        directory_at, tls_at: where the sections stand, if there are any.
        rules: every platform that is known, controlled or not.
        regions: whose bank holidays are known, that of the organisation first.
        never: names and networks of `never_control`, as they are written.
        catalogue: folder of the platform files that were read; None where there is none.
    """

    policy: Policy
    settings: Settings
    files: tuple[Path, ...]
    warnings: tuple[Problem, ...]
    identity_at: tuple[Spot, ...]
    directory_at: Spot | None
    tls_at: Spot | None
    rules: Rules
    regions: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    catalogue: Path | None = None


def load(
    path: str | PathLike[str],
    today: date | None = None,
    catalogue: Path | None = None,
    staged: Staged | None = None,
) -> Loaded:
    """
    Read a configuration with all that it includes.

    Args:
        path: the main file.
        today: the day for which warnings are wanted that depend on the day; none if left out.
        catalogue: folder of platform files to read instead of those in force.
        staged: a file that is going to be included.

    Raises:
        ConfigError: with every problem of every file, by file and line.
    """
    return _loaded(gather(Path(path), str(path), staged), today, catalogue)


def parse(
    text: str,
    name: str = "breaktime.yaml",
    base: Path | None = None,
    today: date | None = None,
) -> Loaded:
    """
    Read a configuration that is given as text.

    Args:
        text: what the main file says.
        name: what messages call it.
        base: folder that relative paths start from; the working directory if left out.
        today: as in `load`.

    Raises:
        ConfigError: with every problem of every file, by file and line.
    """
    return _loaded(gather_text(text, name, base or Path.cwd()), today)


def _loaded(sources: Sources, today: date | None, catalogue: Path | None = None) -> Loaded:
    draft = Draft(sources)
    model = draft.validate() if sources.data or sources.whole else None
    if model is None or not sources.whole:
        raise ConfigError(draft.problems)
    state = _installed_at(draft, model)
    if catalogue is None and state is not None:
        catalogue = _installed(draft, state)
    rules = _rules(draft, model.controlled.rules, catalogue)
    policy = build(draft, model, rules)
    portal.check(draft, model, policy)
    concerns, cases = read_concerns(draft, model, policy)
    design = site.read(draft, model)
    if draft.problems:
        raise ConfigError(draft.problems)
    if today is not None:
        doubt(draft, model, policy, today)
    settings = settings_of(model, sources.base, design, concerns, policy)
    people = [file for config in settings.identity for file in config.files(settings.base)]
    people += () if settings.directory is None else settings.directory.files
    tls = settings.gateway.tls
    people += () if tls is None else (tls.certificate, tls.key)
    people += cases
    return Loaded(
        policy,
        settings,
        tuple(dict.fromkeys((*sources.files, *([state] if state else ()), *rules.files, *people))),
        tuple(sorted(set(draft.warnings))),
        tuple(draft.spot(("identity", index)) for index in range(len(model.identity))),
        None if model.directory is None else draft.spot(("directory",), at_key=True),
        None if tls is None else draft.spot(("gateway", "tls"), at_key=True),
        rules,
        _regions(model),
        frozenset(model.never_control),
        next(iter(rules.files), None),
    )


def _regions(model: Configuration) -> tuple[str, ...]:
    """Return the regions whose bank holidays somebody has."""
    own = {one.bank_holidays for one in model.single.values()}
    own |= {one.bank_holidays for one in model.places.values()}
    return (model.organisation.bank_holidays, *sorted(one for one in own if one is not None))


def _installed_at(draft: Draft, model: Configuration) -> Path | None:
    """Return the file that names the edition of the catalogue in force, if there can be one."""
    if model.catalogue is None:
        return None
    return draft.sources.base / model.catalogue.folder / STATE


def _installed(draft: Draft, state: Path) -> Path | None:
    """Return the folder of the installed catalogue; None where nothing is installed."""
    try:
        found = read_installed(state.parent)
    except (OSError, ValueError) as error:
        what = refusal(error)[0] if isinstance(error, OSError) else str(error)
        at = ("catalogue", "folder")
        draft.refuse(at, f"the catalogue in {quoted(state.parent)}: {what}", "install it again")
        return None
    return None if found is None else state.parent / found.current


def _rules(draft: Draft, folders: tuple[str, ...], catalogue: Path | None) -> Rules:
    """Read the platform files, the site's own among them."""
    base, shown = draft.sources.base, Path(draft.sources.name).parent
    rules = read_rules(
        (
            (
                base / folder,
                str(shown / folder),
                draft.spot(("controlled", "rules", index)),
                f"controlled.rules[{index + 1}]",
            )
            for index, folder in enumerate(folders)
        ),
        catalogue,
    )
    draft.problems += rules.problems
    return rules
