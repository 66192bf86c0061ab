"""What a person reads first on a page that refuses, whatever its template is."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

WIDEST = 160
"""How much of it is shown, in characters: two lines of a terminal."""

_HEADINGS = frozenset({"h1", "h2", "h3"})
_BLOCKS = _HEADINGS | {"p", "li"}
_UNSEEN = frozenset({"head", "style", "script", "header", "footer"})


def gist(page: str) -> str:
    """
    Return what a page says about opening, on one line.

    That is the first paragraph with a `<time>`, under its heading; where there is none, the first
    heading or paragraph; where there is none of these, the beginning of the text.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    blocks = [block for block in reader.blocks if block.text]
    for above, block in zip([None, *blocks], blocks, strict=False):
        if block.timed:
            headed = above is not None and above.tag in _HEADINGS
            return _short(f"{above.text}: {block.text}" if above and headed else block.text)
    return _short(blocks[0].text if blocks else "".join(reader.seen))


def _short(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= WIDEST else line[: WIDEST - 3] + "..."


@dataclass(eq=False)
class _Block:
    """A heading, paragraph or entry of a list; `timed` if it holds a `<time>`."""

    tag: str
    pieces: list[str] = field(default_factory=list)
    timed: bool = False

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


class _Reader(HTMLParser):
    """
    Takes a page apart.

    Fields:
        blocks: its headings, paragraphs and entries of lists, in order.
        seen: all text that a person sees.
    """

    def __init__(self) -> None:
        """Begin."""
        super().__init__()
        self.blocks: list[_Block] = []
        self.seen: list[str] = []
        self._inside: _Block | None = None
        self._unseen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base class says so
        """Begin a block, or something that is not seen."""
        if self._unseen is None and tag in _UNSEEN:
            self._unseen = tag
        elif self._unseen is None and tag in _BLOCKS:
            self._inside = _Block(tag)
            self.blocks.append(self._inside)
        elif tag == "time" and self._inside is not None:
            self._inside.timed = True

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag == self._unseen:
            self._unseen = None
        elif tag in _BLOCKS:
            self._inside = None

    def handle_data(self, data: str) -> None:
        """Collect what is seen."""
        if self._unseen is None:
            self.seen.append(data)
            if self._inside is not None:
                self._inside.pieces.append(data)
