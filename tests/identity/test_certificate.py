"""Certificates that have been verified: whose they are. The door's verifying is in tests/e2e."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OtherName, RFC822Name
from hypothesis import given
from hypothesis import strategies as st

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity import CertificateConfig, Claim, Doubt, Sighting, Surroundings
from support.people_ca import NOW, UPN, PeopleCa, upn


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return PeopleCa(tmp_path_factory.mktemp("ca"))


def opened(ca, name="common-name", **more):
    config = CertificateConfig(kind="certificate", authorities=ca.file, name=name, **more)
    return config.open(Surroundings(ca.folder, SignInNames(frozenset({"example.org"}))))


ROWS = {
    "common name": ("common-name", ["A.Jones"], [], "a.jones"),
    "no common name": ("common-name", [], [RFC822Name("a.jones@example.org")], None),
    "two common names": ("common-name", ["a.jones", "night"], [], None),
    "mail": ("email", ["x"], [RFC822Name("A.Jones@example.org")], "a.jones"),
    "no mail": ("email", ["a.jones"], [upn("a.jones@example.org")], None),
    "two mails": ("email", [], [RFC822Name("a@example.org"), RFC822Name("b@example.org")], None),
    "principal": ("principal-name", ["x"], [upn("A.Jones@example.org")], "a.jones"),
    "no principal": ("principal-name", ["x"], [], None),
    "another other name": (
        "principal-name",
        ["x"],
        [OtherName(UPN, b"\x16\x01a")],
        Doubt.CERTIFICATE,
    ),
    "two scripts": ("common-name", ["\u0430.jones"], [], None),
}


@pytest.mark.parametrize("row", ROWS)
def test_whose_it_is(ca, row):
    name_in, common, names, expected = ROWS[row]
    _, shown = ca.issue(*common, names=names)
    der = shown.public_bytes(Encoding.DER)
    found = opened(ca, name_in).identify(Sighting("10.0.0.1", certificate=der, at=NOW))

    if expected == "a.jones":
        expected = Claim("a.jones", "certificate", strength=Strength.CERTIFICATE)
    assert found == expected


def test_none_is_nobodys(ca):
    assert opened(ca).identify(Sighting("10.0.0.1", at=NOW)) is None


def test_one_that_has_expired_on_an_old_connection_is_doubtful(ca):
    _, shown = ca.issue("a.jones", validity=(NOW - timedelta(1), NOW + timedelta(hours=1)))
    der = shown.public_bytes(Encoding.DER)
    provider = opened(ca)
    end = shown.not_valid_after_utc

    before = provider.identify(Sighting("c", certificate=der, at=end - timedelta(seconds=1)))
    assert before.person == "a.jones"
    assert provider.identify(Sighting("c", certificate=der, at=end)) is Doubt.CERTIFICATE


@given(st.binary(max_size=200))
def test_any_bytes_are_nobodys(der):
    with_ca = test_any_bytes_are_nobodys.provider
    assert with_ca.identify(Sighting("c", certificate=der, at=NOW)) is Doubt.CERTIFICATE


@pytest.fixture(autouse=True)
def _provider(ca):
    test_any_bytes_are_nobodys.provider = opened(ca)


def test_files_of_another_kind_are_told(ca, tmp_path):
    (tmp_path / "text.pem").write_text("nonsense")
    with pytest.raises(ValueError, match=r"^text.pem: must hold certificates \(PEM\)$"):
        CertificateConfig(kind="certificate", authorities="text.pem").open(Surroundings(tmp_path))
    with pytest.raises(ValueError, match=r"^text.pem: must hold a list of revoked"):
        opened(ca, revoked=tmp_path / "text.pem")
    with pytest.raises(OSError, match="gone"):
        opened(ca, revoked=tmp_path / "gone")


def test_a_list_that_is_written_anew_is_another_provider(ca):
    before = opened(ca, revoked=ca.revoked_file).digest
    ca.revoke(ca.issue("x")[1])

    assert opened(ca, revoked=ca.revoked_file).digest != before
