"""`breaktime explain`: one question, many questions, and what is no question."""

# ruff: noqa: E501 - a row of a table stays on one line

import json
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from breaktime.cli import main
from breaktime.cli.explain import (
    Question,
    QuestionError,
    answer_lines,
    as_object,
    ask,
    read_question,
)
from breaktime.cli.options import now
from breaktime.config import load
from breaktime.core.signin import SignInNames
from support import command
from support.command import breaktime, objects

KEYS = [
    "verdict", "reason", "context", "person", "platform", "because", "changes_at", "policy",
]  # fmt: skip
WARSAW_OFFICE = "10.40.0.7"
LIBRARY = "10.60.0.7"
NOON, MORNING = "2026-11-23T12:30", "2026-11-23 09:00"
PAGE = "https://www.facebook.com/x?y#z"
OWN = "facebook.com/exampleshirecouncil/posts"
OPEN = ("allow", "break_fixed", "break", "facebook")
SHUT = ("block", "outside_breaks", "outside-break", "facebook")

# fmt: off
ROWS = {
    "in the break":              ("a.jones", "facebook.com", NOON, None, *OPEN, "2026-11-23T14:00:00Z"),
    "other letters":             ("A.JONES", "facebook.com", NOON, None, *OPEN, "2026-11-23T14:00:00Z"),
    "before it":                 ("a.jones", PAGE, MORNING, None, *SHUT, "2026-11-23T12:00:00Z"),
    "a person in Warsaw":        ("k.nowak", PAGE, NOON, None, *OPEN, "2026-11-23T13:00:00Z"),
    "a place with a zone":       ("a.jones", PAGE, NOON, WARSAW_OFFICE, *OPEN, "2026-11-23T13:00:00Z"),
    "an instant in UTC":         ("k.nowak", PAGE, NOON + "Z", None, *OPEN, "2026-11-23T13:00:00Z"),
    "an instant with an offset": ("a.jones", PAGE, NOON + "+02:00", None, *SHUT, "2026-11-23T12:00:00Z"),
    "the repeated hour, once":   ("owl", PAGE, "2026-10-25T01:10", None, *OPEN, "2026-10-25T00:20:00Z"),
    "and again, as an instant":  ("owl", PAGE, "2026-10-25T01:10Z", None, *OPEN, "2026-10-25T01:20:00Z"),
    "a business case":           ("c.lee", "tiktok.com", MORNING, None,
                                  "allow", "business_case", "business-case", "tiktok", "2028-01-01T00:00:00Z"),
    "a page of our own":         ("a.jones", OWN, MORNING, None, "allow", "own_page", "own-page", "facebook", None),
    "an exempt place":           ("a.jones", PAGE, MORNING, LIBRARY, "allow", "exempt", "unscheduled", "facebook", None),
    "nobody known":              (None, PAGE, NOON, None, "block", "identity_unknown", "unscheduled", "facebook", None),
    "a name that is empty":      ("", PAGE, NOON, None, "block", "identity_unknown", "unscheduled", "facebook", None),
    "none of our business":      ("a.jones", "example.org", NOON, None, "pass", "not_controlled", "unscheduled", None, None),
}
PROBLEMS = {
    "a time that no clock shows": ({"who": "owl", "url": "x.com", "at": "2026-03-29T01:10"},
                                   "`2026-03-29T01:10` is on no clock in Europe/London: the clocks go forward then"),
    "a gap of another zone":      ({"who": "k.nowak", "url": "x.com", "at": "2026-03-29T02:10"},
                                   "`2026-03-29T02:10` is on no clock in Europe/Warsaw: the clocks go forward then"),
    "no time":                    ({"url": "x.com", "at": "noon"}, "`noon` is no time; write for example 2026-11-23T12:30"),
    "the year 1":                 ({"url": "x.com", "at": "0001-01-01T00:00+14:00"},
                                   "`0001-01-01T00:00+14:00` is not between 1990 and 2099"),
    "the year 9999":              ({"url": "x.com", "at": "9999-12-31T23:59-14:00"},
                                   "`9999-12-31T23:59-14:00` is not between 1990 and 2099"),
    "no address":                 ({"url": "not an address", "at": NOON},
                                   "`not an address` is no address; write for example x.com/page"),
    "no client":                  ({"url": "x.com", "at": NOON, "from_ip": "town-hall"},
                                   "`town-hall` is no IP address of a client; write for example 10.20.0.7"),
    "nothing":                    ({}, "`url` and `at` are needed"),
    "a number":                   ({"url": 1, "at": NOON}, "`url` must be text"),
    "not a number":               ({"who": float("nan"), "url": "x.com"}, "`who` must be text"),
    "a list":                     ([], 'not a question; write {"who": "...", "url": "...", "at": "..."}'),
}
# fmt: on


def lines(questions):
    return "\n".join(map(json.dumps, questions)).encode()


def row_of(question):
    return dict(zip(("who", "url", "at", "from_ip"), question, strict=True))


@pytest.fixture(scope="module")
def policy(config):
    return load(config).policy


OURS = SignInNames(frozenset({"exampleshire", "exampleshire.gov.uk"}))
SPELLED = [
    ("a.jones", "a.jones"),
    ("A.Jones ", "a.jones"),
    ("EXAMPLESHIRE\\A.Jones", "a.jones"),
    ("a.jones@exampleshire.gov.uk", "a.jones"),
    ("a.jones@elsewhere.org", "a.jones@elsewhere.org"),
]


@pytest.mark.parametrize(("who", "person"), SPELLED)
def test_somebody_is_the_same_in_any_spelling_that_signs_in(policy, who, person):
    answer = ask(policy, Question(who, PAGE, NOON), OURS)

    assert answer.decision.person == person


def test_a_name_that_could_be_two_is_no_question(policy):
    with pytest.raises(QuestionError, match="can be read in two ways; nobody is known by it"):
        ask(policy, Question("exampleshire\\a@b", PAGE, NOON), OURS)


def test_one_object_with_exactly_the_promised_keys(config):
    done = breaktime(
        "explain", "--config", config, "--who", "k.nowak", "--url", "https://www.facebook.com/",
        "--at", "2026-11-23T12:30", "--from-ip", "10.20.0.7", "--format", "json",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    (answer,) = objects(done.stdout)
    assert list(answer) == KEYS
    assert answer == {
        "verdict": "allow",
        "reason": "break_fixed",
        "context": "break",
        "person": "k.nowak",
        "platform": "facebook",
        "because": ["break:lunch", "everyone"],
        "changes_at": "2026-11-23T13:00:00Z",
        "policy": load(config).policy.fingerprint,
    }


def test_each_question_has_its_answer_in_order(config):
    done = breaktime(
        "explain", "--config", config, "--questions", "-",
        given=lines(row_of(row[:4]) for row in ROWS.values()),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    answers = objects(done.stdout)
    keys = ("verdict", "reason", "context", "platform", "changes_at")
    assert [tuple(answer[key] for key in keys) for answer in answers] == [
        row[4:] for row in ROWS.values()
    ]
    assert {tuple(answer) for answer in answers} == {tuple(KEYS)}


@pytest.mark.parametrize(("question", "problem"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_is_wrong_with_a_question_is_said(policy, capsys, question, problem):
    assert answer_lines(policy, BytesIO(lines([question])), SignInNames()) == 1
    assert objects(capsys.readouterr().out) == [{"line": 1, "problem": problem}]


def test_a_bad_line_is_answered_in_its_place_and_blank_ones_are_passed_over(config, tmp_path):
    good = b'{"who": "a.jones", "url": "facebook.com", "at": "2026-11-23T12:30"}'
    file = tmp_path / "questions.jsonl"
    odd = b'{"url": "x.com", "at": "2026-11-23", "who": "\xff", "more": 1}'
    file.write_bytes(
        b"\xef\xbb\xbf" + good + b"\r\n\n  \r\nrubbish\n\xff\xfe\0\n" + odd + b"\n" + good
    )
    done = breaktime("explain", "--config", config, "--questions", file)
    assert (done.returncode, done.stderr) == (1, b"")
    answers = objects(done.stdout)
    assert [answer.get("line", answer.get("reason")) for answer in answers] == [
        "break_fixed", 4, 5, 6, "break_fixed",
    ]  # fmt: skip
    piped = breaktime("explain", "-c", config, "--questions", "-", given=file.read_bytes())
    assert (piped.returncode, piped.stdout, piped.stderr) == (1, done.stdout, b"")


def test_ten_thousand_questions_are_answered_in_reasonable_time(config):
    people = [f"p{number}" for number in range(10_000)]
    questions = ({"who": who, "url": "x.com", "at": "2026-11-23T12:30"} for who in people)
    done = breaktime("explain", "-c", config, "--questions", "-", given=lines(questions))
    assert [answer["person"] for answer in objects(done.stdout)] == people


def test_an_answer_comes_before_the_next_question_is_asked(config):
    process = command.start("explain", "-c", config, "--questions", "-")
    try:
        for who in ("a.jones", "c.lee"):
            process.stdin.write(lines([{"who": who, "url": "x.com", "at": "2026-11-23"}]) + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["person"] == who
        process.stdin.close()
        assert process.wait(command.TIMEOUT) == 0
    finally:
        command.end(process)


def test_who_has_read_enough_of_the_answers_may_leave(config):
    process = command.start("explain", "-c", config, "--questions", "-")
    try:
        process.stdout.close()
        _, stderr = process.communicate(lines([{"url": "x.com", "at": "2026-11-23"}] * 10))
        assert stderr == b""
    finally:
        command.end(process)


def test_people_read_the_same_answer_in_plain_words(config):
    done = breaktime(
        "explain", "-c", config, "--who", "a.jones", "--url", "facebook.com",
        "--at", "2026-07-20 12:30", "--from-ip", "10.20.0.7",
    )  # fmt: skip
    text = done.stdout.decode()
    found = text.splitlines()
    assert [*found[1:9], found[-1]] == [
        "  who      a.jones",
        "  place    town-hall",
        "  address  facebook.com (facebook)",
        "  at       Monday 20 July 2026, 12:30:00 (BST) = 2026-07-20T11:30:00Z",
        "  verdict  allow (break_fixed, break)",
        f"  because  break:lunch ({config}:6)",
        f"           everyone ({config}:8)",
        "  until    Monday 20 July 2026, 14:00:00 (BST) = 2026-07-20T13:00:00Z",
        f"  policy   {load(config).policy.fingerprint[:12]}",
    ]
    assert text.startswith("Allowed: facebook.com")


def test_where_breaks_are_not_opened_it_says_what_is_recorded(tmp_path):
    text = command.CONFIG.replace("{ca: ca}", "{ca: ca, decrypt_during_breaks: false}")
    unopened = command.configuration(tmp_path, text)
    said = "  record   over https: a site and a time, no page; the connection is not opened\n"

    def asked(at, url="x.com"):
        given = ["-c", str(unopened), "--who", "a.jones", "--url", url, "--at", at]
        result = CliRunner().invoke(main, ["explain", *given], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    assert said in asked("2026-11-23 12:30")
    assert said not in asked("2026-11-23 11:30")
    assert said not in asked("2026-11-23 12:30", "example.org")


def test_what_is_not_controlled_has_a_short_answer(config):
    done = breaktime("explain", "-c", config, "--url", "example.org", "--at", "2026-07-20T12:30Z")
    text = done.stdout.decode()
    assert "who      nobody known" in text
    assert "example.org (not controlled)" in text
    assert "  until " not in text


@pytest.mark.parametrize(("who", "status"), [("a.jones", 0), ("\x1b[2J\udcff\u202e", 2)])
def test_what_was_typed_cannot_command_the_terminal(config, who, status):
    done = breaktime(
        "explain", "-c", config, "--who", who, "--at", "2026-11-23",
        "--url", "facebook.com/\x1b]0;title\x07", PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert done.returncode == status
    for shown in (done.stdout, done.stderr):
        assert shown.isascii()
        assert b"\x1b" not in shown
        assert b"\x07" not in shown


def test_without_a_time_it_is_now(config):
    done = breaktime("explain", "-c", config, "--who", "c.lee", "--url", "x.com", "--format=json")
    changes_at = datetime.fromisoformat(objects(done.stdout)[0]["changes_at"])
    assert changes_at > now() - timedelta(minutes=1)


USAGE = {
    "no configuration": (["--url", "x.com"], "Missing option '--config'"),
    "no configuration for many": (["--questions", "-"], "Missing option '--config'"),
    "no question": (["-c", "CONFIG"], "give either --url or --questions"),
    "two kinds": (["-c", "CONFIG", "--url", "x.com", "--questions", "-"], "give either --url or"),
    "whose": (["-c", "CONFIG", "--questions", "-", "--who", "a"], "stand in the questions"),
    "no such file": (["-c", "CONFIG", "--questions", "/none"], "No such file"),
    "a folder": (["-c", "CONFIG", "--questions", "/"], "Is a directory"),
    "no time": (["-c", "CONFIG", "--url", "x.com", "--at", "noon"], "`noon` is no time"),
    "no address": (["-c", "CONFIG", "--url", "", "--at", "2026-11-23"], "nothing is no address"),
    "no client": (["-c", "CONFIG", "--url", "x.com", "--from-ip", "x"], "`x` is no IP address"),
    "no format": (["-c", "CONFIG", "--url", "x.com", "--format", "xml"], "'xml' is not one of"),
}


@pytest.mark.parametrize(("arguments", "sentence"), USAGE.values(), ids=USAGE)
def test_a_command_line_that_is_not_understood_is_status_2(config, arguments, sentence):
    given = [str(config) if word == "CONFIG" else word for word in arguments]
    done = breaktime("explain", *given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert sentence in done.stderr.decode()


@pytest.mark.parametrize("question", [["--url", "x.com"], ["--questions", "-"]])
def test_problems_of_the_configuration_are_status_1(tmp_path, question):
    broken = command.configuration(tmp_path, command.CONFIG.replace("at: 12:00", "at: 25:00"))
    done = breaktime("explain", "--config", broken, *question)
    assert (done.returncode, done.stdout) == (1, b"")
    first, last = done.stderr.decode().splitlines()
    assert first.startswith(f"{broken}:6:")
    assert last == "1 problem"


ANY_TEXT = st.text(st.characters(codec=None), max_size=30)  # lone surrogates too
TIMES = st.datetimes().map(datetime.isoformat)
OFFSETS = st.sampled_from(["", "Z", "+23:59", "-23:59", "+00:00:01"])
MANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**400), 10**400) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)
WHEN = st.one_of(MANY, ANY_TEXT, st.builds(str.__add__, TIMES, OFFSETS))
WHERE = st.one_of(MANY, ANY_TEXT, ANY_TEXT.map("https://facebook.com/".__add__))
CLIENT = st.one_of(MANY, st.ip_addresses().map(str))
QUESTIONS = st.one_of(
    MANY, st.fixed_dictionaries({"who": MANY, "url": WHERE, "at": WHEN, "from_ip": CLIENT})
)


@settings(deadline=None)
@given(st.one_of(QUESTIONS.map(lambda value: json.dumps(value).encode()), st.binary()))
def test_any_line_has_an_answer(policy, line):
    """Law: whatever a line holds, it is answered or said to be no question."""
    try:
        question = read_question(line.decode("utf-8", "surrogateescape"))
        answer = as_object(policy, ask(policy, question, SignInNames()))
    except QuestionError as problem:
        answer = dict.fromkeys(KEYS, str(problem))
    assert list(json.loads(json.dumps(answer))) == KEYS


@settings(deadline=None)
@given(who=ANY_TEXT, url=WHERE.filter(lambda x: isinstance(x, str)), at=WHEN.map(str), ip=CLIENT)
def test_any_command_line_is_answered_or_refused_in_a_sentence(config, who, url, at, ip):
    arguments = [f"--who={who}", f"--url={url}", f"--at={at}"]
    arguments += [f"--from-ip={ip}"] if isinstance(ip, str) else []
    done = CliRunner().invoke(main, ["explain", f"--config={config}", *arguments])
    assert done.exit_code in {0, 2}, done.exception
    assert done.exit_code == 0 or "\nError: " in done.stderr
