"""Finishes what the portal had begun when the gateway ended."""

from collections.abc import Callable

from breaktime.mitm.basis import Basis
from breaktime.mitm.books import Books
from breaktime.portal.recovery import recover, recover_of


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


async def finish_of(worker: str, basis: Basis, books: Books, reload: Callable[[], object]) -> None:
    """
    Finish what was recorded of requests that one worker had in hand, and take back what was not.

    Args:
        worker: its name; its process has ended, and what it has sent is in the log.
        basis: what the gateway stands on.
        books: reach the ledger.
        reload: has the configuration read again, if there is anything new in it.

    Raises:
        LedgerError: the ledger does not answer; the next start looks again.
    """
    settings = basis.state.now.settings
    if settings.page.portal is None:
        return
    cases, records = settings.page.cases, settings.records.directory
    if await recover_of(cases, records, basis.wall(), books.ask, worker):
        reload()
