"""What `breaktime doctor` looks at where there is a parent proxy."""

import asyncio
from collections.abc import Iterator

from breaktime.cli.examining import Finding, Mark
from breaktime.config.settings_gateway import GatewaySettings
from breaktime.door import Dialler, Parent, ParentError, Trouble

PROBE = ("www.example.org", 443)
"""What it is asked for: a site that is kept for examples, and that nobody reads anything on."""

_ADVICE = {
    Trouble.UNREACHABLE: "look at `gateway.parent`, its TLS, and the firewall between",
    Trouble.GARBAGE: "look at `gateway.parent`: is a proxy there, and does it speak TLS?",
    Trouble.CREDENTIALS: "mend `credentials_file`",
    Trouble.REFUSED: "have it allow CONNECT to the ports 80 and 443",
    Trouble.ORIGIN: "fine if nobody may go there; else look at its way out",
}


def parent(settings: GatewaySettings) -> Iterator[Finding]:
    """Examine whether the parent proxy gives tunnels."""
    from breaktime.mitm.parents import open_parent
    from breaktime.mitm.world import StartError

    try:
        found = open_parent(settings.parent, settings.trust)
    except StartError as problem:
        yield Finding(Mark.BAD, str(problem))
        return
    if found is None:
        return
    where = f"the parent proxy {found.at.host}:{found.at.port}"
    try:
        asyncio.run(_ask(found))
    except ParentError as failure:
        worth_a_look = failure.trouble in {Trouble.REFUSED, Trouble.ORIGIN}
        mark = Mark.LOOK if worth_a_look else Mark.BAD
        what = str(failure.strerror).removeprefix("the parent proxy ")
        text = f"{where} {what} ({PROBE[0]}:{PROBE[1]})"
        yield Finding(mark, f"{text}; {_ADVICE[failure.trouble]}")
    except OSError as problem:
        yield Finding(Mark.BAD, f"{where} was not asked: {problem.strerror}; look at `resolve`")
    else:
        yield Finding(Mark.FINE, f"{where} gives tunnels")


async def _ask(found: Parent) -> None:
    dialler = Dialler(parent=found)
    try:
        (await dialler.connect(*PROBE)).sock.close()
    finally:
        dialler.close()
