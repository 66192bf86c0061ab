"""A week as text, page and calendar file: golden files, and what holds for each form."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from breaktime.cli.week_forms import duration, offset
from support import golden

GOLDEN = {
    "office": ("a.jones", "2026-W48"),
    "suspended": ("d.smith", "2026-W48"),
    "christmas": ("zoe", "2026-W52"),
    "new-year": ("r.hughes", "2026-W53"),
    "clocks-go-back": ("o.night", "2026-W43"),
    "clocks-go-forward": ("o.night", "2027-W12"),
    "in-warsaw": ("k.nowak", "2026-W48"),
    "four-on-four-off": ("p.kaur", "2026-W45"),
    "business-case": ("t.okafor", "2026-W48"),
    "flexible": ("s.ali", "2026-W48"),
}
FORMS = {"text": "txt", "html": "html", "ics": "ics"}


def shown(monkeypatch, who, week, form, *more):
    arguments = ("calendar", "-c", "council.yaml", "--who", who, "--week", week)
    done = golden.run(monkeypatch, *arguments, "--format", form, *more)
    assert done.exit_code == 0
    return done.stdout_bytes.decode()


@pytest.mark.parametrize("name", GOLDEN)
def test_a_week_reads_as_it_did(monkeypatch, name):
    golden.same(f"calendar-{name}.txt", shown(monkeypatch, *GOLDEN[name], "text"))


@pytest.mark.parametrize("form", ["html", "ics"])
@pytest.mark.parametrize("name", ["suspended", "clocks-go-back", "flexible"])
def test_a_week_is_written_as_it_was(monkeypatch, name, form):
    golden.same(f"calendar-{name}.{form}", shown(monkeypatch, *GOLDEN[name], form))


def test_a_place_and_an_exemption_are_told(monkeypatch):
    text = shown(monkeypatch, "ada", "2026-W48", "text", "--from-ip", "10.60.0.1")
    assert "at libraries" in text
    assert "neither blocked nor recorded: exempt:place:libraries (council.yaml:38)" in text
    page = shown(monkeypatch, "ada", "2026-W48", "html", "--from-ip", "10.60.0.1")
    assert "<strong>Neither blocked nor recorded:</strong>" in page


class Page(HTMLParser):
    """Notes what a page refers to, and its elements."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.scopes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        named = dict(attrs)
        self.links += [value for key, value in attrs if key in {"href", "src"}]
        if tag == "th":
            self.scopes.append(named.get("scope"))


def test_the_page_stands_alone_and_can_be_read_aloud(monkeypatch):
    page = Page(shown(monkeypatch, *GOLDEN["suspended"], "html"))
    assert "script" not in page.tags
    assert page.links == []
    assert {"main", "h1", "caption", "title"} <= set(page.tags)
    assert set(page.scopes) == {"col", "rowgroup"}


def test_names_cannot_become_markup(monkeypatch):
    page = shown(monkeypatch, "<script>x</script>", "2026-W48", "html")
    assert "<script>" not in page


def events(text):
    return Calendar.from_ical(text).walk("VEVENT")


def test_calendar_programs_read_the_times_that_people_read(monkeypatch):
    found = events(shown(monkeypatch, *GOLDEN["in-warsaw"], "ics"))
    (first, *_) = sorted(each["DTSTART"].dt.astimezone(UTC) for each in found)
    assert first == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert len(found) == len({each["UID"] for each in found}) == 5


def test_an_hour_that_the_clock_reads_twice_is_told_in_utc(monkeypatch, tmp_path):
    text = (
        (golden.FOLDER / "council.yaml")
        .read_text()
        .replace("23:30-00:30, 03:00", "01:15-01:30, 03:00")
    )
    (tmp_path / "owl.yaml").write_text(text)
    arguments = ("calendar", "-c", str(tmp_path / "owl.yaml"), "--who", "o.night", "--week")
    done = golden.run(monkeypatch, *arguments, "2026-W43", "--format", "ics")
    starts = [each["DTSTART"].to_ical().decode() for each in events(done.output)]
    assert "20261025T001500Z" in starts
    assert "20261025T011500Z" in starts
    text = golden.run(monkeypatch, *arguments, "2026-W43").output
    assert "01:15-01:30 UTC+1" in text
    assert "01:15-01:30 UTC+0" in text


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Europe/London", "UTC+0"), ("Asia/Kathmandu", "UTC+5:45"), ("Pacific/Marquesas", "UTC-9:30")],
)
def test_offsets(zone, told):
    assert offset(datetime(2026, 11, 23, tzinfo=ZoneInfo(zone))) == told


@pytest.mark.parametrize(("minutes", "told"), [(0, "0 min"), (60, "1 h"), (75, "1 h 15 min")])
def test_durations(minutes, told):
    assert duration(minutes) == told
