"""Stage 7, record: what happens to the gateway itself."""

from collections.abc import Callable

from breaktime.core.record import Action, Record
from breaktime.mitm.clock import Clock
from breaktime.mitm.state import State


class Notes:
    """Writes down that the gateway has started, taken a configuration, and the like."""

    def __init__(
        self, put: Callable[[Record], object], clock: Clock, state: State, file: str
    ) -> None:
        """
        Begin with nothing noted.

        Args:
            put: writes a record.
            clock: reads the instant.
            state: what is in force.
            file: name of the configuration's main file.
        """
        self._put = put
        self._clock = clock
        self._state = state
        self._file = file

    def note(self, action: Action, message: str, problems: int | None = None) -> None:
        """
        Write down what has just happened.

        Args:
            action: what it was.
            message: the same in a plain sentence.
            problems: how many were found in a configuration, where that is what happened.
        """
        self._put(
            Record(
                at=self._clock(),
                action=action,
                message=message,
                ruleset=self._state.now.policy.fingerprint,
                file=self._file,
                problems=problems,
            )
        )
