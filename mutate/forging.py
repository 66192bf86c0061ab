"""Somebody who has every key, and makes checkpoints that are wrong in one thing only."""

import json
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breaktime.audit.anchor import Anchor
from breaktime.audit.checkpoint import Checkpoint, laid_out, signed, to_sign
from breaktime.audit.merkle import Tree, leaf_of


class Forger:
    """Has every key, and makes checkpoints that are wrong in one thing only."""

    def __init__(self) -> None:
        """Make nine keys, always the same."""
        self.keys = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(9)]
        self.public = [key.public_key().public_bytes_raw().hex() for key in self.keys]
        self.anchor = f"{Anchor('gateway/1', 0, self.public[0])}\n"

    def seal(self, number: int, before: str, over: Sequence[bytes] = (), **wrong: Any) -> bytes:
        """Return a checkpoint over lines; `wrong` says what of it is not as it should be."""
        tree = Tree()
        for each in over:
            tree.add(leaf_of(each))
        said = Checkpoint(
            "gateway/1", number, len(over), tree.root().hex(), before, self.public[number + 1]
        )
        key, more = wrong.get("key", number), wrong.get("more", {})
        said = said._replace(**{k: v for k, v in wrong.items() if k not in {"key", "more"}})
        seal = {**laid_out(said), **more}
        text = json.dumps({"breaktime": {"seal": seal}}, separators=(",", ":"))
        line = ('{"event":{"action":"integrity-checkpoint"},' + text[1:]).encode()
        return signed(line, self.keys[key].sign(to_sign(line)))
