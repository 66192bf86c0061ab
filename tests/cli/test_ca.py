"""The verbs of the authority, as an administrator goes through them."""

import pytest

from support.command import breaktime, configuration


@pytest.fixture
def config(tmp_path):
    return configuration(tmp_path)


def did(*words):
    done = breaktime("ca", *words)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_from_the_first_to_the_next(config, tmp_path):
    status, _, told = did("show", "-c", config)
    assert (status, "breaktime ca create" in told) == (1, True)
    status, made, told = did("create", "-c", config)
    assert (status, told) == (0, "")
    assert "days left" in made
    status, _, told = did("create", "-c", config)
    assert (status, "already" in told) == (1, True)
    status, _, told = did("rotate", "-c", config, "--switch")
    assert (status, "no next authority" in told) == (1, True)

    assert did("rotate", "-c", config)[0] == 0
    status, shown, _ = did("show", "-c", config)
    assert shown.count("SHA-256") == 2
    assert made in shown
    status, certificates, _ = did("show", "-c", config, "--pem")
    assert certificates.count("BEGIN CERTIFICATE") == 2
    assert "PRIVATE" not in certificates
    assert did("rotate", "-c", config, "--switch")[0] == 0
    after = did("show", "-c", config)[1]
    assert after.count("SHA-256") == 1
    assert after.splitlines()[-1] == shown.splitlines()[-1]


def test_a_key_that_others_may_read_is_told(config, tmp_path):
    did("create", "-c", config)
    (tmp_path / "ca" / "mitmproxy-ca.pem").chmod(0o644)
    status, _, told = did("show", "-c", config)
    assert (status, "others may read the key" in told) == (1, True)


def test_a_folder_that_cannot_be_made_is_told(config, tmp_path):
    (tmp_path / "ca").write_text("no folder")
    for words in (["create"], ["show"], ["rotate"], ["rotate", "--switch"]):
        assert did(*words, "-c", config)[0] == 1
