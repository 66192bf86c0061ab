"""
Are these records in a sealed log of breaktime? A second opinion, which shares no code with it.

    python3 check_proof.py ANCHOR PROOF

ANCHOR holds what `breaktime audit init` printed, PROOF what `breaktime audit prove` wrote: JSON
with the checkpoints of the log up to the last one that is needed, and records, each with its line,
the number (epoch) of the checkpoint over it, its place (index) there, and the hashes beside its way
up the tree. A checkpoint ends with ,"sig":"<128 hex digits>"}}}. Signed, by Ed25519, is "breaktime
checkpoint 1", a line feed, and the line up to the signature: the first one with the key of the
anchor, each other one with the key that the one before it names as next. It names as prev the
SHA-256 of the byte 2 and the checkpoint before it. Its root is that of the tree of RFC 6962 over so
many lines: the SHA-256 of the byte 0 and a line, or of the byte 1 and two hashes.

Prints what is proved. Exit status: 0 all of it is; 1 not, and why.
"""

import json
import re
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNED = r'(?s)(.*),"sig":"([0-9a-f]{128})"\}\}\}'


def chain(anchor: str, lines: list[str]) -> dict[int, dict[str, Any]]:
    """Follow the checkpoints from the anchor on; return what each says, by its number."""
    found = re.search(r"breaktime-anchor (\S+) (\d+) ([0-9a-f]{64})", anchor)
    if found is None:
        raise SystemExit("NOT PROVED: there is no anchor in that file")
    origin, first, key = found[1], int(found[2]), found[3]
    prev, seals = "0" * 64, {}
    for epoch, line in enumerate(lines, first):
        signed = re.fullmatch(SIGNED, line)
        seal = json.loads(line)["breaktime"]["seal"]
        if signed is None or (seal["origin"], seal["epoch"]) != (origin, epoch):
            raise ValueError("a checkpoint is of another log, or out of its place")
        if (epoch > first or first == 0) and seal["prev"] != prev:
            raise ValueError("a checkpoint does not follow the one before it")
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signed[2]), b"breaktime checkpoint 1\n" + signed[1].encode())
        prev, key = sha256(b"\2" + line.encode()).hexdigest(), seal["next"]
        seals[epoch] = seal
    return seals


def is_under(record: dict[str, Any], seal: dict[str, Any]) -> bool:
    """Tell whether the hashes of a record lead to the root of a checkpoint."""
    above = sha256(b"\0" + record["line"].encode()).digest()
    index, last, beside = record["index"], seal["lines"] - 1, list(record["path"])
    if not 0 <= index <= last:
        return False
    while last:
        if index % 2 or index < last:
            other = bytes.fromhex(beside.pop(0))
            above = sha256(b"\1" + (other + above if index % 2 else above + other)).digest()
        index, last = index // 2, last // 2
    return not beside and above.hex() == seal["root"]


def check(anchor: str, proof: dict[str, Any]) -> list[str]:
    """Return the lines that are proved; raises where one is not."""
    seals = chain(anchor, proof["checkpoints"])
    for record in proof["records"]:
        if not is_under(record, seals[record["epoch"]]):
            raise ValueError("a record is not among the lines that its checkpoint seals")
    return [record["line"] for record in proof["records"]]


def main(arguments: Sequence[str]) -> None:
    """Check one proof, and show what it proves."""
    if len(arguments) != 2:  # noqa: PLR2004  an anchor and a proof
        raise SystemExit("python3 check_proof.py ANCHOR PROOF")
    anchor, proof = (Path(each).read_text("utf-8", "replace") for each in arguments)
    try:
        shown = check(anchor, json.loads(proof))
    except Exception as wrong:  # noqa: BLE001  whatever it is, nothing is proved
        raise SystemExit(f"NOT PROVED: {str(wrong) or type(wrong).__name__!a}") from None
    for line in shown:
        print(ascii(line)[1:-1] if not line.isascii() or not line.isprintable() else line)  # noqa: T201  that is what it is for
    print(f"PROVED: {len(shown)} records are in the log of the anchor, as shown")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
