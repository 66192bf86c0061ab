"""What is in force now: one reference, replaced whole."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from breaktime.config import ConfigError, Loaded, Problem, Settings
from breaktime.core.policy import Policy
from breaktime.identity import Provider
from breaktime.pages import Site


@dataclass(frozen=True, slots=True)
class InForce:
    """
    One configuration with all that was opened for it.

    Fields:
        policy, settings: the configuration.
        providers: who tells persons apart.
        site: what every page says.
        tables: files that the providers were made from.
        people: fingerprint of what stands in them.
    """

    policy: Policy
    settings: Settings
    providers: tuple[Provider, ...]
    site: Site
    tables: tuple[Path, ...] = ()
    people: str = ""

    def means(self, other: "InForce") -> bool:
        """Tell whether two configurations are the same to everybody."""
        return (self.policy.fingerprint, self.settings, self.people) == (
            other.policy.fingerprint,
            other.settings,
            other.people,
        )


class State:
    """Holds what is in force. A request reads it once, so it sees one configuration only."""

    __slots__ = ("now",)

    def __init__(self, first: InForce) -> None:
        """Begin with a configuration."""
        self.now = first


def open_for(loaded: Loaded) -> InForce:
    """
    Open what a configuration needs, such as the tables of identity providers.

    Raises:
        ConfigError: with every problem, at the place of the configuration that names the file.
    """
    providers: list[Provider] = []
    problems: list[Problem] = []
    base = loaded.settings.base
    for index, config in enumerate(loaded.settings.identity, 1):
        where = f"identity[{index}]"
        try:
            providers.append(config.open(base))
        except OSError as error:
            problems.append(
                Problem(str(error.filename), 0, 0, where, error.strerror or str(error), "")
            )
        except ValueError as error:
            problems += [
                Problem(str(base), 0, 0, where, line, "") for line in str(error).splitlines()
            ]
    if problems:
        for provider in providers:
            provider.close()
        raise ConfigError(problems)
    tables = tuple(base / path for config in loaded.settings.identity for path in _paths(config))
    return InForce(
        loaded.policy,
        loaded.settings,
        tuple(providers),
        Site(loaded.policy.organisation),
        tables,
        _fingerprint(tables),
    )


def _paths(config: object) -> list[Path]:
    """Return the files that an entry of the `identity` section names."""
    return (
        [value for _, value in config if isinstance(value, Path)]
        if isinstance(config, BaseModel)
        else []
    )


def _fingerprint(files: tuple[Path, ...]) -> str:
    digest = sha256()
    for file in files:
        with suppress(OSError):  # gone since it was opened; the next look will tell
            digest.update(file.read_bytes())
    return digest.hexdigest()
