"""What happens on the day of the demo, and what has to come out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from http.client import HTTPException

from breaktime.audit import render_line
from breaktime.demo.client import Reply, visit
from breaktime.demo.origin import Origin
from breaktime.demo.page import gist
from breaktime.demo.stage import PEOPLE, DemoError, stage


@dataclass(frozen=True, slots=True)
class Scene:
    """
    One visit.

    Fields:
        at: wall clock, HH:MM.
        who: one of `PEOPLE`.
        url: what is asked for.
        why: what the scene shows.
        status: what has to come back.
        reason: reason in the record that has to be written; None for no record.
        issuer: who has to have signed the certificate that the browser sees.
    """

    at: str
    who: str
    url: str
    why: str
    status: int
    reason: str | None
    issuer: str = "breaktime"


FACEBOOK = "https://www.facebook.com/"
SCENES = (
    Scene("09:30", "a.jones", FACEBOOK, "before the break", 403, "outside_breaks"),
    Scene("12:15", "a.jones", FACEBOOK, "in the break", 200, "break_fixed"),
    Scene("15:00", "c.lee", "https://x.com/home", "a business case", 200, "business_case"),
    Scene(
        "15:05",
        "a.jones",
        "https://www.facebook.com/ExampleshireCouncil",
        "the council's own page: counted, and nobody's name written",
        200,
        None,
    ),
    Scene(
        "15:10",
        "a visitor of the library",
        FACEBOOK,
        "an exempt place: not opened, not recorded",
        200,
        None,
        Origin.ISSUER,
    ),
    Scene("15:15", "somebody unknown", FACEBOOK, "nobody known", 403, "identity_unknown"),
    Scene(
        "15:20",
        "a.jones",
        "https://www.example.org/",
        "none of our business: not opened, not recorded",
        200,
        None,
        Origin.ISSUER,
    ),
)


def play(show: Callable[[str], None]) -> int:
    """
    Play the day and check what comes out of it.

    Args:
        show: is given each line to print.

    Returns:
        How many scenes did not end as they should.

    Raises:
        DemoError: if the gateway does not start, or does not answer.
    """
    wrong = 0
    with stage() as running:
        for scene in SCENES:
            running.set_clock(time.fromisoformat(scene.at))
            before = len(running.records())
            try:
                reply = visit(scene.url, PEOPLE[scene.who], running.proxy, running.trust)
            except (OSError, HTTPException) as problem:
                raise DemoError(f"the gateway did not answer: {problem}") from problem
            new = running.records()[before:]
            right = _is_right(scene, reply, new)
            wrong += not right
            for line in _told(scene, reply, new, right=right):
                show(line)
    show(
        f"{len(SCENES) - wrong} of {len(SCENES)} scenes went as they should: real gateway, real "
        "TLS, real origin, one record for each judged page."
    )
    return wrong


def _is_right(scene: Scene, reply: Reply, new: list[dict[str, object]]) -> bool:
    reasons = [event["reason"] for event in (line["event"] for line in new)]  # type: ignore[index]
    wanted = [] if scene.reason is None else [scene.reason]
    return (reply.status, reply.issuer, reasons) == (scene.status, scene.issuer, wanted)


def _told(
    scene: Scene, reply: Reply, new: list[dict[str, object]], *, right: bool
) -> Iterator[str]:
    yield f"{scene.at}  {scene.who} asks for {scene.url}  ({scene.why})"
    came = "the page opens" if reply.status < 400 else f"refused: {gist(reply.body)}"  # noqa: PLR2004
    yield f"       {reply.status}  {came}; certificate by {reply.issuer}"
    for line in new:
        yield f"       audit  {render_line(line)}"
    if not new:
        yield "       audit  nothing is recorded"
    if not right:
        yield "       THIS IS NOT WHAT SHOULD HAVE HAPPENED"
    yield ""
