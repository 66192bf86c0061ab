"""
An approved request becomes a file of the configuration: whole and valid, or not at all.

The file is read back by the loader that the gateway uses. Where the case is not in what it
loaded, the file is removed again.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import yaml

from breaktime.config import ConfigError, Loaded
from breaktime.ledger import CaseRequest


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


async def put_in_force(
    load: Callable[[], Awaitable[Loaded]],
    folder: Path,
    request: CaseRequest,
    by: str,
    days: tuple[date, date],
) -> Path:
    """
    Write the file of a case, and make sure that it is a part of the configuration.

    Args:
        load: reads the configuration.
        folder: where cases are.
        request: what was approved.
        by: who approved it.
        days: first and last day.

    Raises:
        CaseError: it is not in force; there is no file of it.
    """
    path = folder / f"portal-{case_id(request)}.yaml"
    try:
        await asyncio.to_thread(_write, path, as_yaml(request, by, *days))
    except OSError as problem:
        raise CaseError(f"{path} cannot be written: {problem.strerror}") from problem
    try:
        loaded = await load()
    except ConfigError as problems:
        _remove(path)
        raise CaseError(f"the configuration has problems: {problems.problems[0]}") from problems
    except BaseException as fault:
        _remove(path)
        if not isinstance(fault, Exception):
            raise
        raise CaseError(f"the configuration could not be read ({type(fault).__name__})") from fault
    rule = f"business-case:{case_id(request)}"
    if rule not in {case.rule.id for _, case in loaded.policy.cases}:
        _remove(path)
        raise CaseError(f"{path} is not read; `include` has to name it")
    return path


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
    except BaseException:
        _remove(new)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
