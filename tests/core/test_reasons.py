"""The words of an answer, which records and reports go by."""

import re

from breaktime.core.reasons import Context, Reason, Verdict


def test_words_are_plain_and_stand_for_one_thing():
    words = [*Verdict, *Reason, *Context]

    assert len({*Reason}) == len(Reason)
    assert all(re.fullmatch(r"[a-z]+([_-][a-z]+)*", word) for word in words)
    assert [*Verdict] == ["pass", "allow", "block"]
