"""Where connections come from, for those who open them."""

from typing import Protocol


class Outside(Protocol):
    """Has every connection in a table, from its first byte to its end."""

    def release(self, connection: str, /, *, cut: bool = False) -> None:
        """Take note that a connection has ended, or was cut."""

    def belongs(self, connection: str, person: str, /) -> None:
        """Count a connection for somebody who has signed in on it."""

    def cut(self, connection: str, /) -> object:
        """End a connection."""
