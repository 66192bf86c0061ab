"""Keys that are used once, and gone."""

import os
import stat

import pytest

from breaktime.audit import keys as module
from breaktime.audit.checkpoint import FIRST
from breaktime.audit.keys import NAME, KeyFile


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "seal"


def test_the_first_keys(folder):
    keys = KeyFile.create(folder, "gw-a")
    now = keys.now
    keys.close()

    assert (now.epoch, now.prev) == (0, FIRST)
    assert now.origin.startswith("gw-a/")
    assert len({now.key, now.after, now.public, now.promised}) == 4
    assert KeyFile.open(folder).now == now
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


def test_keys_are_never_written_over(folder):
    KeyFile.create(folder, "gw-a").close()
    before = (folder / NAME).read_bytes()

    with pytest.raises(FileExistsError):
        KeyFile.create(folder, "gw-a")
    assert (folder / NAME).read_bytes() == before


def test_a_key_that_has_signed_is_gone(folder):
    keys = KeyFile.create(folder, "gw-a")
    for epoch in range(1, 6):
        before = keys.now
        keys.evolve(f"{epoch:064}")
        held = (folder / NAME).read_bytes()
        assert before.key.encode() not in held
        assert (keys.now.epoch, keys.now.prev) == (epoch, f"{epoch:064}")
        assert (keys.now.key, keys.now.public) == (before.after, before.promised)
        assert KeyFile.open(folder).now == keys.now
        assert len(held) == len((folder / NAME).read_bytes())
    keys.close()
    keys.close()


def test_whatever_moment_a_crash_comes_at_there_is_a_key(folder, monkeypatch):
    """Half of a place written, or nothing of it: the one before, or the new one, is whole."""
    keys = KeyFile.create(folder, "gw-a")
    pwrite = os.pwrite
    for length in (0, 1, 64, 300, 511):
        keys = KeyFile.open(folder)
        before = keys.now

        def torn(fd, data, offset, length=length):
            pwrite(fd, data[:length], offset)
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(module.os, "pwrite", torn)
            with pytest.raises(KeyboardInterrupt):
                keys.evolve("e" * 64)
        assert KeyFile.open(folder).now == before
        KeyFile.open(folder).evolve("f" * 64)


def test_a_disk_that_fails_does_not_let_a_key_sign_twice(folder, monkeypatch):
    keys = KeyFile.create(folder, "gw-a")

    def fails(fd):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(module.os, "fdatasync", fails)
        with pytest.raises(OSError, match="Input/output"):
            keys.evolve("e" * 64)
    assert keys.now.epoch == 1


def test_what_is_no_key_file(folder):
    with pytest.raises(FileNotFoundError):
        KeyFile.open(folder)
    KeyFile.create(folder, "gw-a").close()
    (folder / NAME).chmod(0o640)
    with pytest.raises(OSError, match="others may read it"):
        KeyFile.open(folder)
    (folder / NAME).chmod(0o600)
    (folder / NAME).write_bytes(b"")
    with pytest.raises(OSError, match="it holds no key"):
        KeyFile.open(folder)


def test_signatures_are_ed25519(folder):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    now = KeyFile.create(folder, "gw-a").now
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(now.public)).verify(now.sign(b"x"), b"x")
