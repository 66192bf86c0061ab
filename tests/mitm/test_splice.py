"""Frames are counted as they go by, however they are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breaktime.mitm.splice import Frames, close_frame


def frame(size, *, masked=False):
    mark = 0x80 if masked else 0
    if size < 126:
        head = bytes((0x82, mark | size))
    elif size < 65536:
        head = bytes((0x82, mark | 126)) + size.to_bytes(2)
    else:
        head = bytes((0x82, mark | 127)) + size.to_bytes(8)
    return head + (b"mask" if masked else b"") + bytes(size)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
@pytest.mark.parametrize("masked", [False, True])
def test_only_a_whole_frame_leaves_room_for_another(size, masked):
    whole = frame(size, masked=masked)
    for cut in {1, 2, 3, len(whole) // 2, len(whole) - 1} - {0, len(whole)}:
        if cut > len(whole):
            continue
        frames = Frames()
        assert frames.between
        frames.pass_by(whole[:cut])
        assert not frames.between
        frames.pass_by(whole[cut:])
        assert frames.between


@given(st.lists(st.sampled_from([0, 5, 125, 126, 300])), st.lists(st.integers(0, 2000)))
def test_how_bytes_are_cut_does_not_matter(sizes, cuts):
    data = b"".join(map(frame, sizes))
    frames = Frames()
    at = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    for start, end in pairwise(at):
        frames.pass_by(data[start:end])
    assert frames.between


def test_the_goodbye_says_why():
    assert close_frame() == b"\x88\x15\x03\xf0the break has ended"
