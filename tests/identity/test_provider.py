"""What every provider of identity promises: one suite, asked of each."""

import asyncio
import base64
import contextlib
import inspect
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from passlib.hash import bcrypt
from pydantic import TypeAdapter, ValidationError

from breaktime.core.signin import canonical
from breaktime.identity import PROVIDERS, BusyError, IdentityConfig, Sighting, Surroundings

KNOWN = "r.hughes"
HASH = bcrypt.using(rounds=4).hash("lunch")


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


# settings, file, and somebody it knows, by kind
SAMPLES = {
    "basic": (
        {"file": "people"},
        f"R.Hughes:{HASH}\n",
        Sighting("192.0.2.9", basic("R.HUGHES", "lunch")),
    ),
    "addresses": (
        {"table": "people"},
        "address,person\n10.0.0.1,R.Hughes\n",
        Sighting("10.0.0.1"),
    ),
    "header": (
        {"name": "X-User", "from": ["10.0.0.1"]},
        None,
        Sighting("10.0.0.1", headers=(("x-user", "R.Hughes"),)),
    ),
}

ASKED_ELSEWHERE = {
    "negotiate": "needs a realm: test_negotiate.py, tests/e2e/test_kerberos.py",
    "directory": "needs a directory: test_directory_password.py, tests/e2e/test_directory.py",
    "certificate": "needs an authority: test_certificate.py, tests/e2e/test_certificates.py",
}


def ask(provider, sighting):
    """Answer of a provider, waited for where it takes time."""

    async def wait():
        answer = provider.identify(sighting)
        return await answer if inspect.isawaitable(answer) else answer

    return asyncio.run(wait())


@pytest.fixture(params=SAMPLES)
def kind(request):
    return request.param


@pytest.fixture
def config(kind, tmp_path):
    fields, content, _ = SAMPLES[kind]
    if content is not None:
        (tmp_path / "people").write_text(content)
    return TypeAdapter(IdentityConfig).validate_python({"kind": kind, **fields})


@pytest.fixture
def provider(config, tmp_path):
    provider = config.open(Surroundings(tmp_path))
    yield provider
    provider.close()


def test_every_provider_is_asked():
    """A provider without a sample would not be tested at all."""
    assert set(SAMPLES) | set(ASKED_ELSEWHERE) == set(PROVIDERS)
    assert not set(SAMPLES) & set(ASKED_ELSEWHERE)


def test_the_configuration_knows_every_provider():
    """Table and union name the same models."""
    union, _ = get_args(IdentityConfig)

    assert set(get_args(union)) == set(PROVIDERS.values())


def test_the_kind_chooses_the_provider(kind, config):
    assert type(config) is PROVIDERS[kind]


def test_an_unknown_key_is_refused(kind):
    fields = {"kind": kind, **SAMPLES[kind][0], "colour": "red"}

    with pytest.raises(ValidationError, match="colour"):
        TypeAdapter(IdentityConfig).validate_python(fields)


with_a_file = pytest.mark.parametrize(
    "kind", [kind for kind, sample in SAMPLES.items() if sample[1] is not None], indirect=True
)


@with_a_file
def test_a_file_that_is_missing_is_named(config, tmp_path):
    (tmp_path / "people").unlink()

    with pytest.raises(OSError, match="people"):
        config.open(Surroundings(tmp_path))


@with_a_file
def test_a_file_of_other_bytes_has_a_problem_with_its_line(config, tmp_path):
    (tmp_path / "people").write_bytes(b"# a comment\n\xff\xfe")

    with pytest.raises(ValueError, match=r"^people:2: must be UTF-8 text$"):
        config.open(Surroundings(tmp_path))


def test_the_person_is_known_by_canonical_id(kind, provider):
    claim = ask(provider, SAMPLES[kind][2])

    assert (claim.person, claim.kind, claim.groups) == (KNOWN, kind, ())
    assert canonical(claim.person) == claim.person


@with_a_file
def test_what_was_read_has_a_digest(config, provider, tmp_path):
    (tmp_path / "people").write_text((tmp_path / "people").read_text() + "\n")
    other = config.open(Surroundings(tmp_path))
    other.close()

    assert len({"", provider.digest, other.digest}) == 3


def test_nobody_else_is_known(provider):
    assert ask(provider, Sighting("192.0.2.1")) is None
    assert ask(provider, Sighting("192.0.2.1", basic("somebody", "lunch"))) is None


def test_who_can_challenge_has_a_challenge(kind, provider):
    assert provider.kind == kind
    assert provider.challenge in {"", "Basic", "Negotiate"}
    assert provider.warnings == ()


def test_a_closed_provider_knows_nobody_or_says_that_it_cannot_check(kind, provider):
    provider.close()
    provider.close()

    with contextlib.suppress(BusyError):
        assert ask(provider, Sighting("", basic("a", "b"))) is None


PAIRS = st.binary(max_size=40).map(lambda pair: "Basic " + base64.b64encode(pair).decode())
HOSTILE = st.one_of(st.none(), st.text(), PAIRS, st.text().map(lambda text: f"Basic {text}"))


@pytest.mark.parametrize("each", SAMPLES)
def test_no_client_can_make_it_raise(each, tmp_path):
    """Whatever comes as address and credentials, the answer is a claim or None."""
    fields, content, known = SAMPLES[each]
    (tmp_path / "people").write_text(content or "")
    provider = PROVIDERS[each].model_validate({"kind": each, **fields}).open(Surroundings(tmp_path))

    @given(st.text(), HOSTILE)
    @settings(max_examples=200, deadline=None)
    def asked(client, credentials):
        claim = ask(provider, Sighting(client, credentials))
        assert claim is None or claim.person == KNOWN

    try:
        asked()
        assert ask(provider, known) is not None
    finally:
        provider.close()


def test_credentials_are_not_shown():
    """A sighting in a traceback does not give a password away."""
    assert "lunch" not in repr(Sighting("10.0.0.1", "lunch"))
