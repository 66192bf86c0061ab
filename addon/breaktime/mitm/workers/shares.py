"""Whose connections go to which worker: always the same one, as long as it is there."""

from collections.abc import Collection
from hashlib import blake2b


def worker_for(key: str, workers: Collection[int]) -> int:
    """
    Choose a worker for somebody.

    What is known of a visit, and of what was written down a moment ago, lies in one process. When
    a worker goes, only its own people move; when it is there again, only they move back
    (rendezvous hashing, Thaler and Ravishankar 1998).

    Args:
        key: the id of a person, or an address where nobody is known.
        workers: numbers of those who take connections; at least one.
    """
    return max(workers, key=lambda number: (_weight(key, number), number))


def _weight(key: str, number: int) -> bytes:
    return blake2b(f"{number} {key}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
