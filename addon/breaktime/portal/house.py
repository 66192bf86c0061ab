"""What the portal may ask and do. The gateway brings it; tests bring their own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from breaktime.config import Loaded, Settings, Staged
from breaktime.core.policy import Policy
from breaktime.core.record import Record
from breaktime.ledger import Ledger
from breaktime.pages import PageSettings


class Current(Protocol):
    """What is in force."""

    @property
    def policy(self) -> Policy:
        """What decides."""

    @property
    def settings(self) -> Settings:
        """Everything else."""

    @property
    def pages(self) -> PageSettings:
        """What every page shows."""


class AskLedger(Protocol):
    """Asks the ledger without holding up the loop."""

    def __call__[T](self, question: Callable[[Ledger], T], /) -> Awaitable[T]:
        """
        Return what the ledger says.

        Raises:
            LedgerError: it cannot be used.
        """


@dataclass(frozen=True, slots=True)
class House:
    """
    What the portal stands in.

    Fields:
        current: returns what is in force; asked once for each request.
        clock: reads the instant.
        ledger: asks the ledger.
        changed: is told whose usage has changed.
        record: writes a record down and says whether it is kept.
        reload: asks for the configuration to be read again.
        load: reads the configuration as it stands in the files now, with one that is going to be
            included.
        key: secret of this gateway, for forms.
        name: of this gateway, as the ledger knows it.
    """

    current: Callable[[], Current]
    clock: Callable[[], datetime]
    ledger: AskLedger
    changed: Callable[[str], None]
    record: Callable[[Record], Awaitable[bool]]
    reload: Callable[[], None]
    load: Callable[[Staged], Awaitable[Loaded]]
    key: bytes
    name: str
