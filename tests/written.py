"""What administrators write, for tests: the least that loads, and what becomes of more."""

from datetime import UTC, datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

from breaktime.config import ConfigError, Loaded, parse
from breaktime.core.decide import Decision, decide
from breaktime.core.request import Request

LEAST = """\
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
identity: [{kind: basic, file: htpasswd}]
"""

LONDON = ZoneInfo("Europe/London")


def loaded(more: str = "") -> Loaded:
    """Load the least with more below it."""
    return parse(LEAST + dedent(more))


def problems(more: str = "") -> list[str]:
    """Return what is wrong with the least and more below it."""
    try:
        loaded(more)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def asked(
    config: Loaded, person: str | None, at: str, *, address: str = "", client: str | None = None
) -> Decision:
    """Ask for a page at a wall clock in London, such as `2026-11-23 12:30`."""
    host, slash, path = (address or "www.facebook.com/").partition("/")
    instant = datetime.fromisoformat(at).replace(tzinfo=LONDON).astimezone(UTC)
    return decide(
        config.policy, Request((host,), slash + path, person=person, client=client), instant
    )
