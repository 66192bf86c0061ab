"""
People by name and password: `{kind: basic, file: /etc/breaktime/htpasswd}`.

A check costs a tenth of a second and more, because the hashes withstand guessing. It runs in
threads of its own, and its outcome is remembered.
"""

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity.htpasswd import Hash, read_htpasswd
from breaktime.identity.passwords import Credentials, Passwords
from breaktime.identity.provider import Claim, Surroundings

THREADS = 2

_KIND: Literal["basic"] = "basic"


class BasicConfig(BaseModel):
    """The people of an htpasswd file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["basic"]
    file: Path
    """htpasswd file, beside the configuration unless absolute."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return (base / self.file,)

    def open(self, around: Surroundings) -> "Basic":
        """
        Read the file; later changes of it count after a reload.

        Raises:
            ValueError: the file has problems; all of them, one on a line.
            OSError: the file cannot be read.
        """
        path = around.base / self.file
        content = path.read_bytes()
        people = read_htpasswd(path.name, content, around.names)
        return Basic(people, names=around.names, digest=sha256(content).hexdigest())


class Basic(Passwords):
    """Provider: name and password, asked for by the proxy, checked against an htpasswd file."""

    kind: str = _KIND

    def __init__(
        self,
        people: Mapping[str, Hash],
        *,
        names: SignInNames | None = None,
        digest: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Hold the people of a file.

        Args:
            people: hash by canonical id.
            names: which names are one person.
            digest: of the file they were read from.
            monotonic: seconds that never go back.
        """
        super().__init__(
            names or SignInNames(), threads=THREADS, digest=digest, monotonic=monotonic
        )
        self._people = people
        self._decoys = tuple(people.values())

    def _measure(self, credentials: Credentials) -> Claim | None:
        person, password = credentials
        stored = self._people.get(person)
        # A name that is not in the file costs what a wrong password costs: the hash of somebody
        # else is checked, always the same one for the same name.
        measured = stored or self._decoy(person)
        matches = measured is not None and measured.matches(password)
        known = matches and stored is not None
        return Claim(person, _KIND, strength=Strength.HTPASSWD) if known else None

    def _decoy(self, person: str) -> Hash | None:
        if not self._decoys:
            return None
        return self._decoys[int.from_bytes(self._hashed(person)) % len(self._decoys)]
