"""
Does the table of corruptions find every small mistake in the verifiers?

    python mutate                    all of them
    python mutate merkle tombstone   some modules
    python mutate --survivors        only what was not found

Each mutant runs in a process of its own against the table, until something is said that the right
code does not say. The end is 1 if a mutant is left that `EQUAL` does not explain.
"""

import argparse
import operator
import os
import signal
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / "tests"), str(ROOT / "addon")]

import spoiling  # noqa: E402
import table  # noqa: E402
from equal import EQUAL  # noqa: E402
from mutants import Mutant, mutants  # noqa: E402

import breaktime.audit.proof  # noqa: E402
import breaktime.audit.verify  # noqa: E402, F401  both are looked up in `sys.modules`

AUDIT = ROOT / "addon" / "breaktime" / "audit"
SECOND = ROOT / "tools" / "verify_audit.py"

MODULES = ("merkle", "tombstone", "checkpoint", "anchor", "statement", "purges", "findings",
           "verify", "proof")  # fmt: skip
"""What decides, in the order in which they import each other."""

CODE = {name: compile((AUDIT / f"{name}.py").read_text("utf-8"), name, "exec") for name in MODULES}
"""Compiled once."""

SKIP = {
    "anchor": frozenset({"read_anchor"}),
    "checkpoint": frozenset({"laid_out", "to_sign", "signed"}),
    "tombstone": frozenset({"write_tombstone", "leaf_under"}),
    "proof": frozenset({"prove", "_follows", "_is"}),
    "merkle": frozenset({"path_of"}),
    "second": frozenset({"first"}),
}
"""What writes, or reads a configuration, and does not judge."""

SECONDS = 3
"""So long may a mutant think; one that never ends was found."""

Run = Callable[[], Iterator[str]]
Second = Callable[[types.ModuleType], Iterator[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all mutants; return how many are left, 1 at most."""
    given = argparse.ArgumentParser()
    given.add_argument("modules", nargs="*", choices=[*MODULES, "second", []])
    given.add_argument("--survivors", action="store_true")
    told = given.parse_args(arguments)
    wanted = told.modules or [*MODULES, "second"]
    with tempfile.TemporaryDirectory() as folder:
        return _try(Path(folder), wanted, quiet=told.survivors)


def _try(folder: Path, wanted: Sequence[str], *, quiet: bool) -> int:
    key = table.quickly({})
    rows = list(spoiling.cases(folder))
    proofs = spoiling.proofs(folder)
    sys.modules["breaktime.audit.checkpoint"].__dict__["Ed25519PublicKey"] = key
    right = table.second_of(SECOND.read_text())
    right.__dict__["Ed25519PublicKey"] = key

    def first() -> Iterator[str]:
        for row in rows:
            yield table.said_by_first(row)
        for text, anchor in proofs:
            yield table.said_of_proof(text, anchor)

    def second(module: types.ModuleType) -> Iterator[str]:
        return (table.said_by_second(row, module, folder) for row in rows if not row.live)

    expected = {"first": list(first()), "second": list(second(right))}
    left = 0
    for name in wanted:
        left += _try_one(name, expected, key, first, second, quiet=quiet)
    return min(left, 1)


def _try_one(  # noqa: PLR0913  one verifier, or the other
    name: str, expected: dict[str, list[str]], key: type, first: Run, second: Second, *, quiet: bool
) -> int:
    """Try the mutants of one module; return how many are left."""
    path = SECOND if name == "second" else AUDIT / f"{name}.py"
    source = path.read_text("utf-8")
    lines = source.splitlines()
    all_ = left = equal = 0
    for mutant in mutants(source, SKIP.get(name, frozenset())):
        all_ += 1
        if name == "second":
            found = _is_found(_second_by(mutant, key, second), expected["second"])
        else:
            found = _is_found(_first_by(name, mutant, key, first), expected["first"])
        text = lines[mutant.line - 1].strip()
        if found:
            continue
        if (name, text, mutant.what) in EQUAL:
            equal += 1
            continue
        left += 1
        print(f"{path.name}:{mutant.line}: {mutant.what}: {text}", flush=True)
    if not quiet:
        print(f"{name}: {all_} mutants, {left} left, {equal} are no mistakes")
    return left


def _second_by(
    mutant: Mutant, key: type, second: Callable[[types.ModuleType], Iterator[str]]
) -> Run:
    def run() -> Iterator[str]:
        module = types.ModuleType("verify_audit")
        exec(compile(mutant.tree, "mutant", "exec"), module.__dict__)
        module.__dict__["Ed25519PublicKey"] = key
        return second(module)

    return run


def _first_by(name: str, mutant: Mutant, key: type, first: Run) -> Run:
    def run() -> Iterator[str]:
        package = sys.modules["breaktime.audit"]
        for each in MODULES:
            module = sys.modules["breaktime.audit." + each]
            fresh = types.ModuleType(module.__name__)
            sys.modules[module.__name__] = fresh
            setattr(package, each, fresh)
            code = compile(mutant.tree, "mutant", "exec") if each == name else CODE[each]
            exec(code, fresh.__dict__)
            if each == "checkpoint":
                fresh.__dict__["Ed25519PublicKey"] = key
        return first()

    return run


def _is_found(run: Run, expected: list[str]) -> bool:
    """Run a mutant in a process of its own; it is found if anything is said otherwise."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        os.close(2)
        os.open(os.devnull, os.O_WRONLY)
        status = 0
        try:
            # As far as the first difference: most of them are found at once.
            status = int(all(map(operator.eq, run(), expected)))
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return not (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 1)


if __name__ == "__main__":
    sys.exit(main())
