"""What every part of a gateway stands on, whichever process it is in."""

from dataclasses import dataclass
from pathlib import Path

from breaktime.ledger import Ledger, open_ledger
from breaktime.mitm.clock import Clock, ForwardClock
from breaktime.mitm.counts import Elsewhere
from breaktime.mitm.notes import Notes
from breaktime.mitm.signin import Recorder, SignIn
from breaktime.mitm.state import State
from breaktime.watch import Tally


@dataclass(frozen=True, slots=True)
class Basis:
    """
    What every part of a gateway stands on.

    Fields:
        path: main file of the configuration.
        name: what the gateway is called; no other has the same name in the ledger.
        state: what is in force.
        clock: what breaks go by.
        recorder: writes the records.
        notes: write down what happens to the gateway itself.
        sign_in: asks people who they are.
        tally: what is counted.
        elsewhere: puts sessions and counts of several processes together; None where there is one.
    """

    path: Path
    name: str
    state: State
    clock: Clock
    recorder: Recorder
    notes: Notes
    sign_in: SignIn
    tally: Tally
    elsewhere: Elsewhere | None = None

    @property
    def wall(self) -> Clock:
        """The clock that is shown; ledger and log have rules of their own for one that is set."""
        return wall_of(self.clock)

    def open_ledger(self) -> Ledger:
        """Open the ledger that is in force; it may block."""
        ledger = self.state.now.settings.ledger
        return open_ledger(ledger.path, ledger.url)


def wall_of(clock: Clock) -> Clock:
    """Return the clock that another one reads, or itself; other programs read it too."""
    return clock.wall if isinstance(clock, ForwardClock) else clock
