"""
What is a visit, and what only looks like one: a real Chromium through the real gateway.

Every test says what the person sees, and which records there are of it, all of them.
"""

import base64
import hashlib
import json
import time
from datetime import date, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.browser import browsing
from support.clients import as_browser, curl
from support.command import breaktime, objects
from support.gateway import running
from support.sites import NEWS, SHOP, SITE, SOCIABLE, Sites

pytestmark = pytest.mark.e2e

LUNCH, MORNING = "12:30:00", "09:00:00"
PEOPLE = {"b.rowser": "127.0.0.1"} | {f"person{one}": f"127.0.20.{one}" for one in range(1, 5)}
WORK = """(async () => {
    const workers = navigator.serviceWorker;
    await workers.register('/worker.js');
    await workers.ready;
    if (!workers.controller) {
        await new Promise(done => workers.addEventListener('controllerchange', done));
    }
    return 1;
})()"""
MORE = """
own_pages: [sociable.example/Shire]
embeds: {embeds}
logins: {logins}
business_cases:
  - id: BC-2
    for: {{person: b.rowser}}
    pages: [sociable.example/Press]
    purpose: press
    requested_by: b.rowser
    approved_by: head.of.press
    until: 2027-12-31
"""


def keys(gateway, internet):
    """Give the hashes of the keys that the browser trusts, as Chromium wants them."""
    found = []
    for certificate in (gateway.ca.read_bytes(), *internet.leaves):
        key = x509.load_pem_x509_certificate(certificate).public_key()
        data = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        found.append(base64.b64encode(hashlib.sha256(data).digest()).decode())
    return ",".join(found)


@pytest.fixture(scope="module")
def internet(tmp_path_factory):
    with Sites(tmp_path_factory.mktemp("sites")) as sites:
        yield sites


class World:
    """A gateway, and a browser behind it."""

    def __init__(self, gateway, browser, internet):
        self.gateway, self.browser, self._internet = gateway, browser, internet
        self._seen = 0
        self._day = date(2026, 11, 23)

    def clock(self, wall):
        self.gateway.clock(wall, self._day.isoformat())

    def at(self, wall):
        """Begin a test, on a Monday of its own: what one has done is no matter of the next."""
        self._day += timedelta(days=7)
        self.clock(wall)
        self._internet.reset()
        self._seen = len(self.gateway.visits())
        return self.browser.tab()

    def configure(self, **switches):
        """Give the gateway another configuration, and wait until it has it."""
        before = [line["event"]["action"] for line in self.gateway.lines()].count("config-loaded")
        (self.gateway.folder / "more.yaml").write_text(MORE.format(**switches))
        self.gateway.hang_up()
        self.gateway.await_line("config-loaded", before + 1)

    @property
    def day(self):
        return self._day

    def sessions(self):
        """Return the records of sessions of the day."""
        return [
            line
            for line in self.gateway.lines()
            if line["event"]["action"] == "session-end"
            and line["@timestamp"].startswith(self._day.isoformat())
        ]

    def await_that(self, holds):
        """Wait until something holds, on a machine that may be busy."""
        for _ in range(240):
            if holds():
                return
            time.sleep(0.5)
        raise AssertionError("it does not come true")

    def asked(self):
        """Every path that reached the social site."""
        requests = self._internet.seen.requests
        return [target.partition("?")[0] for _, host, _, target, _ in requests if host == SITE]

    def records(self):
        """Every record since the clock was set: reason, grade, counted and path."""
        return [
            (
                line["event"]["reason"],
                line["breaktime"]["visit"]["evidence"],
                line["breaktime"]["visit"]["counted"],
                line["url"]["path"],
            )
            for line in self.gateway.visits()[self._seen :]
        ]


@pytest.fixture(scope="module")
def world(internet, tmp_path_factory):
    folder, profile = tmp_path_factory.mktemp("gateway"), tmp_path_factory.mktemp("profile")
    (folder / "rules.d").mkdir()
    (folder / "rules.d" / "sociable.yaml").write_text(SOCIABLE)
    (folder / "more.yaml").write_text(MORE.format(embeds="allow", logins="allow"))
    extra = "include: [more.yaml]"
    with (
        running(folder, internet, extra=extra, people=PEOPLE) as gateway,
        browsing(profile, gateway.url, keys(gateway, internet)) as browser,
    ):
        yield World(gateway, browser, internet)


def visit(path, reason="break_fixed", evidence="user_navigation"):
    return (reason, evidence, True, path)


def attempt(path, evidence="user_navigation"):
    return ("outside_breaks", evidence, False, path)


def test_a_visit_is_one_record_and_its_parts_are_none(world):
    with world.at(LUNCH) as tab:
        tab.go(f"https://{SITE}/")
        tab.click("#other")
        assert tab.text == "someone"

        tab.lead("location.href = '/Shire'")
        assert tab.run("ready") == '{"posts": 3}'
    assert world.records() == [
        visit("/"),
        visit("/Someone"),
        visit("/Shire", "own_page", "navigation"),
    ]


def test_an_attempt_outside_the_breaks_is_told_and_not_counted(world):
    with world.at(MORNING) as tab:
        tab.go(f"https://{SITE}/feed")

        assert "Sociable is not open now" in tab.text
    assert world.records() == [attempt("/feed")]
    assert world.asked() == []


@pytest.mark.parametrize("wall", [MORNING, LUNCH])
def test_a_news_page_with_parts_of_it_is_whole_and_nobodys_visit(world, wall):
    with world.at(wall) as tab:
        tab.go(f"https://{NEWS}/")

        assert tab.run("sdk") == "loaded"
        assert tab.run("document.querySelector('#pixel').naturalWidth") == 2
        assert tab.run("document.querySelector('#story').naturalWidth") == 2
        assert tab.run("told") == '{"likes": 2}'  # a call of the plugin, from inside its frame
    assert world.records() == []
    feed = ["/api/graphql"] if wall == LUNCH else []  # a plugin that asks for more than it is
    assert sorted(world.asked()) == sorted(["/api/likes", "/plugins/page", "/tr", *feed])


def test_a_plugin_that_is_opened_by_itself_is_a_visit(world):
    with world.at(MORNING) as tab:
        tab.go(f"https://{NEWS}/")
        tab.click("#player")

        assert "Sociable is not open now" in tab.text
    assert world.records() == [attempt("/plugins/page")]


def test_a_page_for_people_stays_closed_in_a_frame(world):
    with world.at(MORNING) as tab:
        tab.go(f"https://{NEWS}/door")
    assert world.records() == []
    assert world.asked() == []


def test_to_log_in_to_a_shop_works_and_is_nobodys_visit(world):
    with world.at(MORNING) as tab:
        tab.go(f"https://{SHOP}/")
        tab.click("#login")
        assert tab.text.startswith("password")

        tab.click("#send")
        assert tab.text == "welcome back"

        tab.go(f"https://{SITE}/login?next=/feed")
        assert "Sociable is not open now" in tab.text
    assert world.records() == [attempt("/login")]


def test_an_application_that_changes_its_page_by_script_is_followed(world):
    with world.at(LUNCH) as tab:
        tab.go(f"https://{SITE}/app")
        for path in ("/gardeners", "/gardeners", "/Plants?token=secret"):
            tab.run(f"history.pushState(null, '', {path!r}); fetch('/api/graphql').then(x => 1)")
        tab.run("history.back(); new Promise(done => addEventListener('popstate', done))")
        tab.run("fetch('/api/graphql').then(x => 1)")
    assert world.records() == [
        visit("/app"),
        visit("/gardeners", evidence="in_page_navigation"),
        visit("/Plants", evidence="in_page_navigation"),
    ]


def test_what_is_fetched_or_rendered_ahead_is_no_visit_until_somebody_looks(world):
    with world.at(LUNCH) as tab:
        tab.go(f"https://{SITE}/ahead")
        ahead = tab.fetched_ahead(2)
        assert ahead == dict.fromkeys(
            [f"https://{SITE}/fetched-ahead", f"https://{SITE}/rendered-ahead"], "Failure"
        )
        assert world.records() == [visit("/ahead")]
        assert world.asked() == ["/ahead"]

        tab.click("#fetched")
        assert tab.text == "fetched"
        tab.go(f"https://{SITE}/rendered-ahead")
        assert tab.text == "rendered"
    assert world.records() == [visit("/ahead"), visit("/fetched-ahead"), visit("/rendered-ahead")]


def test_a_service_worker_goes_between_and_is_no_visit_itself(world):
    with world.at(LUNCH) as tab:
        tab.go(f"https://{SITE}/app")
        tab.run(WORK)
        tab.run("fetch('/api/graphql').then(answer => answer.text())")
        tab.go(f"https://{SITE}/worked")
        assert tab.text == "worked"
    assert world.records() == [visit("/app"), ("break_fixed", "inferred", False, "/worked")]


def test_a_tab_that_polls_after_the_break_is_one_record_in_ten_minutes(world):
    with world.at(LUNCH) as tab:
        tab.go(f"https://{SITE}/app")
        poll = "fetch('/api/poll').then(answer => answer.status)"
        assert tab.run(poll) == 200
        for wall in ("14:10:00", "14:15:00", "14:19:00", "14:20:30", "14:30:00"):
            world.clock(wall)
            assert [tab.run(poll) for _ in range(5)] == [403] * 5
    background = attempt("/api/poll", "background")
    assert world.records() == [visit("/app"), background, background]


def test_an_own_page_is_whole_and_leads_nowhere_else(world):
    with world.at(MORNING) as tab:
        tab.go(f"https://{SITE}/Shire")

        assert tab.run("ready") == '{"posts": 3}'
        assert tab.run("document.querySelector('#picture').naturalWidth") == 2
        assert tab.run("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
        assert tab.run("fetch('/api/inbox').then(answer => answer.status)") == 403
        assert tab.run("fetch('/feed').then(answer => answer.status)") == 403
        # Another page by a script: the address tells.
        tab.run("history.pushState(null, '', '/Someone')")
        assert tab.run("fetch('/api/graphql').then(answer => answer.status)") == 403
        tab.run("history.back(); new Promise(done => addEventListener('popstate', done))")
        # Where the line is: under the page's own address nobody can tell what a call asks for.
        assert tab.run("fetch('/api/graphql?everything').then(answer => answer.status)") == 200

        tab.click("#feed")
        assert "Sociable is not open now" in tab.text
        tab.go(f"https://{SITE}/login")
        assert "Sociable is not open now" in tab.text
        tab.go(f"https://{SITE}/ShireFans")
        assert "Sociable is not open now" in tab.text
    own, *others = world.records()
    assert own == visit("/Shire", "own_page")
    assert others[0] == attempt("/api/inbox", "background")
    assert others[1:] == [attempt("/feed"), attempt("/login"), attempt("/ShireFans")]
    assert set(world.asked()) == {"/Shire", "/api/graphql"}


def test_its_pictures_alone_open_nothing(world):
    """Nobody was let to a page, so what pages are made of stays closed."""
    with world.at(MORNING) as tab:
        tab.go(f"https://{SITE}/feed")
        assert tab.run("fetch('/api/graphql').then(answer => answer.status, () => 0)") in {0, 403}
    assert world.asked() == []


@pytest.fixture
def strict(world):
    """Other switches for one test; the gateway takes them while it runs."""
    world.configure(embeds="placeholder", logins="as-visit")
    yield world
    world.configure(embeds="allow", logins="allow")


def test_a_placeholder_stands_where_parts_of_it_would_be(strict):
    with strict.at(MORNING) as tab:
        tab.go(f"https://{NEWS}/")
        assert tab.run("typeof sdk") == "undefined"
        assert tab.run("document.querySelector('#story').naturalWidth") == 1
        assert tab.text.startswith("news")
        assert tab.frame_text() == "Content from Sociable belongs here. It is shown during breaks."
        assert strict.records() == []
        tab.go(f"https://{SHOP}/")
        tab.click("#login")
        assert "Sociable is not open now" in tab.text
    assert strict.records() == [attempt("/dialog/oauth")]
    assert strict.asked() == []


def test_in_a_break_they_are_there(strict):
    with strict.at(LUNCH) as tab:
        tab.go(f"https://{NEWS}/")
        assert tab.run("sdk") == "loaded"
    assert strict.records() == []


def told_of(world, verb, *more):
    """Return what a verb says of the day of the test."""
    day = world.day.isoformat()
    config = world.gateway.folder / "config.yaml"
    done = breaktime(verb, "-c", config, "--since", day, "--until", day, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_day_in_numbers_is_the_same_in_log_report_and_export(world):
    """A page with 200 parts is one visit; a tab that is left open is no attempt and no activity."""
    with world.at("12:05:10") as tab:
        tab.go(f"https://{SITE}/many")
        world.await_that(lambda: tab.run("loaded") == 200)
        world.clock("12:09:00")
        tab.go(f"https://{SITE}/Someone")
        world.clock("12:09:40")
        tab.go(f"https://{SITE}/app")
        poll = "fetch('/api/poll').then(answer => answer.status)"
        for wall in ("12:18:00", "12:27:00", "12:36:00"):
            world.clock(wall)
            assert tab.run(poll) == 200
        for number in range(1, 5):
            reply = curl(
                world.gateway, f"https://{SITE}/", *as_browser(), source=f"127.0.20.{number}"
            )
            assert reply.status == 200
        world.clock("14:10:00")
        assert [tab.run(poll) for _ in range(3)] == [403] * 3
        world.await_that(lambda: len(world.sessions()) == 5)

    others = [visit("/")] * 4
    assert world.records() == [
        *map(visit, ("/many", "/Someone", "/app")),
        *others,
        attempt("/api/poll", "background"),
    ]
    lines = objects(told_of(world, "log", "-n", "-1", "--format", "json"))
    sessions = [one for one in lines if one["event"]["action"] == "session-end"]
    (own,) = [one for one in sessions if one["user"]["name"] == "b.rowser"]
    numbers = own["breaktime"]["session"]
    assert own["event"]["reason"] == "break_ended"
    assert (numbers["visits"], numbers["active_minutes"]) == (3, 2)
    assert numbers["requests"] == len(world.asked()) - 4  # all that the site saw of the browser
    assert numbers["requests"] >= 206
    assert (numbers["first"][11:16], numbers["last"][11:16]) == ("12:05", "12:09")
    assert own["destination"]["bytes"] > 400

    counted = sum(one["breaktime"].get("visit", {}).get("counted") is True for one in lines)
    everybody = told_of(world, "report", "--format", "csv").decode().splitlines()[1].split(",")
    _, _, people, visits, refusals, other, *_ = [cell.strip('"') for cell in everybody]
    assert counted == sum(one["breaktime"]["session"]["visits"] for one in sessions) == 7
    assert (people, visits, refusals, other) == ("5", "7", "0", "1")
    export = json.loads(told_of(world, "export", "--subject", "b.rowser", "--format", "json"))
    handed = [one for one in export["records"] if one["breaktime"].get("visit", {}).get("counted")]
    assert len(handed) == numbers["visits"]
