"""What a break has opened ends with it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta


class Leases:
    """
    Client connections that are open because of a break, each with the instant it has to end.

    A connection may carry many requests; the last decision counts.
    """

    def __init__(self, cut: Callable[[str], None]) -> None:
        """Take the function that ends a connection by its id."""
        self._cut = cut
        self._until: dict[str, datetime] = {}
        self._sitting: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many connections are leased."""
        return len(self._until)

    def grant(
        self,
        connection: str,
        until: datetime | None,
        grace: timedelta,
        sitting_of: str | None = None,
    ) -> None:
        """
        Let a connection live until an instant and a grace; None takes the limit away.

        Args:
            connection: its id.
            until: UTC instant at which the break ends.
            grace: how long after it.
            sitting_of: who may stop the break before, None for a break with fixed times.
        """
        self._sitting.pop(connection, None)
        if sitting_of is not None:
            self._sitting[connection] = sitting_of
        if until is None:
            self._until.pop(connection, None)
        else:
            self._until[connection] = until + grace

    def release(self, connection: str) -> None:
        """Forget a connection that has ended by itself."""
        self._until.pop(connection, None)
        self._sitting.pop(connection, None)

    def sittings(self) -> dict[str, str]:
        """Return the connections that are open by a sitting, and whose it is."""
        return dict(self._sitting)

    def stopped(self, connections: Iterable[str], at: datetime, grace: timedelta) -> None:
        """Let connections whose sitting was stopped live for a grace only."""
        for connection in connections:
            if self._sitting.pop(connection, None) is not None and connection in self._until:
                self._until[connection] = min(self._until[connection], at + grace)

    def sweep(self, at: datetime) -> int:
        """End what is due and return how many connections that were."""
        due = [connection for connection, until in self._until.items() if until <= at]
        for connection in due:
            del self._until[connection]
            self._sitting.pop(connection, None)
            self._cut(connection)
        return len(due)
