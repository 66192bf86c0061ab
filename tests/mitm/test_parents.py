"""The parent proxy, as the configuration has it."""

import ssl
from collections import Counter

import pytest
import trustme

from breaktime.config.settings_gateway import ParentSettings
from breaktime.config.text import Endpoint
from breaktime.mitm.parents import open_parent
from breaktime.mitm.world import StartError

AT = Endpoint("parent.example.org", 3128)


def settings(credentials=None, *, tls=False, by_address=False, direct=()):
    return ParentSettings(AT, tls, credentials, by_address, direct)


def written(folder, text, mode=0o600):
    file = folder / "parent"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_there_may_be_none():
    assert open_parent(None, ()) is None


def test_it_is_as_it_was_written(tmp_path):
    failures = Counter()
    found = open_parent(
        settings(written(tmp_path, "gateway:a:b\n"), by_address=True, direct=("a.example",)),
        (),
        failures,
    )

    assert (found.at.host, found.at.port, found.at.tls) == (*AT, None)
    assert (found.at.credentials, found.at.by_address) == ("gateway:a:b", True)
    assert found.at.names == {"a.example"}
    assert found.failures is failures


@pytest.mark.parametrize(
    ("text", "mode", "problem"),
    [
        ("gateway", 0o600, "must be one line, `name:password`"),
        ("gateway:a\nb", 0o600, "must be one line, `name:password`"),
        (":a", 0o600, "must be one line, `name:password`"),
        ("gateway:a", 0o604, "everybody can read the credentials"),
    ],
)
def test_credentials_that_are_none_or_everybodys_are_no_start(tmp_path, text, mode, problem):
    with pytest.raises(StartError) as raised:
        open_parent(settings(written(tmp_path, text, mode)), ())
    assert problem in str(raised.value)
    assert raised.value.status == 78
    assert "a\n" not in str(raised.value)


def test_credentials_that_are_not_there_are_no_start(tmp_path):
    with pytest.raises(StartError, match="cannot be read"):
        open_parent(settings(tmp_path / "parent"), ())


def test_tls_trusts_what_the_gateway_trusts_and_nobody_else(tmp_path):
    authority = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(authority)
    found = open_parent(settings(tls=True), (authority,))

    assert found.at.tls.verify_mode is ssl.CERT_REQUIRED
    assert found.at.tls.check_hostname
    assert len(found.at.tls.get_ca_certs()) == 1
    assert open_parent(settings(tls=True), ()).at.tls.verify_mode is ssl.CERT_REQUIRED


def test_trust_that_cannot_be_read_is_no_start(tmp_path):
    with pytest.raises(StartError, match="what the parent is trusted by"):
        open_parent(settings(tls=True), (tmp_path / "none",))
