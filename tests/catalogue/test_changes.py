"""What speaks against an update?"""

import pytest

from breaktime.catalogue.changes import changes, objections
from breaktime.core.platforms import Platform, Role


def catalogue(*names, id="chat", networks=()):  # noqa: A002 - it is called so
    domains = dict.fromkeys(names, Role.WEB)
    return {id: Platform(id, id, "messaging", domains=domains, networks=networks)}


TEN = [f"chat-{number}.example" for number in range(10)]
OLD = catalogue(*TEN)


@pytest.mark.parametrize(
    ("number", "fine"), [(6, False), (7, True), (10, True), (13, True), (14, False)]
)
def test_a_change_of_more_than_thirty_percent_is_too_much(number, fine):
    new = catalogue(*(f"chat-{each}.example" for each in range(number)))
    assert (objections(OLD, new, ()) == []) is fine


def test_what_is_never_controlled():
    never = ("nhs.uk", "docs.talk.example", "192.0.2.0/24", "2001:db8::/32")
    assert objections(OLD, catalogue(*TEN, "www.nhs.uk"), never) == [
        "it would control what is never controlled: `www.nhs.uk`"
    ]
    assert objections(OLD, catalogue(*TEN, "nhs.uk"), never)
    assert objections(OLD, catalogue(*TEN, "talk.example"), never)
    assert objections(OLD, catalogue(*TEN, networks=("192.0.2.128/25",)), never) == [
        "it would control what is never controlled: `192.0.2.128/25`"
    ]
    assert objections(OLD, catalogue(*TEN, networks=("2001:db8:1::/48",)), never)
    assert objections(OLD, catalogue(*TEN, "mynhs.uk", networks=("198.51.100.0/24",)), never) == []


def test_what_was_there_before_is_no_news():
    assert objections(OLD, catalogue(*TEN, "chat.example"), (TEN[0],)) == []


def test_names_of_everybody_are_refused():
    assert objections(OLD, catalogue(*TEN, "org.uk", "amazonaws.com"), ()) == [
        "it lists `amazonaws.com`: sites of many others use it",
        "it lists `org.uk`: anybody can have a name below it",
    ]


def test_many_are_counted():
    never = ("chat.example",)
    many = [f"{letter}.chat.example" for letter in "abcdefgh"]
    old = catalogue(*(f"{number}.example" for number in range(100)))
    new = catalogue(*(f"{number}.example" for number in range(100)), *many)
    (reason,) = objections(old, new, never)
    assert reason.endswith("`e.chat.example` and 3 others")


def test_changes_are_told():
    new = {**catalogue(*TEN[1:], "new.example"), **catalogue("talk.example", id="talk")}
    found = changes({**OLD, **catalogue("gone.example", id="gone")}, new)
    assert found.platforms_added == ("talk",)
    assert found.platforms_removed == ("gone",)
    assert found.names_added == ("new.example", "talk.example")
    assert found.names_removed == ("chat-0.example", "gone.example")
