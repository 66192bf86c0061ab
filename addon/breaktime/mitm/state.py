"""What is in force now: one reference, replaced whole."""

from dataclasses import dataclass

from breaktime.config import Settings
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
