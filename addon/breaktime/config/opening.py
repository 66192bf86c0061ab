"""Opening what a configuration names: the tables from which people are recognised."""

from breaktime.config import ConfigError, Loaded, Problem
from breaktime.identity import Provider


def open_providers(loaded: Loaded) -> tuple[tuple[Provider, ...], tuple[Problem, ...]]:
    """
    Open the identity providers of a configuration.

    Returns:
        The providers in the order of the file, and what is doubtful about them.

    Raises:
        ConfigError: with every problem of every table; nothing stays open then.
    """
    providers, missing, problems, warnings = _open(loaded)
    if missing or problems:
        _close(providers)
        raise ConfigError((*missing, *problems))
    return tuple(providers), tuple(warnings)


def check_providers(loaded: Loaded) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """
    Say what would be wrong with the identity providers, and leave nothing open.

    A table that is not there is only doubtful here: configurations are also checked on machines
    that are not the gateway.

    Returns:
        Problems and warnings.
    """
    providers, missing, problems, warnings = _open(loaded)
    _close(providers)
    return tuple(problems), (*missing, *warnings)


def _open(
    loaded: Loaded,
) -> tuple[list[Provider], list[Problem], list[Problem], list[Problem]]:
    providers: list[Provider] = []
    missing: list[Problem] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    entries = zip(loaded.settings.identity, loaded.identity_at, strict=True)
    for number, (config, spot) in enumerate(entries, 1):
        place = (spot.file, spot.line, spot.column, f"identity[{number}]")
        try:
            provider = config.open(loaded.settings.base)
        except OSError as error:
            missing.append(Problem(*place, f"`{error.filename}` cannot be read: {error.strerror}"))
        except ValueError as error:
            problems += [Problem(*place, line) for line in str(error).splitlines()]
        except BaseException:  # a fault of ours
            _close(providers)
            raise
        else:
            providers.append(provider)
            warnings += [Problem(*place, text) for text in provider.warnings]
    return providers, missing, problems, warnings


def _close(providers: list[Provider]) -> None:
    for provider in providers:
        provider.close()
