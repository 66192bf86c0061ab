"""Finishes what the portal had begun when the gateway ended."""

from collections.abc import Callable

from breaktime.mitm.basis import Basis
from breaktime.mitm.books import Books
from breaktime.portal.recovery import recover


async def finish(basis: Basis, books: Books, reload: Callable[[], object]) -> None:
    """
    Finish what was recorded of requests, and take back what was not.

    Args:
        basis: what the gateway stands on.
        books: reach the ledger.
        reload: has the configuration read again, if there is anything new in it.
    """
    settings = basis.state.now.settings
    name = None if settings.page.portal is None else basis.name
    if await recover(
        settings.page.cases, settings.records.directory, basis.wall(), books.ask, name
    ):
        reload()
