"""What happens on the day of the demo, and what has to come out."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from breaktime.demo.client import Reply, visit
from breaktime.demo.origin import Origin

DAY = "2026-11-23"
"""A Monday in winter, so that London's wall clock is UTC."""

GATEWAY_CA = "mitmproxy-ca-cert.pem"
STOP_SECONDS = 10

PEOPLE = {
    "a.jones": "127.0.20.5",
    "c.lee": "127.0.20.6",
    "a visitor of the library": "127.0.60.7",
    "somebody unknown": "127.0.99.9",
}


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
        "the council's own page",
        200,
        "own_page",
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


class DemoError(Exception):
    """The demo cannot be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class Stage:
    """
    A running gateway with its internet.

    Fields:
        folder: its configuration, clock, keys and audit log.
        proxy: where it listens.
        trust: files with the authorities that browsers have to trust.
    """

    folder: Path
    proxy: tuple[str, int]
    trust: tuple[Path, ...]

    def set_clock(self, wall: str) -> None:
        """Set the clock of the gateway to a time of the day."""
        new = self.folder / "clock.new"
        new.write_text(f"{DAY}T{wall}:00+00:00\n", "ascii")
        new.replace(self.folder / "clock")

    def records(self) -> list[dict[str, object]]:
        """Return all records of visits in the audit log."""
        lines = [
            json.loads(line)
            for file in sorted((self.folder / "audit").glob("*.jsonl"))
            for line in file.read_text("ascii").splitlines()
        ]
        return [line for line in lines if line["url"]["domain"] is not None]


@contextmanager
def stage(port: int = 0) -> Iterator[Stage]:
    """Start origin and gateway, and end both afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="breaktime-demo-"))
    try:
        with Origin(folder) as origin:
            yield from _gateway(folder, origin, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _gateway(folder: Path, origin: Origin, port: int) -> Iterator[Stage]:
    config = folder / "config.yaml"
    config.write_text(resources.files(__package__).joinpath("config.yaml").read_text("utf-8"))
    known = {who: address for who, address in PEOPLE.items() if "." in who}
    rows = [f"{address},{who}" for who, address in (*known.items(), ("a.jones", "127.0.0.1"))]
    (folder / "people.csv").write_text("\n".join(["address,person", *rows, ""]))
    (folder / "clock").write_text(f"{DAY}T09:00:00+00:00\n")
    command = [sys.executable, "-m", "breaktime.demo.gateway", str(config), str(folder / "clock")]
    command += [f"127.0.0.1:{port}", f"127.0.0.1:{origin.port}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  ourselves
    try:
        words = (process.stdout.readline() if process.stdout else "").split()
        if words[:1] != ["listening"]:
            raise DemoError("the gateway did not start; its own words stand above")
        trust = (folder / "ca" / GATEWAY_CA, origin.ca)
        yield Stage(folder, (words[1], int(words[2])), trust)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def play(show: Callable[[str], None]) -> int:
    """
    Play the day and check what comes out of it.

    Args:
        show: is given each line to print.

    Returns:
        How many scenes did not end as they should.

    Raises:
        DemoError: if the gateway does not start.
    """
    wrong = 0
    with stage() as running:
        for scene in SCENES:
            running.set_clock(scene.at)
            before = len(running.records())
            try:
                reply = visit(scene.url, PEOPLE[scene.who], running.proxy, running.trust)
            except OSError as problem:
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
    from breaktime.audit.reading import render_line  # noqa: PLC0415  only the telling needs it

    yield f"{scene.at}  {scene.who} asks for {scene.url}  ({scene.why})"
    came = "the page opens" if reply.status < 400 else f"refused: {_why(reply.body)}"  # noqa: PLR2004
    yield f"       {reply.status}  {came}; certificate by {reply.issuer}"
    for line in new:
        yield f"       audit  {render_line(line)}"
    if not new:
        yield "       audit  nothing is recorded"
    if not right:
        yield "       THIS IS NOT WHAT SHOULD HAVE HAPPENED"
    yield ""


def _why(body: str) -> str:
    """Return the sentence of the block page that says when the site opens, or its title."""
    text = body.partition("<main")[2] or body
    plain: list[str] = []
    for piece in text.split("<"):
        plain.append(piece.partition(">")[2])
    words = " ".join(" ".join(plain).split())
    return words[:100] + ("..." if len(words) > 100 else "")  # noqa: PLR2004  one line of a terminal
