"""What is in force now: one reference, replaced whole."""

from dataclasses import dataclass

from breaktime.config import ConfigError, Loaded, Problem, Settings
from breaktime.core.policy import Policy
from breaktime.identity import Provider
from breaktime.pages import Site


@dataclass(frozen=True, slots=True)
class InForce:
    """One configuration with all that was opened for it."""

    policy: Policy
    settings: Settings
    providers: tuple[Provider, ...]
    site: Site


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
    return InForce(
        loaded.policy, loaded.settings, tuple(providers), Site(loaded.policy.organisation)
    )
