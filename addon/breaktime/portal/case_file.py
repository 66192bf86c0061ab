"""
An approved request becomes a file of the configuration: whole and valid, or not at all.

    prepare        written beside its place, and read by the loader that the gateway uses
    (recorded)     by whoever calls
    put in force   given its name

A gateway that ends between two of these steps leaves a file that opens nothing; the next one
looks into the records and goes on, or goes back (`recovery`).
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from breaktime.config import ConfigError, Loaded, Staged
from breaktime.ledger import CaseRequest

_PREPARED = ".approved"
"""How the name of a file ends that is not in force yet."""


class CaseError(Exception):
    """The case could not be put in force; the text says why, for the operator."""


def case_id(request: CaseRequest) -> str:
    """Return the number of the case that a request becomes."""
    return f"BC-{request.at:%Y}-{request.id.upper()}"


def as_yaml(request: CaseRequest, by: str, since: date, until: date) -> str:
    """
    Write a case as the configuration has it.

    Everything is in quotes: no purpose can be read as anything else than text.
    """
    case = {
        "id": case_id(request),
        "for": {"person": request.person},
        **({"pages": [request.page]} if request.page else {"platforms": [request.platform]}),
        "purpose": request.purpose,
        "requested_by": request.person,
        "approved_by": by,
        "from": since.isoformat(),
        "until": until.isoformat(),
    }
    return yaml.safe_dump(
        {"business_cases": [case]}, default_style='"', allow_unicode=True, sort_keys=False
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    A case that is valid and not in force yet.

    It lies beside its later place, under a name that no `include` reads. So it survives a gateway
    that ends before the approval is recorded, and opens nothing before.

    Fields:
        file: where it is.
        path: where it belongs.
    """

    file: Path
    path: Path

    def put_in_force(self) -> None:
        """
        Give it its name: from now on it is a part of the configuration.

        Raises:
            CaseError: that cannot be done.
        """
        try:
            self.file.replace(self.path)
            _sync(self.path.parent)
        except OSError as problem:
            raise CaseError(f"{self.path} cannot be written: {problem.strerror}") from problem

    def drop(self) -> None:
        """Remove it."""
        _remove(self.file)


async def prepare(
    load: Callable[[Staged], Awaitable[Loaded]],
    folder: Path,
    request: CaseRequest,
    by: str,
    days: tuple[date, date],
) -> Prepared:
    """
    Write the file of a case, and make sure that it can become a part of the configuration.

    Args:
        load: reads the configuration with it.
        folder: where cases are.
        request: what was approved.
        by: who approved it.
        days: first and last day.

    Raises:
        CaseError: it cannot; there is no file of it.
    """
    path = folder / f"portal-{case_id(request)}.yaml"
    file = path.with_name(f".{path.name}{_PREPARED}")
    try:
        await asyncio.to_thread(_write, file, as_yaml(request, by, *days))
    except OSError as problem:
        raise CaseError(f"{path} cannot be written: {problem.strerror}") from problem
    try:
        loaded = await load(Staged(file, path))
    except ConfigError as problems:
        _remove(file)
        raise CaseError(f"the configuration has problems: {problems.problems[0]}") from problems
    except BaseException as fault:
        _remove(file)
        if not isinstance(fault, Exception):
            raise
        raise CaseError(f"the configuration could not be read ({type(fault).__name__})") from fault
    rule = f"business-case:{case_id(request)}"
    if rule not in {case.rule.id for _, case in loaded.policy.cases}:
        _remove(file)
        raise CaseError(f"{path} is not read; `include` has to name it")
    return Prepared(file, path)


def left_behind(folder: Path) -> Iterator[tuple[Prepared, str]]:
    """Give what was prepared and not put in force, with the number of the case."""
    for file in sorted(folder.glob(f".portal-*.yaml{_PREPARED}")):
        try:
            case = yaml.safe_load(file.read_text("utf-8"))["business_cases"][0]
            number = str(case["id"])
        except (OSError, ValueError, KeyError, IndexError, TypeError, yaml.YAMLError):
            continue  # nothing that we have written; it opens nothing
        path = file.with_name(file.name.removeprefix(".").removesuffix(_PREPARED))
        yield Prepared(file, path), number


def _write(path: Path, text: str) -> None:
    """Write a new file at once: whoever reads sees all of it or nothing."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o640)
    try:
        with os.fdopen(fd, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        _sync(path.parent)
    except BaseException:
        _remove(new)
        raise


def _sync(folder: Path) -> None:
    """Make sure that a name which was given is still there after a crash."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
