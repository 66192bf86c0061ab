"""What leases see of a question."""

from datetime import timedelta
from types import SimpleNamespace

from breaktime.core.flexible import UNKNOWN


def question_about(request, grace=timedelta(0)):
    """Return the request, the ledger's word and the grace, where a question has them."""
    settings = SimpleNamespace(ending=SimpleNamespace(grace=grace))
    return SimpleNamespace(
        seen=SimpleNamespace(request=request, domain=request.names[0], scheme="https"),
        usage=UNKNOWN,
        state=SimpleNamespace(settings=settings),
    )
