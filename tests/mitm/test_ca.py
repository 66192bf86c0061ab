"""The authority, and the one that follows it."""

import os

import pytest

from breaktime.mitm.ca import (
    CERTIFICATE,
    KEY,
    NEXT,
    AuthorityError,
    check_key,
    look,
    make_ca,
    prepare_next,
    switch,
)


@pytest.fixture
def folder(tmp_path):
    make_ca(tmp_path / "ca")
    return tmp_path / "ca"


def test_its_key_is_in_one_file_only(folder):
    secret = (folder / KEY).read_bytes()
    assert b"PRIVATE KEY" in secret
    assert not list(folder.glob("*ca.p12"))
    assert [file.name for file in folder.iterdir() if b"PRIVATE" in file.read_bytes()] == [KEY]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o700 | 0o001])
def test_a_key_that_others_may_read_is_seen(folder, mode):
    check_key(folder)
    (folder / KEY).chmod(mode)
    with pytest.raises(AuthorityError, match=f"{mode:04o}"):
        check_key(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_key_of_somebody_else_is_seen(folder):
    os.chown(folder / KEY, 12345, -1)
    with pytest.raises(AuthorityError, match="12345"):
        check_key(folder)


def test_the_next_one_waits_beside_the_one_in_use(folder):
    first = look(folder)
    following = prepare_next(folder)

    assert look(folder) == first
    assert following.fingerprint != first.fingerprint
    check_key(folder / NEXT)
    with pytest.raises(AuthorityError, match="already"):
        prepare_next(folder)


def test_the_next_one_takes_its_place_and_the_old_one_is_kept(folder):
    first, old_key = look(folder), (folder / KEY).read_bytes()
    following = prepare_next(folder)
    new_key = (folder / NEXT / KEY).read_bytes()

    assert switch(folder).fingerprint == following.fingerprint

    assert (folder / KEY).read_bytes() == new_key
    assert not (folder / NEXT).exists()
    (kept,) = folder.glob("before-*")
    assert look(kept).fingerprint == first.fingerprint
    assert (kept / KEY).read_bytes() == old_key
    for each in (folder, kept):
        check_key(each)
    with pytest.raises(AuthorityError, match="no next"):
        switch(folder)


def test_a_switch_that_was_interrupted_is_done_again(folder):
    old_key = (folder / KEY).read_bytes()
    prepare_next(folder)
    new_key = (folder / NEXT / KEY).read_bytes()
    kept = folder / f"before-{look(folder).fingerprint[:16]}"
    kept.mkdir()
    os.link(folder / KEY, kept / KEY)

    switch(folder)

    assert (folder / KEY).read_bytes() == new_key
    assert (kept / KEY).read_bytes() == old_key


def test_what_is_no_certificate_is_told(folder):
    (folder / CERTIFICATE).write_text("no certificate")
    with pytest.raises(AuthorityError, match="holds no certificate"):
        look(folder)


def test_nothing_follows_nothing(tmp_path):
    with pytest.raises(AuthorityError, match="ca create"):
        prepare_next(tmp_path)
