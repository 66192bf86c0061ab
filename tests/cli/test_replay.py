"""`breaktime replay`: the same answers again, by the policy of the time; and those of another."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.config import load
from breaktime.config.archive import keep
from breaktime.core.decide import Reason, Verdict, decide
from breaktime.core.record import Action, Record, action_of
from breaktime.core.request import Request
from breaktime.core.visit import Evidence
from support import command
from support.command import breaktime

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TEAM = "teams:\n  finance: {members: [m0, m1, m2, m3, m4, m5], breaks: [lunch]}\n"
PLACES = {"10.20.0.9": "town-hall", "10.40.0.9": "warsaw-office", "10.99.0.9": None}
PATHS = ("/", "/ExampleshireCouncil", "/someone", "/watch")
NAMES = ("www.facebook.com", "www.tiktok.com", "youtube.com")
PEOPLE = ("m0", "m1", "m2", "m3", "m4", "m5", "k.nowak", "owl", "c.lee", "stranger", None)


def records(policy, count=150):
    """Write what the gateway would: many requests, each answered by the policy."""
    rng = random.Random(7)
    for number in range(count):
        client, place = rng.choice(list(PLACES.items()))
        at = MONDAY + timedelta(minutes=rng.randrange(7 * 24 * 60))
        request = Request(
            (rng.choice(NAMES),), rng.choice(PATHS), person=rng.choice(PEOPLE),
            client=client, method="GET", evidence=Evidence.USER_NAVIGATION,
        )  # fmt: skip
        found = decide(policy, request, at)
        person = None if found.person is None else policy.directory.person(found.person)
        yield Record(
            at=at, action=action_of(found), message="", ruleset=policy.fingerprint,
            verdict=found.verdict, reason=found.reason, context=found.context,
            decision=f"d-{number}", person=found.person,
            teams=() if person is None else person.teams,
            place=place, platform=found.platform, domain=request.names[0], path=request.path,
            method="GET", evidence=request.evidence, source=client if person is None else None,
        )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A configuration that is archived, and the records of its answers."""
    folder = tmp_path_factory.mktemp("council")
    path = command.configuration(folder, command.CONFIG + TEAM)
    loaded = load(path)
    made = list(records(loaded.policy))
    write(folder, made)
    keep(loaded, folder / "audit" / "policies")
    path.write_text(path.read_text().replace("12:00-14:00", "09:00-10:00"))
    return path, made


def write(folder, made):
    recorder = Recorder(DayFiles(folder / "audit", "gateway"), "gateway")
    for record in made:
        assert recorder.put(record)
    recorder.close()


def test_every_answer_is_given_again_although_the_configuration_is_another_by_now(site):
    path, made = site
    assert {record.verdict for record in made} == {Verdict.ALLOW, Verdict.BLOCK}
    assert len({record.reason for record in made}) > 4
    done = breaktime("replay", "-c", path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"150 answers are those that were written, 0 are not\n"


def test_another_policy_is_told_of_by_team_and_never_by_few_people(site):
    path, _ = site
    done = breaktime("replay", "-c", path, "--policy", path)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert "finance: " in text
    assert "finance: 6 answers of 6 people: block -> allow\n" in text
    assert "owl" not in text


def altered(made):
    """One record of each kind that cannot be replayed, and one that was changed."""
    one = next(record for record in made if record.reason is Reason.OUTSIDE_BREAKS)
    return [
        one._replace(verdict=Verdict.ALLOW, reason=Reason.BREAK_FIXED, action=Action.VISIT_ALLOWED),
        one._replace(reason=Reason.BUDGET_USED),
        one._replace(reason=Reason.FILTER_ERROR),
        one._replace(evidence=Evidence.BACKGROUND),
        one._replace(bypass=True),
        one._replace(removed=("long",)),
        one._replace(teams=("marketing",)),
        one._replace(place="moon"),
        one._replace(ruleset="0" * 64),
        one._replace(domain=None),
    ]


def test_what_differs_is_shown_and_what_cannot_be_replayed_is_counted(site, tmp_path):
    path, made = site
    write(tmp_path, altered(made))
    (path.parent / "audit" / "policies").rename(tmp_path / "audit" / "policies")
    try:
        done = breaktime("replay", tmp_path / "audit")
    finally:
        (tmp_path / "audit" / "policies").rename(path.parent / "audit" / "policies")
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "allow break_fixed outside-break was written, now it is block outside_breaks" in text
    assert "0 answers are those that were written, 1 are not\n" in text
    assert text.count("1 record cannot be replayed: ") == 9
    assert b"policy 000000000000: its policy was not archived\n" in done.stderr
