"""People by name and password, checked against the directory: `{kind: directory}`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from breaktime.core.signin import Strength
from breaktime.identity.passwords import Credentials, Passwords
from breaktime.identity.provider import Claim, Surroundings

if TYPE_CHECKING:
    from breaktime.identity.directory import Directory

THREADS = 8
"""As many passwords are checked at the same time as there are conversations."""

_KIND: Literal["directory"] = "directory"


class DirectoryPasswordConfig(BaseModel):
    """The people of the directory; the section `directory` says which."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["directory"]

    def files(self, base: Path) -> tuple[Path, ...]:  # noqa: ARG002  the section names its own
        """Return no files: those of the section `directory` are watched anyway."""
        return ()

    def open(self, around: Surroundings) -> "DirectoryPassword":
        """
        Prepare to ask.

        Raises:
            ValueError: there is no directory to ask.
        """
        if around.directory is None:
            raise ValueError("there is no directory to ask; write the section `directory`")
        return DirectoryPassword(around.directory, around)


class DirectoryPassword(Passwords):
    """Provider: name and password, asked for by the proxy, checked by the directory."""

    kind: str = _KIND

    def __init__(self, directory: "Directory", around: Surroundings) -> None:
        """Take the directory to ask, which is not closed here."""
        super().__init__(
            around.names,
            threads=THREADS,
            digest=repr(directory.settings),
            known_seconds=directory.settings.remember,
        )
        self._directory = directory

    def _measure(self, credentials: Credentials) -> Claim | None:
        person, password = credentials
        known = self._directory.knows(person, password)
        return Claim(person, _KIND, strength=Strength.DIRECTORY) if known else None
