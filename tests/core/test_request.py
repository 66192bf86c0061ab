"""What is not in a request cannot be decided by, and cannot leak into a record."""

from dataclasses import FrozenInstanceError, fields

import pytest

from breaktime.core.request import Request
from breaktime.core.visit import NOTHING, Fetch


def test_a_request_has_no_place_for_what_may_not_be_kept():
    names = {field.name for field in fields(Request)}

    assert names == {
        "names", "path", "parameters", "repeated", "person", "groups", "client", "method",
        "known_by", "fetch", "source", "evidence", "opened",
    }  # fmt: skip


def test_a_request_cannot_be_changed_after_it_was_judged():
    with pytest.raises(FrozenInstanceError):
        Request(("facebook.com",)).person = "ada"


def test_requests_of_one_kind_share_an_empty_mapping_that_cannot_be_filled():
    assert Request(()).parameters is Request(()).parameters is NOTHING
    with pytest.raises(TypeError):
        NOTHING["id"] = "1"


def test_a_client_that_says_nothing_has_said_nothing():
    assert Fetch() == Fetch(dest="", mode="", site="", user=False, purpose="")
