"""Losses are remembered where a full disk does not matter."""

import pytest

from breaktime.audit.losses import NAME, Loss, Losses


def test_what_was_noted_is_read_by_the_next(tmp_path):
    first = Losses(tmp_path)
    assert first.read() == Loss(0, 0)
    first.note(Loss(46, 5))
    first.close()
    first.close()

    second = Losses(tmp_path)
    assert second.read() == Loss(46, 5)
    second.close()


def test_the_file_never_grows(tmp_path):
    losses = Losses(tmp_path)
    size = (tmp_path / NAME).stat().st_size
    for number in (1, 10**6, 10**15):
        losses.note(Loss(number, number))

        assert (tmp_path / NAME).stat().st_size == size == 42
    losses.close()


@pytest.mark.parametrize("content", [b"", b"x", b"1", b"1 x", b"\xff" * 42])
def test_a_file_that_says_nothing_is_no_loss(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    losses = Losses(tmp_path)

    assert losses.read() == Loss(0, 0)
    losses.close()


def test_without_the_file_records_go_on(tmp_path):
    (tmp_path / NAME).mkdir()
    losses = Losses(tmp_path)
    losses.note(Loss(1, 1))

    assert losses.read() == Loss(0, 0)
    losses.close()


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / NAME).symlink_to("/dev/null")
    losses = Losses(tmp_path)
    losses.note(Loss(1, 1))

    assert losses.read() == Loss(0, 0)
    losses.close()
