"""Is what people write inside a value understood exactly, and otherwise explained?"""

import re
from datetime import date, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.config import text
from breaktime.core.wall import Span


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Intranet.Example.org.", "intranet.example.org"),
        ("10.20.0.0/16", "10.20.0.0/16"),
        ("10.20.0.7", "10.20.0.7/32"),
        ("fd00::/8", "fd00::/8"),
    ],
)
def test_what_is_reached_directly_is_a_name_or_a_network(written, read):
    assert text.direct(written) == read


@pytest.mark.parametrize(
    "written", ["intranet", "*.example.org", "https://a.example/", "10.1/8", ""]
)
def test_anything_else_is_not_reached_directly(written):
    assert refusal(text.direct, written).startswith(("must be a", "must give"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12:00-14:00", Span(720, 840)),
        ("12:00 - 14:00", Span(720, 840)),
        ("12:00\N{EN DASH}14:00", Span(720, 840)),
        ("00:00-24:00", Span(0, 1440)),
        ("23:30-00:30", Span(1410, 1470)),
        ("12:00-00:00", Span(720, 1440)),
        ("22:00-06:00", Span(1320, 1800)),
        ("00:01-00:00", Span(1, 1440)),
        ("23:59-24:00", Span(1439, 1440)),
    ],
)
def test_ranges(written, meant):
    assert text.span(written) == meant


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("9:30-9:45", "write `09:30-09:45`"),
        ("12.00-13.00", "write `12:00-13:00`"),
        ("1200-1300", "write `12:00-13:00`"),
        ("12h00-13h30", "write `12:00-13:30`"),
        ("12pm-1pm", "write `12:00-13:00`"),
        ("12am-1am", "write `00:00-01:00`"),
        ("12 to 13", "write `12:00-13:00`"),
        ("12:00 until 13:00", "write `12:00-13:00`"),
        ("20:00-24", "write `20:00-24:00`"),
        ("20:00-26:00", "write `20:00-02:00`"),
        ("12:00-12:00", ""),
        ("00:00-24:01", "write `00:00-00:01`"),
        ("24:00-00:30", "write `00:00`"),
        ("12:00", "write it as `12:00-14:00`"),
        ("", "write it as `12:00-14:00`"),
        ("12:00-14:00-16:00", "write it as `12:00-14:00`"),
        ("\u0661\u0662:00-14:00", "write it as `12:00-14:00`"),
    ],
)
def test_ranges_written_otherwise(written, hint):
    assert hint_of(text.span, written) == hint


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon", {0}),
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Sat, Sun", {5, 6}),
        ("Sat,Sun", {5, 6}),
        ("Fri-Mon", {4, 5, 6, 0}),
        ("Sun-Sat", set(range(7))),
        ("Mon-Tue, Thu-Fri", {0, 1, 3, 4}),
        ("Mon - Fri", {0, 1, 2, 3, 4}),
        ("Wed-Wed", {2}),
    ],
)
def test_days_of_the_week(written, meant):
    assert text.weekdays(written) == meant


EVERY_DAY = "write `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`, or several as `Mon-Fri`"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("Monday-Friday", "write `Mon-Fri`"),
        ("mon", "write `Mon`"),
        ("Mo-Fr", "write `Mon-Fri`"),
        ("Monday to Friday", "write `Mon-Fri`"),
        ("Sat,", "write `Sat`"),
        ("Sat Sun", EVERY_DAY),
        ("", EVERY_DAY),
        ("weekend", EVERY_DAY),
        ("Mon-Tue-Wed", EVERY_DAY),
        ("last Fri", EVERY_DAY),
        ("Mon-", "write `Mon`"),
        ("Montag", EVERY_DAY),
    ],
)
def test_days_of_the_week_written_otherwise(written, hint):
    assert hint_of(text.weekdays, written) == hint


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("2026-12-24", (2026, 12, 24), (2026, 12, 24)),
        ("2027-05-06 to 2027-05-07", (2027, 5, 6), (2027, 5, 7)),
        ("2028-02-29", (2028, 2, 29), (2028, 2, 29)),
    ],
)
def test_dates(written, since, until):
    assert text.dates(written) == (date(*since), date(*until))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("24.12.2026", "must be a date, found `24.12.2026`; write `2026-12-24`"),
        ("3/4/2026", "must be a date, found `3/4/2026`; write year, month and day as `2026-12-24`"),
        ("2026-2-3", "must be a date, found `2026-2-3`; write year, month and day as `2026-12-24`"),
        ("2027-02-29", "there is no `2027-02-29` in the calendar"),
        ("1999-12-31", "must be between 2000 and 2099, found `1999-12-31`"),
        (
            "2026-12-24 to 2026-12-23",
            "must not end before it starts, found `2026-12-24 to 2026-12-23`",
        ),
        (
            "2026-12-24, 2026-12-25",
            (
                "must be one date, or two with `to` between, found `2026-12-24, 2026-12-25`;"
                " write `2026-12-24 to 2026-12-25`"
            ),
        ),
    ],
)
def test_dates_written_otherwise(written, says):
    assert refusal(text.dates, written) == says


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("60 seconds", 60),
        ("1 second", 1),
        ("5 minutes", 300),
        ("1 hour", 3600),
        ("0 seconds", 0),
    ],
)
def test_lengths_of_time(written, meant):
    assert text.duration(written) == timedelta(seconds=meant)
    assert text.notice(written) == timedelta(seconds=meant)


@pytest.mark.parametrize(
    "written", ["5", "5m", "5 min", "-5 minutes", "5  minutes", "five minutes", ""]
)
def test_lengths_of_time_without_a_unit(written):
    assert refusal(text.duration, written).startswith("must be a number with its unit")


def test_a_notice_is_an_hour_at_most():
    assert (
        refusal(text.notice, "61 minutes") == "must not be longer than `1 hour`, found `61 minutes`"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.20.0.0/16", "10.20.0.0/16"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:DB8::/32", "2001:db8::/32"),
    ],
)
def test_networks(written, meant):
    assert text.network(written) == ip_network(meant)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("10.20.1.0/16", "write `10.20.0.0/16`"),
        ("10.20.0.0/255.255.0.0", "write `10.20.0.0/16`"),
        ("10.20", "write for example `10.20.0.0/16`"),
        ("::ffff:10.0.0.0/112", "write it with dots"),
        ("10.20.0.0-10.20.0.255", "write for example `10.20.0.0/16`"),
        ("fe80::1%eth0/64", "write for example `10.20.0.0/16`"),
    ],
)
def test_networks_written_otherwise(written, hint):
    assert hint_of(text.network, written) == hint


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("0.0.0.0:8080", "0.0.0.0", 8080),
        ("[::]:3128", "::", 3128),
        ("[2001:DB8::1]:1", "2001:db8::1", 1),
        ("127.0.0.1:65535", "127.0.0.1", 65535),
    ],
)
def test_endpoints(written, host, port):
    assert text.endpoint(written) == (host, port)
    assert text.endpoint(str(text.endpoint(written))) == (host, port)


@pytest.mark.parametrize(
    "written",
    [
        "8080",
        "localhost:8080",
        ":8080",
        "0.0.0.0",
        "0.0.0.0:",
        "0.0.0.0:0",
        "0.0.0.0:65536",
        "::1:80",
        "[127.0.0.1]:80",
        "[::1]",
        "0.0.0.0:+80",
        "0.0.0.0:" + "9" * 5000,
        "0.0.0.0:\u0668\u0660",
    ],
)
def test_endpoints_written_otherwise(written):
    assert refusal(text.endpoint, written).startswith(("must be an address", "must have a port"))


@pytest.mark.parametrize(
    "written", ["lunch", "own-choice", "GG_1", "a", "9", "tea.2", "Mittagspause", "é1"]
)
def test_names(written):
    assert text.name(written) == written


@pytest.mark.parametrize(
    "written", ["", " ", "a b", "-a", "a-", "none", "everyone", "a/b", "a[1]", "a:b", "_"]
)
def test_names_that_would_be_misread(written):
    assert refusal(text.name, written)


@pytest.mark.parametrize("written", ["https://example.org", "http://a/b?c=d#e", "https://a:8443/"])
def test_web_addresses(written):
    assert text.web_address(written) == written


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "example.org",
        "https://",
        "https:///x",
        "https://a b",
        'https://a/"x',
        "ftp://a",
        "https://a/<x>",
        "https://user@evil.example/",
    ],
)
def test_web_addresses_that_are_none(written):
    assert refusal(text.web_address, written).startswith("must be an address of a page")


def test_lines_are_trimmed_and_must_say_something():
    assert text.one_line("  a \n b ") == "a b"
    assert refusal(text.one_line, " \n") == "must not be empty"
    assert refusal(text.one_line, "a\x1bb") == "holds a character that cannot be seen; remove it"


def test_words_that_stand_for_themselves():
    assert text.no_break("none") == "none"
    assert text.everyone("everyone") == "everyone"
    assert hint_of(text.no_break, "lunch") == "write `[lunch]`"
    assert hint_of(text.everyone, "legal") == (
        "write `{team: legal}`, `{place: ...}` or `{person: ...}`"
    )


MINUTES = st.integers(0, 1439)


@given(MINUTES, MINUTES)
def test_every_range_of_the_clock_can_be_written(start, end):
    written = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    if start == end:
        assert refusal(text.span, written)
    else:
        found = text.span(written)
        assert found.start == start
        assert found.end % 1440 == end
        assert 0 < found.end - found.start <= 1440


GRAMMARS = [
    text.span, text.weekdays, text.day, text.dates, text.duration, text.notice, text.network,
    text.endpoint, text.name, text.web_address, text.one_line, text.no_break, text.everyone,
]  # fmt: skip


@given(st.sampled_from(GRAMMARS), st.text(max_size=30) | st.text("0123456789:-., amp", max_size=20))
def test_every_text_is_understood_or_explained(grammar, written):
    """What is suggested can be written: a hint that is refused in its turn sends in circles."""
    try:
        grammar(written)
    except ValueError as refused:
        hint = re.fullmatch(r"write `([^`]+)`", str(refused).rpartition("; ")[2])
        if hint and grammar in {text.weekdays, text.day, text.network}:
            grammar(hint[1])


def refusal(grammar, written):
    with pytest.raises(ValueError, match=r".") as caught:
        grammar(written)
    assert type(caught.value) is ValueError
    return str(caught.value)


def hint_of(grammar, written):
    return refusal(grammar, written).partition("; ")[2]


@pytest.mark.parametrize("written", ["12:00-14:00", "23:30-00:30", "00:00-24:00"])
def test_a_range_is_written_as_it_is_read(written):
    assert text.spelt(text.span(written)) == written


@pytest.mark.parametrize("url", ["mysql://u:secret@db/b", "secret", "postgres://u:secret@db/b"])
def test_the_address_of_a_database_is_not_shown(url):
    with pytest.raises(ValueError, match=r"PostgreSQL|postgresql") as problem:
        text.database(url)
    assert "secret" not in str(problem.value)


@pytest.mark.parametrize(
    ("written", "days"), [("1 day", 1), ("90 days", 90), ("1 year", 365), ("10 years", 3650)]
)
def test_how_long_records_are_kept(written, days):
    assert text.keep_time(written) == timedelta(days=days)


@pytest.mark.parametrize(
    "written", ["0 days", "3651 days", "11 years", "90", "90 hours", "for ever", "", "-1 days"]
)
def test_how_long_no_record_is_kept(written):
    with pytest.raises(ValueError, match="must be between `1 day` and `10 years`"):
        text.keep_time(written)
