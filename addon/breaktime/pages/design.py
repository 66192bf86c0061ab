"""What a site has made its own: sentences, templates and colours. All of it was checked at load."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from breaktime.pages.texts import TEXTS, Texts

BLOCK = "block.html"
"""The template of the block page."""


@dataclass(frozen=True, eq=False)
class Design:
    """
    How the pages of one organisation look and what they say.

    Two are equal if they hold the same; what is made of one can be kept by it.

    Fields:
        texts: sentences by language; those that come with breaktime are always there.
        templates: templates of the site by the name of the one that they take the place of.
        style: rules that follow those of our style sheets; empty where there are none.
    """

    texts: Mapping[str, Texts] = field(default_factory=lambda: TEXTS)
    templates: Mapping[str, str] = field(default_factory=dict)
    style: str = ""

    @cached_property
    def _digest(self) -> bytes:
        said = repr((sorted(self.texts.items()), sorted(self.templates.items()), self.style))
        return hashlib.sha256(said.encode()).digest()

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same."""
        if not isinstance(other, Design):
            return NotImplemented
        return self is other or self._digest == other._digest

    def __hash__(self) -> int:
        """Return what is the same for equal ones."""
        return hash(self._digest)


OURS = Design()
"""What comes with breaktime."""
