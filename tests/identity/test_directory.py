"""The directory: by both ways of TLS, verified, escaped, reconnected, and never guessing."""

import asyncio
import inspect
import ssl

import pytest

from breaktime.core.signin import SignInNames
from breaktime.identity import BusyError
from breaktime.identity.directory import open_directory
from breaktime.identity.directory_settings import Address, DirectorySettings
from support import slapd as slapds

GROUPS = ("gg-all", "gg-legal", "gg-round")


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    with slapds.directory(tmp_path_factory.mktemp("slapd"), idle=1) as slapd:
        yield slapd


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def opened(slapd):
    directories = []

    def opened(*servers, folder=slapd.folder, **more):
        settings = {
            "servers": servers or (Address("localhost", slapd.tls_port, tls=True),),
            "trust": (folder / "ca.pem",),
            "name": slapds.ACCOUNT,
            "password": folder / "secret",
            "people": f"ou=people,{slapds.BASE}",
            "groups": f"ou=groups,{slapds.BASE}",
            "nested": True,
            "seconds": 1.0,
        }
        names = SignInNames(frozenset({"example"}))
        directories.append(open_directory(DirectorySettings(**{**settings, **more}), names))
        return directories[-1]

    yield opened
    for directory in directories:
        directory.close()


def groups(directory, person):
    async def wait():
        answer = directory.groups(person)
        return await answer if inspect.isawaitable(answer) else answer

    return asyncio.run(wait())


def by_name(found):
    return tuple(name for name in found if "=" not in name)


@pytest.mark.parametrize("tls", [True, False])
def test_passwords_and_groups(opened, slapd, tls):
    directory = opened(Address("localhost", slapd.tls_port if tls else slapd.port, tls=tls))

    assert directory.knows("a.jones", slapds.PASSWORD)
    assert not directory.knows("a.jones", "wrong")
    assert by_name(groups(directory, "a.jones")) == GROUPS
    assert f"cn=gg-legal,ou=groups,{slapds.BASE}" in groups(directory, "a.jones")
    assert groups(directory, "b.king") == ()


def test_without_nesting_only_the_groups_themselves(opened):
    assert by_name(groups(opened(nested=False), "a.jones")) == ("gg-legal",)
    assert groups(opened(groups=""), "a.jones") == ()


@pytest.mark.parametrize("person", ["*", "a.*", "a.jones)(uid=*", "nobody", "moved", "(", ""])
def test_a_name_that_is_nobodys_finds_nobody(opened, person):
    """Neither a pattern nor a filter, and no referral is followed."""
    directory = opened()

    assert not directory.knows(person, slapds.PASSWORD)
    assert groups(directory, person) == ()


def test_two_people_of_one_name_are_neither(opened):
    directory = opened()

    assert not directory.knows("twice", slapds.PASSWORD)
    assert groups(directory, "twice") is None


def test_no_password_is_no_guest(opened, slapd):
    directory = opened()
    address, dn = (
        Address("localhost", slapd.tls_port, tls=True),
        f"uid=a.jones,ou=people,{slapds.BASE}",
    )

    assert not directory.knows("a.jones", "")
    assert directory._servers.is_password(address, dn, slapds.PASSWORD)
    assert not directory._servers.is_password(address, dn, "")
    assert not directory._servers.is_password(address, "", slapds.PASSWORD)


@pytest.mark.parametrize("tls", [True, False])
def test_a_certificate_of_another_name_or_authority_is_not_trusted(
    opened, slapd, tls, tmp_path_factory
):
    port = slapd.tls_port if tls else slapd.port
    with pytest.raises(BusyError):
        opened(Address("127.0.0.1", port, tls=tls)).knows("a.jones", slapds.PASSWORD)
    other = tmp_path_factory.mktemp("other")
    slapds.prepare(other)
    with pytest.raises(BusyError):
        opened(Address("localhost", port, tls=tls), folder=other).knows("a.jones", slapds.PASSWORD)


def test_a_wrong_account_makes_nobody_unknown(opened, tmp_path, slapd):
    (tmp_path / "secret").write_text("wrong")
    (tmp_path / "ca.pem").write_bytes((slapd.folder / "ca.pem").read_bytes())

    with pytest.raises(BusyError):
        opened(folder=tmp_path).knows("a.jones", slapds.PASSWORD)


@pytest.mark.parametrize("tls", [True, False])
def test_a_frozen_server_is_given_up_and_the_next_one_asked(opened, slapd, tls, tmp_path):
    slapds.prepare(tmp_path)
    (tmp_path / "both.pem").write_bytes(
        (slapd.folder / "ca.pem").read_bytes() + (tmp_path / "ca.pem").read_bytes()
    )
    with slapds.running(tmp_path) as frozen:
        first = Address("localhost", frozen.tls_port if tls else frozen.port, tls=tls)
        second = Address("localhost", slapd.tls_port, tls=True)
        directory = opened(first, second, trust=(tmp_path / "both.pem",))
        frozen.freeze()
        assert directory.knows("a.jones", slapds.PASSWORD)
        assert directory._servers._down.keys() == {first}
        assert directory.knows("a.jones", slapds.PASSWORD)  # by the second, at once
        only = opened(first, folder=tmp_path)
        with pytest.raises(BusyError):
            only.knows("a.jones", slapds.PASSWORD)


def test_after_a_restart_it_is_asked_again(opened, tmp_path):
    slapds.prepare(tmp_path)
    with slapds.running(tmp_path) as first:
        ports = first.port, first.tls_port
        address = Address("localhost", first.tls_port, tls=True)
        directory = opened(address, folder=tmp_path)
        assert directory.knows("a.jones", slapds.PASSWORD)
    with pytest.raises(BusyError):
        directory.knows("a.jones", slapds.PASSWORD)
    with slapds.running(tmp_path, ports):
        directory._servers._down.clear()  # as after five seconds
        assert directory.knows("a.jones", slapds.PASSWORD)


def test_groups_are_remembered_for_a_while(opened, slapd):
    directory = opened(remember=60.0)
    directory._monotonic = clock = Clock()
    known = groups(directory, "a.jones")
    slapd.freeze()
    try:
        clock.now = 59.0
        assert directory.groups("a.jones") == known  # at once
        clock.now = 60.0
        with pytest.raises(BusyError):
            groups(directory, "a.jones")
    finally:
        slapd.thaw()


def test_a_closed_one_cannot_be_asked(opened):
    directory = opened()
    directory.close()

    with pytest.raises(BusyError):
        directory.groups("a.jones")


def test_files_that_hold_nothing_of_the_kind_are_told(opened, slapd, tmp_path):
    (tmp_path / "ca.pem").write_text("nonsense")
    (tmp_path / "secret").write_text("\n")
    with pytest.raises(ValueError, match=r"^secret: must hold the password of the service"):
        opened(folder=tmp_path)
    with pytest.raises(ValueError, match=r"^ca.pem: must hold certificates \(PEM\)$"):
        opened(trust=(tmp_path / "ca.pem",))
    with pytest.raises(OSError, match="gone"):
        opened(password=tmp_path / "gone")


def test_old_tls_is_not_spoken(opened):
    context = opened()._servers._context

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
