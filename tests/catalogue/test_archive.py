"""Does only what was packed and signed come out of an archive, byte for byte?"""

import io
import tarfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from breaktime.catalogue import archive
from breaktime.catalogue.archive import Archive, ArchiveError, edition_order, pack, unpack

FILES = {"chat.yaml": b"name: Chat\n", "b-2.yaml": b"x" * 513}


def signed(body, key):
    """Sign bytes that `pack` would not make, as a careless publisher might."""
    return archive._member("signature", key.sign(archive._PURPOSE + body)) + body


def tar(*entries):
    """Return a tar file of entries: a name and content, or what else tar can hold."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as file:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                file.addfile(entry)
            else:
                info = tarfile.TarInfo(entry[0])
                info.size = len(entry[1])
                file.addfile(info, io.BytesIO(entry[1]))
    return out.getvalue()


def info(name, kind, link=""):
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


EDITION = ("edition", b"2026-11-21\n")
GOOD = ("chat.yaml", b"name: Chat\n")


def test_what_was_packed_comes_out(private, public):
    content = pack(Archive("2026-11-21.2", FILES), private)
    assert unpack(content, public) == Archive("2026-11-21.2", FILES)
    assert content == pack(Archive("2026-11-21.2", dict(reversed(FILES.items()))), private)


def test_tar_can_list_it(private):
    content = pack(Archive("2026-11-21", FILES), private)
    with tarfile.open(fileobj=io.BytesIO(content)) as file:
        assert file.getnames() == ["signature", "edition", "b-2.yaml", "chat.yaml"]


def test_another_key_is_refused(private, public):
    content = pack(Archive("2026-11-21", FILES), Ed25519PrivateKey.generate())
    with pytest.raises(ArchiveError, match="not signed with the key"):
        unpack(content, public)


@given(st.data())
def test_one_changed_byte_is_refused(data):
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    content = bytearray(pack(Archive("2026-11-21", FILES), private))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ArchiveError):
        unpack(bytes(content), private.public_key().public_bytes_raw())


@given(st.binary(max_size=3000))
def test_any_bytes_are_refused(content):
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(ArchiveError):
        unpack(content, private.public_key().public_bytes_raw())


@pytest.mark.parametrize("cut", [0, 1, 512, 1024, 1536, -512, -1])
def test_a_cut_archive_is_refused(private, public, cut):
    content = pack(Archive("2026-11-21", FILES), private)
    with pytest.raises(ArchiveError):
        unpack(content[:cut], public)
    with pytest.raises(ArchiveError):
        unpack(content + b"\0", public)


@pytest.mark.parametrize(
    "body",
    [
        tar(EDITION, GOOD),  # right in all but the padding of its end
        tar(EDITION, ("../chat.yaml", b"")),
        tar(EDITION, ("/etc/chat.yaml", b"")),
        tar(EDITION, ("a/chat.yaml", b"")),
        tar(EDITION, ("chat.YAML", b"")),
        tar(EDITION, ("chat.sh", b"")),
        tar(EDITION, ("x" * 200 + ".yaml", b"")),
        tar(EDITION, GOOD, GOOD),
        tar(EDITION, info("chat.yaml", tarfile.SYMTYPE, "/etc/passwd")),
        tar(EDITION, info("chat.yaml", tarfile.LNKTYPE, "edition")),
        tar(EDITION, info("chat.yaml", tarfile.CHRTYPE)),
        tar(EDITION, info("chat.yaml", tarfile.FIFOTYPE)),
        tar(EDITION, info("chat.yaml", tarfile.DIRTYPE)),
        tar(EDITION, info("chat.yaml", tarfile.GNUTYPE_SPARSE)),
        tar(GOOD),
        tar(("edition", b"tomorrow\n"), GOOD),
        tar(),
        b"",
        b"\x1f\x8b" + bytes(2000),
    ],
)
def test_what_is_signed_and_odd_is_refused_too(private, public, body):
    with pytest.raises(ArchiveError):
        unpack(signed(body, private), public)


def test_a_bomb_is_refused(private, public, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 4096)
    with pytest.raises(ArchiveError, match="larger"):
        pack(Archive("2026-11-21", {"a.yaml": bytes(4096)}), private)
    with pytest.raises(ArchiveError, match="larger"):
        unpack(bytes(4097), public)
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    with pytest.raises(ArchiveError, match="between 1 and 1"):
        pack(Archive("2026-11-21", FILES), private)


@pytest.mark.parametrize("name", ["a.yml", "../a.yaml", "A.yaml", ".yaml", "edition", "a b.yaml"])
def test_a_file_that_is_not_named_like_a_platform_is_not_packed(private, name):
    with pytest.raises(ArchiveError, match="not named like a platform"):
        pack(Archive("2026-11-21", {name: b""}), private)


def test_editions_are_in_order():
    editions = ["2026-11-21", "2026-11-21.2", "2026-11-21.10", "2026-11-22"]
    assert sorted(editions, key=edition_order) == editions
    with pytest.raises(ArchiveError, match="written as"):
        edition_order("today")
