"""What the operator sees on stderr: no addresses, no names of sites, no people."""

import logging
import sys

import structlog


class _Terse(logging.Handler):
    """
    Passes on that something in mitmproxy failed, not what was asked.

    mitmproxy's own messages name sites and clients. They are none of the operator's log's
    business: what people did stands in the audit log, and only there.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for one record."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger("breaktime.mitmproxy").error(
            "mitmproxy reported a fault", source=record.name, line=record.lineno, error=kind
        )


def log_to_stderr() -> None:
    """Set up the operator's log. The audit log has a chain of its own and does not hang on it."""
    structlog.configure(
        processors=[
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
