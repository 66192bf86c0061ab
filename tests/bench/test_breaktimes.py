"""The office of the benches is one that the gateway takes."""

from ipaddress import ip_address, ip_network
from pathlib import Path
from types import SimpleNamespace

from breaktime.config import load
from lab import breaktimes
from lab.breaktimes import nights, sources, write_config
from support.people_ca import PeopleCa


def test_everybody_has_an_address_of_their_own():
    places = [ip_address(each) for each in (*sources(10_000), *nights(200))]
    assert len(set(places)) == 10_200
    assert all(each in ip_network("127.1.0.0/16") for each in places)


def test_its_configuration_is_sound(tmp_path, monkeypatch):
    monkeypatch.setattr(breaktimes, "PEOPLE", 20)
    trust = tmp_path / "trust.pem"
    trust.write_bytes(PeopleCa(tmp_path).file.read_bytes())

    config = write_config(tmp_path, SimpleNamespace(port=443, ca=trust), gateway="  workers: 2")
    loaded = load(Path(config))

    assert loaded.settings.gateway.workers == 2
    assert loaded.policy.standing("p3", (), "127.1.0.4").profile is not None
