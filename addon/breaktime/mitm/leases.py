"""What a break has opened ends with it."""

from collections.abc import Callable
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

    def __len__(self) -> int:
        """Return how many connections are leased."""
        return len(self._until)

    def grant(self, connection: str, until: datetime | None, grace: timedelta) -> None:
        """Let a connection live until an instant and a grace; None takes the limit away."""
        if until is None:
            self._until.pop(connection, None)
        else:
            self._until[connection] = until + grace

    def release(self, connection: str) -> None:
        """Forget a connection that has ended by itself."""
        self._until.pop(connection, None)

    def sweep(self, at: datetime) -> int:
        """End what is due and return how many connections that were."""
        due = [connection for connection, until in self._until.items() if until <= at]
        for connection in due:
            del self._until[connection]
            self._cut(connection)
        return len(due)
