"""Where an answer comes from: the place in the administrator's file that says so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule of the configuration, as a cause that can be named.

    Fields:
        id: kind and name, for example ``break:lunch`` or ``business-case:BC-2026-014``.
        file: name of the file as the administrator gave it; empty for a rule of ours.
        line: line in that file, counted from 1; 0 for a rule of ours.
    """

    id: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return the id with its place, as messages show it."""
        return f"{self.id} ({self.file}:{self.line})" if self.file else self.id


OWN = Rule("own")
"""Stands for the list of whoever asks, in what people share who are treated alike."""
