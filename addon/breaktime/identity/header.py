"""
People as a proxy in front names them: `{kind: header, name: X-User, from: [10.0.0.5]}`.

Whoever can send this header can be anybody. So it counts from the addresses of the proxy in front
and from nowhere else, and no origin ever sees it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity.networks import Networks, is_among, read_address
from breaktime.identity.provider import Claim, Doubt, Sighting, Source, Surroundings

_KIND: Literal["header"] = "header"
_TAKEN = frozenset({"host", "cookie", "authorization", "forwarded", "x-forwarded-for", "via"})
_NOBODY = frozenset({"", "-"})
"""What proxies write where nobody has signed in."""


def _name(found: object) -> str:
    name = str(found)
    fits = name.isascii() and name.replace("-", "").isalnum() and not name.startswith("-")
    if not fits or name.lower() in _TAKEN or name.lower().startswith("proxy-"):
        raise ValueError(
            f"must be the name of a header of its own, such as `X-Authenticated-User`,"
            f" found `{ascii(name)[1:-1]}`"
        )
    return name


class HeaderConfig(BaseModel):
    """The people whom a proxy in front has recognised."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["header"]
    name: Annotated[str, BeforeValidator(_name)]
    """Name of the header."""
    from_: Annotated[Networks, Field(alias="from", min_length=1)]
    """Addresses of the proxy in front. Nobody else is believed."""

    def files(self, base: Path) -> tuple[Path, ...]:  # noqa: ARG002  it needs none
        """Return no files: it is built from none."""
        return ()

    def open(self, around: Surroundings) -> "Header":
        """Build the provider."""
        wide = [str(one) for one in self.from_ if one.num_addresses > _MANY]
        warnings = tuple(
            f"`{one}` holds {_MANY} addresses and more: anybody there can be anybody;"
            " name the proxy in front alone"
            for one in wide
        )
        digest = f"{self.name} {self.from_}"
        return Header(self.name.lower(), self.from_, around.names, warnings, digest=digest)


_MANY = 256


@dataclass(frozen=True, slots=True)
class Header:
    """
    Provider: a header of a proxy in front.

    Fields:
        name: of the header, in lower case.
        front: addresses of the proxy in front.
        names: which names are one person.
    """

    name: str
    front: Networks
    names: SignInNames = field(default_factory=SignInNames)
    warnings: tuple[str, ...] = ()
    kind: str = _KIND
    source: Source = Source.HEADER
    challenge: str = ""
    digest: str = ""

    @property
    def headers(self) -> frozenset[str]:
        """The header itself."""
        return frozenset({self.name})

    def identify(self, sighting: Sighting) -> Claim | Doubt | None:
        """Return whom the proxy in front names, or why that is in doubt."""
        same = [pair for pair in sighting.headers if pair[0].replace("_", "-") == self.name]
        if not is_among(read_address(sighting.client), self.front):
            return Doubt.UNTRUSTED_HEADER if same else None
        if not same or (len(same) == 1 and same[0][1] in _NOBODY):
            return Doubt.HEADER_MISSING
        if len(same) > 1 or same[0][0] != self.name:
            return Doubt.HEADER
        try:
            written = same[0][1].encode("latin-1").decode()
        except UnicodeError:
            return Doubt.HEADER
        # Several headers of one name may have been joined on their way.
        person = None if "," in written else self.names.person(written)
        if person is None:
            return Doubt.HEADER
        return Claim(person, _KIND, strength=Strength.HEADER)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""
