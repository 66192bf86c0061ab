"""Tickets: whose they are, and which are refused; with a real realm."""

import asyncio
import inspect
import threading

import pytest

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity import (
    BusyError,
    Claim,
    NegotiateConfig,
    NotInstalledError,
    Sighting,
    Surroundings,
)
from breaktime.identity.negotiate import Negotiate, person_of
from support.debian import require
from support.kdc import realm as a_realm

NAMES = SignInNames(frozenset({"example.org"}))

# fmt: off
PRINCIPALS = {
    "a person":             ("a.jones@EXAMPLE.ORG", "a.jones"),
    "capitals":             ("A.Jones@EXAMPLE.ORG", "a.jones"),
    "another realm":        ("a.jones@PARTNER.EXAMPLE", None),
    "a realm that begins so": ("a.jones@EXAMPLE.ORG.EVIL", None),
    "an administrator":     ("a.jones/admin@EXAMPLE.ORG", None),
    "a service":            ("HTTP/a.jones@EXAMPLE.ORG", None),
    "a computer":           ("A.JONES$@EXAMPLE.ORG", None),
    "an at sign in it":     (r"a.jones\@EXAMPLE.ORG@EXAMPLE.ORG", None),
    "a backslash in it":    (r"EXAMPLE\\a.jones@EXAMPLE.ORG", None),
    "nobody":               ("@EXAMPLE.ORG", None),
    "no realm":             ("a.jones", None),
    "nothing":              ("", None),
}
# fmt: on


@pytest.mark.parametrize("row", PRINCIPALS)
def test_a_principal_is_a_person_of_ours_or_nobody(row):
    principal, person = PRINCIPALS[row]

    assert person_of(principal, NAMES) == person


def test_a_browser_that_opens_many_connections_at_once_is_known_on_each(tmp_path, monkeypatch):
    """Each brings a ticket of its own, and so does everybody else at a computer of many."""
    gate = threading.Event()
    provider = Negotiate(tmp_path / "http.keytab", NAMES, (), "")
    known = Claim("a.jones", "negotiate", strength=Strength.KERBEROS)
    monkeypatch.setattr(provider, "_check", lambda _: known if gate.wait(60) else None)

    async def burst():
        asked = [provider.identify(Sighting("10.0.0.1", "Negotiate YWJj")) for _ in range(60)]
        gate.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(burst()) == [known] * 60
    provider.close()


@pytest.fixture(scope="module")
def realm(tmp_path_factory):
    require("krb5kdc", "krb5-kdc")
    with a_realm(tmp_path_factory.mktemp("realm")) as realm:
        realm.add("a.jones")
        realm.keytab("http.keytab", "HTTP/localhost")
        realm.keytab("host.keytab", "host/localhost")
        yield realm


@pytest.fixture
def opened(realm, monkeypatch):
    for name, value in realm.environment.items():
        monkeypatch.setenv(name, value)
    providers = []

    def opened(keytab="http.keytab", names=NAMES):
        config = NegotiateConfig(kind="negotiate", keytab=keytab)
        providers.append(config.open(Surroundings(realm.folder, names)))
        return providers[-1]

    yield opened
    for provider in providers:
        provider.close()


def ask(provider, credentials):
    async def wait():
        answer = provider.identify(Sighting("10.0.0.1", credentials))
        return await answer if inspect.isawaitable(answer) else answer

    return asyncio.run(wait())


def test_a_ticket_counts_once_also_for_a_gateway_that_has_started_anew(opened, realm):
    credentials = f"Negotiate {realm.token(realm.ticket('a.jones'))}"

    first, again = ask(opened(), credentials), ask(opened(), credentials)

    assert first == Claim("a.jones", "negotiate", strength=Strength.KERBEROS)
    assert again is None


def test_the_same_ticket_at_the_same_time_counts_once(opened, realm):
    credentials = f"Negotiate {realm.token(realm.ticket('a.jones'))}"
    provider = opened()

    async def both():
        asked = [provider.identify(Sighting("10.0.0.1", credentials)) for _ in range(2)]
        return await asyncio.gather(*asked)

    assert sum(claim is not None for claim in asyncio.run(both())) == 1


@pytest.mark.parametrize(
    "credentials", ["Basic YTpi", "Negotiate", "Negotiate =", "negotiate \xff"]
)
def test_what_is_no_ticket_is_not_looked_at(opened, credentials):
    assert opened().identify(Sighting("10.0.0.1", credentials)) is None


def test_a_closed_one_cannot_check(opened):
    provider = opened()
    provider.close()

    with pytest.raises(BusyError):
        provider.identify(Sighting("10.0.0.1", "Negotiate YTpi"))


def test_a_keytab_of_another_service_or_realm_is_told(opened):
    with pytest.raises(ValueError, match=r"^host.keytab: holds no key of a service `HTTP/...`$"):
        opened("host.keytab")
    with pytest.raises(ValueError, match=r"write `domains: \[EXAMPLE.ORG\]` under `organisation`"):
        opened(names=SignInNames())


def test_a_keytab_that_others_can_read_is_told(opened, realm):
    path = realm.folder / "http.keytab"
    path.chmod(0o604)
    try:
        assert opened().warnings == (
            "`http.keytab` can be read by others; write `chmod 600 http.keytab`",
        )
    finally:
        path.chmod(0o600)


def test_without_the_library_one_is_told_what_to_install(opened, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gssapi", None)

    with pytest.raises(NotInstalledError, match=r"install `breaktime\[kerberos\]`"):
        opened()
