"""What may pass unopened by the configuration that is in force."""

import asyncio

import pytest

from breaktime.core.flexible import NOTHING_TAKEN, UNKNOWN
from breaktime.door import Identity
from breaktime.mitm.unopened import Unopening
from support.policy import KNOWN, LUNCH, MORNING, state_in

SITE, PORTAL = ("www.facebook.com",), ("breaks.exampleshire.example",)
SOMEBODY = Identity("a.jones")
UNOPENED = "ca: ca, decrypt_during_breaks: false"
FLEXIBLE = "{days: Mon-Fri, between: 11:00-14:00, minutes: 45}"


def answer(state, names=SITE, *, at=LUNCH, identity=SOMEBODY, usage=UNKNOWN):
    asked = []

    async def books(person):
        asked.append(person)
        return usage

    asking = Unopening(state, lambda: at, books)
    return asyncio.run(asking.ask(names, KNOWN, identity)), asked


def test_an_answer_says_what_was_asked_of_what(tmp_path):
    state = state_in(tmp_path, ca=UNOPENED)
    found, asked = answer(state)

    assert found.found.passes
    assert (found.request.names, found.request.person) == (SITE, "a.jones")
    assert (found.state, found.at, found.usage) == (state.now, LUNCH, NOTHING_TAKEN)
    assert asked == []  # nobody has breaks to start


def test_outside_the_breaks_nothing_passes(tmp_path):
    found, _ = answer(state_in(tmp_path, ca=UNOPENED), at=MORNING)

    assert not found.found.passes


@pytest.mark.parametrize(
    ("names", "identity"),
    [(SITE, None), (SITE, Identity(None)), (("not a name",), SOMEBODY)],
    ids=["nobody asked", "nobody known", "no name"],
)
def test_what_cannot_pass_is_not_asked_about(tmp_path, names, identity):
    assert answer(state_in(tmp_path, ca=UNOPENED), names, identity=identity) == (None, [])


def test_what_is_opened_in_breaks_too_is_not_asked_about(tmp_path):
    state = state_in(tmp_path)

    assert answer(state) == (None, [])
    request = answer(state_in(tmp_path, ca=UNOPENED))[0].request
    asking = Unopening(state, lambda: LUNCH, None)
    assert not asking.judge(request, LUNCH, NOTHING_TAKEN).passes  # after a reload


def test_the_portal_is_ours_to_answer_for(tmp_path):
    text = f"{UNOPENED}}}\npage: {{portal: 'https://{PORTAL[0]}'"
    found, _ = answer(state_in(tmp_path, ca=text), PORTAL)

    assert not found.found.passes


def test_the_ledger_is_asked_where_there_are_breaks_to_start(tmp_path):
    text = f"{UNOPENED}}}\npeople: {{a.jones: {{breaks: [{FLEXIBLE}]}}"
    found, asked = answer(state_in(tmp_path, ca=text))

    assert asked == ["a.jones"]
    assert not found.found.passes
