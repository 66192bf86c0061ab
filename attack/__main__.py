"""
Attack an installed gateway in every way of the list, and print what came of it.

    python attack                     all of them
    python attack S5 S16              some rows of the list
    python attack --workers 2         against a gateway with two workers
    python attack S36 --reloads 1000  with so many reloads
    python attack --bare              the same against mitmdump alone, which shows that they bite

The last column of a row says what must not be; the end is 1 if there is any, or if a byte reached
a closed site, or no record tells of it.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "addon")]

import around  # noqa: E402, F401  each enters its attacks in the list
import elsewhere  # noqa: E402, F401
import loads  # noqa: E402, F401
import names  # noqa: E402, F401
import people  # noqa: E402, F401
import words  # noqa: E402, F401
from houses import CREDENTIALS, HOUSES  # noqa: E402
from street import ATTACKS, Attack, Block, Street, names_file  # noqa: E402
from support.gateway import RunningGateway, running  # noqa: E402

MORNING = "10:00:00"
PATIENCE = 600
RELOADS = 12
DESCRIPTORS = 8_000
FIRST_DAY = date(2027, 1, 4)  # a Monday; bank holidays and summer time are far off


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attack."""

    tries: int
    leaked: int
    recorded: bool
    unharmed: bool
    complaints: tuple[str, ...]

    def held(self, case: Attack) -> bool:
        """Tell whether the gateway did what it promises."""
        return (
            not self.leaked
            and not self.complaints
            and self.unharmed
            and (self.recorded or not case.recorded)
            and self.tries > 0
        )


def workdays() -> Iterator[date]:
    """Give each attack a day of its own: what is refused again and again is told of once."""
    day = FIRST_DAY
    while True:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def try_out(case: Attack, street: Street, day: date) -> Outcome:
    """Run one attack, from a quiet morning to an innocent page after it."""
    street.begin(day.isoformat(), MORNING)
    before = len(lines_of(street.gateway))
    case.run(street)
    leaked, tries = street.leaked(case), street.tries
    recorded = is_recorded(street.gateway, before) if case.recorded else False
    return Outcome(tries, leaked, recorded, street.innocent_is_served(), tuple(street.complaints))


def is_recorded(gateway: RunningGateway, before: int) -> bool:
    """Tell whether there are more records than before; who hangs up early is written down late."""
    for _ in range(PATIENCE):
        if len(lines_of(gateway)) > before:
            return True
        with suppress(subprocess.TimeoutExpired):
            gateway.process.wait(0.05)
    return False


def lines_of(gateway: RunningGateway) -> list[dict]:
    """Return the records there are; a bare proxy keeps none."""
    return gateway.lines() if (gateway.folder / "audit").exists() else []


def show(case: Attack, outcome: Outcome) -> str:
    """Write one row of the table."""
    recorded = "yes" if outcome.recorded else "NO" if case.recorded else "none due"
    return (
        f"{case.row:4} {case.name:68} {outcome.tries:>6} {outcome.leaked:>9} {recorded:>9} "
        f"{'yes' if outcome.unharmed else 'NO':>9}  {'; '.join(outcome.complaints)}"
    ).rstrip()


def opened(
    house: str, scratch: Path, block: Block, chosen: argparse.Namespace
) -> AbstractContextManager[RunningGateway]:
    """Start a gateway of a kind, or mitmdump alone, in a folder of its own."""
    folder = scratch / house
    folder.mkdir()
    names_file(folder)
    if chosen.bare:
        from bare import bare  # noqa: PLC0415  mitmdump need not be there otherwise

        return bare(folder, block.origin)
    (folder / "parent").write_text(f"{CREDENTIALS}\n")
    (folder / "parent").chmod(0o600)
    settings = HOUSES[house].format(way_out=block.way_out.address[1])
    if chosen.workers is not None:
        settings += f"\n  workers: {chosen.workers}"
    return running(folder, block.origin, module="support.attacked_gateway", gateway=settings)


def main() -> int:
    """Attack, and print the table."""
    parser = argparse.ArgumentParser(description="Attack a gateway, and print what came of it.")
    parser.add_argument("rows", nargs="*", help="rows of the list, as S5")
    parser.add_argument("--bare", action="store_true", help="attack mitmdump without breaktime")
    parser.add_argument("--workers", type=int, metavar="N", help="how many open connections")
    parser.add_argument("--reloads", type=int, metavar="N", default=RELOADS)
    chosen = parser.parse_args()
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(few, min(DESCRIPTORS, most)), most))
    cases = [case for case in ATTACKS if not chosen.rows or case.row in chosen.rows]
    cases.sort(key=lambda case: int(case.row[1:]))
    print(
        f"{'row':4} {'attack':68} {'tries':>6} {'bytes':>9} {'recorded':>9} {'unharmed':>9}",
        flush=True,
    )
    failed = 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        Block(Path(scratch)) as block,
        ExitStack() as stack,
    ):
        streets: dict[str, Street] = {}
        for case, day in zip(cases, workdays(), strict=False):
            if case.house not in streets:
                gateway = stack.enter_context(opened(case.house, Path(scratch), block, chosen))
                streets[case.house] = Street(
                    gateway, block.origin, block.meter, block.way_out, chosen.reloads
                )
            outcome = try_out(case, streets[case.house], day)
            failed += not outcome.held(case)
            print(show(case, outcome), flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
