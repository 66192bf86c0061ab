"""An anchor is one line, wherever it stands."""

import pytest

from breaktime.audit.anchor import Anchor, read_anchor, read_anchors

ANCHOR = Anchor("gateway/1f0c9e1b7a445d0c", 7, "ab" * 32)


def test_it_is_read_as_it_is_written():
    assert read_anchors(str(ANCHOR)) == [ANCHOR]


def test_it_may_stand_in_a_letter():
    other = ANCHOR._replace(epoch=0)

    assert read_anchors(f"Dear HR,\r\n> {ANCHOR}\r\nand\n{other} (the first)\n") == [ANCHOR, other]


def test_what_is_none():
    for text in ("", "breaktime-anchor", str(ANCHOR)[:-1], str(ANCHOR).upper(), "\ufeff\x00"):
        assert read_anchors(text) == []


def test_one_by_itself_has_nothing_beside_it():
    assert read_anchor(str(ANCHOR)) == ANCHOR
    for text in (f"{ANCHOR} ", f"> {ANCHOR}", "seal.anchor"):
        with pytest.raises(ValueError, match="`breaktime audit init` printed on the other gateway"):
            read_anchor(text)
