"""Opening what a configuration names: the tables and services that people are recognised by."""

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from breaktime.config import ConfigError, Loaded, Problem
from breaktime.core.signin import SignInNames
from breaktime.door.tls import server_context
from breaktime.identity import Certificate, NotInstalledError, Provider, Surroundings

if TYPE_CHECKING:
    from breaktime.identity.directory import Directory

type _Place = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """
    What a configuration names, opened.

    Fields:
        providers: in the order of the file.
        directory: of the organisation, or None.
        tls: what is spoken with clients that speak TLS to the proxy, or None.
        warnings: what is doubtful about them.
    """

    providers: tuple[Provider, ...]
    directory: "Directory | None"
    tls: ssl.SSLContext | None
    warnings: tuple[Problem, ...]


def open_providers(loaded: Loaded) -> Opened:
    """
    Open the identity providers of a configuration, and what they need.

    Raises:
        ConfigError: with every problem of every table; nothing stays open then.
    """
    opening = _Opening(loaded)
    if opening.missing or opening.problems:
        opening.close()
        raise ConfigError((*opening.missing, *opening.problems))
    return Opened(tuple(opening.providers), opening.directory, opening.tls, tuple(opening.warnings))


def check_providers(loaded: Loaded) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """
    Say what would be wrong with the identity providers, and leave nothing open.

    A table that is not there is only doubtful here: configurations are also checked on machines
    that are not the gateway.

    Returns:
        Problems and warnings.
    """
    opening = _Opening(loaded)
    opening.close()
    return tuple(opening.problems), (*opening.missing, *opening.warnings)


class _Opening:
    """Opens everything, and collects what is wrong."""

    def __init__(self, loaded: Loaded) -> None:
        self.providers: list[Provider] = []
        self.directory: Directory | None = None
        self.tls: ssl.SSLContext | None = None
        self.missing: list[Problem] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        try:
            self._open(loaded)
        except BaseException:  # a fault of ours
            self.close()
            raise

    def close(self) -> None:
        for provider in self.providers:
            provider.close()
        if self.directory is not None:
            self.directory.close()

    def _open(self, loaded: Loaded) -> None:
        settings = loaded.settings
        names = SignInNames(settings.domains)
        has_directory = loaded.directory_at is not None and settings.directory is not None
        if has_directory:
            self._open_directory(loaded, names)
        around = Surroundings(settings.base, names, loaded.policy.zone, self.directory)
        entries = zip(settings.identity, loaded.identity_at, strict=True)
        for number, (config, spot) in enumerate(entries, 1):
            place = (spot.file, spot.line, spot.column, f"identity[{number}]")
            if config.kind == "directory" and has_directory and self.directory is None:
                continue  # what is wrong with the directory has been said
            try:
                provider = config.open(around)
            except (OSError, ValueError, NotInstalledError) as error:
                self._refuse(place, error)
            else:
                self.providers.append(provider)
                self.warnings += [Problem(*place, text) for text in provider.warnings]
                if isinstance(provider, Certificate) and loaded.tls_at is None:
                    what = "nobody can show a certificate; write `tls` under `gateway`"
                    self.problems.append(Problem(*place, what))
        self._open_tls(loaded)

    def _open_tls(self, loaded: Loaded) -> None:
        spot, settings = loaded.tls_at, loaded.settings.gateway.tls
        if spot is None or settings is None:
            return
        place = (spot.file, spot.line, spot.column, "gateway.tls")
        try:
            for file in (settings.certificate, settings.key):
                file.open("rb").close()  # OpenSSL does not say which one is missing
            self.tls = server_context(settings.certificate, settings.key)
            for provider in self.providers:
                if isinstance(provider, Certificate):
                    provider.verify_by(self.tls)
        except ssl.SSLError:
            names = f"`{settings.certificate.name}` and `{settings.key.name}`"
            what = f"{names} must be a certificate and its key (PEM, no passphrase)"
            self.problems.append(Problem(*place, what))
        except OSError as error:
            self._refuse(place, error)

    def _open_directory(self, loaded: Loaded, names: SignInNames) -> None:
        from breaktime.identity.directory import open_directory  # noqa: PLC0415  rare, and slow

        spot, settings = loaded.directory_at, loaded.settings.directory
        assert spot is not None
        assert settings is not None
        try:
            self.directory = open_directory(settings, names)
        except (OSError, ValueError) as error:
            self._refuse((spot.file, spot.line, spot.column, "directory"), error)

    def _refuse(self, place: _Place, error: Exception) -> None:
        if isinstance(error, OSError):
            what = f"`{error.filename}` cannot be read: {error.strerror}"
            self.missing.append(Problem(*place, what))
        elif isinstance(error, NotInstalledError):
            self.missing.append(Problem(*place, str(error)))
        else:
            self.problems += [Problem(*place, line) for line in str(error).splitlines()]
