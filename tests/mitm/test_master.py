"""The slim master: safe options, few addons, a CA of our own."""

import asyncio
import stat

import pytest
from cryptography import x509

from breaktime.mitm.ca import make_ca
from breaktime.mitm.master import SAFE_OPTIONS, make_master


def in_a_loop(function, *arguments):
    async def main():
        return function(*arguments)

    return asyncio.run(main())


def test_the_ca_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    folder = tmp_path / "new" / "ca"

    first = make_ca(folder).read_bytes()
    again = make_ca(folder).read_bytes()

    assert first == again
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "mitmproxy-ca.pem").stat().st_mode) == 0o600
    names = x509.load_pem_x509_certificate(first).subject.rfc4514_string()
    assert "breaktime" in names


def test_the_options_are_the_safe_ones(tmp_path):
    make_ca(tmp_path)

    master, _ = in_a_loop(make_master, tmp_path, None)

    assert {name: getattr(master.options, name) for name in SAFE_OPTIONS} == SAFE_OPTIONS
    assert not master.options.deferred


@pytest.mark.parametrize(
    "addon", ["proxyauth", "scriptloader", "nextlayer", "onboarding", "save", "clientplayback"]
)
def test_addons_that_could_open_a_way_past_us_are_not_there(tmp_path, addon):
    make_ca(tmp_path)

    master, _ = in_a_loop(make_master, tmp_path, None)

    assert addon not in {name.lower() for name in master.addons.lookup}
