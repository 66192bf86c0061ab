"""What the operator sees on stderr: no addresses, no names of sites, no people."""

import logging
import sys
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

import structlog
from structlog.typing import EventDict

FRAMES = 6
"""How many places of a fault are told: the innermost, which are enough to find it."""

_OURS = ("breaktime.door.", "breaktime.mitm.")
"""Where texts are fixed, apart from the names of hooks."""


def where(trace: TracebackType | None) -> str:
    """Name file and line of the innermost frames, the deepest last; code, and no values."""
    places = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(trace)]
    return " ".join(f"{'/'.join(file.parts[-2:])}:{line}" for file, line in places[-FRAMES:])


def tell_fault(_logger: object, _method: str, event: EventDict) -> EventDict:
    """
    Say of an exception what it is and where it came from.

    Its message is left out: it quotes what was asked for, and by whom.
    """
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        event["error"] = type(fault).__name__
        event["at"] = where(fault.__traceback__)
        cause = fault.__cause__ or fault.__context__
        if cause is not None:
            event["cause"] = type(cause).__name__
            event["cause_at"] = where(cause.__traceback__)
    return event


class _Terse(logging.Handler):
    """
    Passes on what failed in the door and in our hooks, and of mitmproxy that something did.

    mitmproxy's own messages name sites and clients. They are none of the operator's log's
    business: what people did stands in the audit log, and only there. Ours are fixed texts.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for one record."""
        ours = record.name.startswith(_OURS)
        structlog.get_logger(record.name if ours else "breaktime.mitmproxy").error(
            record.getMessage() if ours else "mitmproxy reported a fault",
            source=record.name,
            line=record.lineno,
            exc_info=record.exc_info,
        )


def log_to_stderr(least: int = logging.INFO) -> None:
    """
    Set up the operator's log. The audit log has a chain of its own and does not hang on it.

    Args:
        least: the lowest level that is told of.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        processors=[
            tell_fault,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Terse(logging.ERROR)]
    root.setLevel(logging.ERROR)


def tell_loss(lost: int, fault: Exception | None) -> None:
    """Tell the operator that records are lost, or that they can be written again."""
    log = structlog.get_logger("breaktime.gateway")
    if fault is None:
        log.warning("records can be written again; the log says how many are lost", lost=lost)
    else:
        log.error("records cannot be written and are lost", lost=lost, exc_info=fault)


def tell_sink(sink: str, lag: int, problem: str) -> None:
    """Tell the operator that a sink is behind, or that it is not any more."""
    log = structlog.get_logger("breaktime.gateway")
    if problem:
        log.error("a sink does not take the records", sink=sink, lag=lag, problem=problem)
    else:
        log.info("a sink has all records again", sink=sink)


def tell_lag(witness: str, lag: int, problem: str) -> None:
    """Tell the operator that a witness is behind, or that it is not any more."""
    log = structlog.get_logger("breaktime.gateway")
    if problem:
        log.error("a witness does not take the seals", witness=witness, lag=lag, problem=problem)
    else:
        log.info("a witness has all seals again", witness=witness)
