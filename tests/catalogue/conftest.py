"""What the tests of archives share: keys and a small catalogue."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breaktime.catalogue.archive import Archive, pack
from support.catalogues import platform_file, ten


@pytest.fixture
def private():
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def public(private):
    return private.public_key().public_bytes_raw()


@pytest.fixture
def files():
    return {
        "chat.yaml": platform_file("Chat", *ten()),
        "talk.yaml": platform_file("Talk", *ten("talk")),
    }


@pytest.fixture
def packed(private):
    """Return what packs files as an edition."""

    def do(files, edition="2026-11-21", key=None):
        return pack(Archive(edition, files), key or private)

    return do
