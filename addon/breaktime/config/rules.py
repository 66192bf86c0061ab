"""Rules: the platform files of the catalogue and the site's own, with no name owned twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from breaktime.config import positions
from breaktime.config.platform_file import PlatformFile
from breaktime.config.positions import Document, Spot
from breaktime.config.problems import ConfigError, Problem, quoted
from breaktime.config.sources import read_bytes, refusal
from breaktime.config.text import name as kebab
from breaktime.config.wording import located
from breaktime.core.platforms import Platform
from breaktime.core.what import Catalogue

_PACKAGE = Path(__file__).resolve().parent.parent


class _Stamp(NamedTuple):
    """One file as it was at one time; another stamp is another file."""

    path: Path
    shown: str
    modified: int
    size: int


class _Owner(NamedTuple):
    platform: str
    spot: Spot


@dataclass(frozen=True, eq=False)
class Rules:
    """
    Every platform that is known, controlled or not.

    Fields:
        platforms: by id.
        documents: what each file says, by platform id.
        catalogue: recognises all of them.
        owners: what belongs to whom, by `name`, `network`, `alias` or `platform` and its text.
        files: files and folders that were read.
        problems: what was found in them.
    """

    platforms: Mapping[str, Platform]
    documents: Mapping[str, Document]
    catalogue: Catalogue
    owners: Mapping[tuple[str, str], _Owner]
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(eq=False)
class _Collected:
    """Rules while they are being read."""

    platforms: dict[str, Platform] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    owners: dict[tuple[str, str], _Owner] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, stamp: _Stamp) -> None:
        """Add one platform file, unless it has problems."""
        platform, document, problems = _platform(stamp)
        self.problems += problems
        if platform is None or document is None:
            return
        clashes: set[str] = set()
        for owned, path in _owned(platform, document):
            spot = document.values.get(path, Spot(stamp.shown, 1, 1))
            first = self.owners.setdefault(owned, _Owner(platform.id, spot))
            # One clash names the pair of files: a copied file would fill the screen otherwise.
            if first.spot != spot and first.platform not in clashes:
                clashes.add(first.platform)
                what = f"{quoted(owned[1])} belongs to `{first.platform}` already"
                if not path:
                    what = f"there is a platform {quoted(owned[1])} already"
                hint = f"first at {first.spot.file}:{first.spot.line}"
                where = positions.shown(path)
                at = (spot.file, spot.line, spot.column)
                self.problems.append(Problem(*at, where, what, hint))
        self.platforms.setdefault(platform.id, platform)
        self.documents.setdefault(platform.id, document)

    def finish(self) -> Rules:
        """Return what was collected."""
        return Rules(
            self.platforms,
            self.documents,
            Catalogue(self.platforms.values()),
            self.owners,
            tuple(self.files),
            tuple(self.problems),
        )


def rules_dir() -> Path:
    """Return the folder of the shipped platform files: of the wheel, or of a working copy."""
    shipped = _PACKAGE / "_rules"
    return shipped if shipped.is_dir() else _PACKAGE.parent.parent / "rules"


def shipped_catalogue() -> Catalogue:
    """
    Return the platforms that breaktime brings.

    Raises:
        ConfigError: a shipped file has been changed and has problems now.
    """
    rules = read_rules()
    if rules.problems:
        raise ConfigError(rules.problems)
    return rules.catalogue


def read_rules(
    folders: Iterable[tuple[Path, str, Spot, str]] = (), catalogue: Path | None = None
) -> Rules:
    """
    Read the platform files of the catalogue and those of the site.

    Args:
        folders: of the site: the folder, the name that messages give it, and the line of the
            configuration that names it with its keys.
        catalogue: folder with the platform files of an update; the shipped ones if left out.
    """
    folder, shown = (rules_dir(), "rules") if catalogue is None else (catalogue, str(catalogue))
    try:
        shipped = _catalogue(folder, tuple(_stamps(folder, shown)))
    except OSError as error:
        what = f"the platform files of breaktime cannot be read ({refusal(error)[0]})"
        hint = "install it again" if catalogue is None else "install the update again"
        missing = Problem(str(folder), 0, 0, "", what, hint)
        return Rules({}, {}, Catalogue(()), {}, (), (missing,))
    named = list(folders)
    if not named:
        return shipped
    collected = _Collected(
        dict(shipped.platforms),
        dict(shipped.documents),
        dict(shipped.owners),
        list(shipped.files),
        list(shipped.problems),
    )
    for folder, shown, spot, where in named:
        _add_folder(collected, folder, shown, (spot, where))
    return collected.finish()


def _add_folder(
    collected: _Collected, folder: Path, shown: str, named_at: tuple[Spot, str]
) -> None:
    spot, where = named_at
    at = (spot.file, spot.line, spot.column)
    try:
        stamps = _stamps(folder, shown)
    except NotADirectoryError:
        what = f"{quoted(shown)} is a file"
        collected.problems.append(Problem(*at, where, what, "name the folder that it is in"))
        return
    except (OSError, ValueError) as error:
        what, hint = refusal(error) if isinstance(error, OSError) else ("is no folder", "")
        collected.problems.append(Problem(*at, where, f"{quoted(shown)} {what}", hint))
        return
    collected.files.append(folder)
    if not stamps:
        what = f"{quoted(shown)} holds no file that ends in `.yaml`"
        collected.problems.append(Problem(*at, where, what))
    for stamp in stamps:
        collected.files.append(stamp.path)
        collected.add(stamp)


def _stamps(folder: Path, shown: str) -> list[_Stamp]:
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".yaml" and not path.name.startswith("."):
            status = path.stat()
            found.append(_Stamp(path, f"{shown}/{path.name}", status.st_mtime_ns, status.st_size))
    return found


@lru_cache(maxsize=4)
def _catalogue(folder: Path, stamps: tuple[_Stamp, ...]) -> Rules:
    collected = _Collected()
    collected.files.append(folder)
    for stamp in stamps:
        collected.files.append(stamp.path)
        collected.add(stamp)
    return collected.finish()


@lru_cache(maxsize=1024)
def _platform(stamp: _Stamp) -> tuple[Platform | None, Document | None, tuple[Problem, ...]]:
    """Read one platform file; a file that has not changed is not read again."""
    try:
        document = positions.read(read_bytes(stamp.path), stamp.shown)
    except ConfigError as error:
        return None, None, error.problems
    except OSError as error:
        what, hint = refusal(error)
        return None, None, (Problem(stamp.shown, 0, 0, "", what, hint),)
    try:
        kebab(stamp.path.stem)
        platform = PlatformFile.model_validate(document.data).to_platform(stamp.path.stem)
    except ValidationError as error:
        found = located(error, document, _schema())
        return None, None, tuple(problem for _, problem in found)
    except ValueError as error:
        what, _, hint = f"the name of the file {error}".partition("; ")
        return None, None, (Problem(stamp.shown, 0, 0, "", what, hint),)
    return platform, document, ()


@cache
def _schema() -> dict[str, Any]:
    return PlatformFile.model_json_schema()


def _owned(
    platform: Platform, document: Document
) -> Iterable[tuple[tuple[str, str], positions.Path]]:
    """Give what only one platform can have, each with the path of its line."""
    data = document.data
    assert isinstance(data, dict)
    yield ("platform", platform.id), ()
    for role, names in (data.get("domains") or {}).items():
        for index, name in enumerate(names or ()):
            yield ("name", name), ("domains", role, index)
    kinds = (("networks", "network"), ("aliases", "alias"), ("front_ends", "front end"))
    for key, kind in kinds:
        for index, text in enumerate(data.get(key) or ()):
            yield (kind, str(text).casefold()), (key, index)
