"""
What both verifiers say of a log, and of proofs: that is how mutants are told from the right code.

Every outcome is the whole report with all its findings, so a mutant is killed by a wrong number in
a sentence, too.
"""

import importlib
import json
import types
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OLD = "audit-gateway-2026-01-01.jsonl"
ZERO = "0" * 64


class Case(NamedTuple):
    """
    A log as somebody hands it over.

    Fields:
        name: what was done to it.
        data: its bytes.
        anchors, witness: lines of anchors and of a witness, as text.
        live: a gateway writes to it.
        remembered: how many keys the verifier remembers, None for as many as it does.
    """

    name: str
    data: bytes
    anchors: str
    witness: str = ""
    live: bool = False
    remembered: int | None = None


def quickly(keys: dict[tuple[bytes, bytes, bytes], bool]) -> type:
    """Return a public key that looks each signature up once."""

    class Key:
        def __init__(self, key: bytes) -> None:
            self.really = Ed25519PublicKey.from_public_bytes(key)
            self.key = key

        @classmethod
        def from_public_bytes(cls, key: bytes) -> "Key":
            return cls(key)

        def verify(self, signature: bytes, text: bytes) -> None:
            known = keys.get((self.key, signature, text))
            if known is None:
                try:
                    self.really.verify(signature, text)
                    known = True
                except InvalidSignature:
                    known = False
                keys[self.key, signature, text] = known
            if not known:
                raise InvalidSignature

    return Key


def said_by_first(case: Case) -> str:
    """Return all that the first verifier says, through the modules as they are loaded now."""
    audit = "breaktime.audit."
    verify = importlib.import_module(audit + "verify")
    read_anchors = importlib.import_module(audit + "anchor").read_anchors
    read_statements = importlib.import_module(audit + "statement").read_statements
    anchors = read_anchors(case.anchors)
    witness = read_statements(case.witness.encode().splitlines())
    if case.remembered is not None:
        verify.REMEMBERED = case.remembered
    more = {"live": True} if case.live else {}
    verifier = verify.Verifier(anchors, witness, **more)
    lines = case.data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        verifier.take("log", number, line)
    if lines[-1]:
        verifier.take("log", len(lines), lines[-1], whole=False)
    report = verifier.finish()
    found = [str(each) for each in report.findings]
    counts = report.more, report.sealed, report.purged, report.checkpoints, report.tail
    return repr((report.worst, found, counts, str(report.head), str(report.anchor)))


def said_by_second(case: Case, module: Any, folder: Path) -> str:
    """Return what the second verifier says, from a file, as it reads."""
    path = folder / "log"
    path.write_bytes(case.data)
    try:
        return str(module.verify(case.anchors, [path], case.witness.encode()))
    except SystemExit as wrong:
        return f"NOT OK {wrong}"


def said_of_proof(text: str, anchor: str) -> str:
    """Return what is proved."""
    proof = importlib.import_module("breaktime.audit.proof")
    read_anchors = importlib.import_module("breaktime.audit.anchor").read_anchors
    try:
        return repr(proof.check(json.loads(text), read_anchors(anchor)[0]))
    except proof.ProofError as wrong:
        return f"NOT PROVED {wrong}"


def second_of(source: str, name: str = "verify_audit") -> types.ModuleType:
    """Return the second verifier, made of a source."""
    module = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module
