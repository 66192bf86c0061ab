"""Many bytes for another process."""

import os

import pytest

from breaktime.mitm.workers.memory import content, sealed


def test_what_is_put_there_is_read_as_often_as_there_are_descriptors():
    data = os.urandom(300_000)
    fd = sealed(data)

    assert [content(os.dup(fd)), content(os.dup(fd)), content(fd)] == [data] * 3
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(fd)


def test_nobody_can_change_it():
    fd = sealed(b"as it was")

    with pytest.raises(PermissionError):
        os.pwrite(fd, b"other", 0)
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 2)
    assert content(fd) == b"as it was"
