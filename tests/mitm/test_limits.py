"""The door takes what is configured, or what the system gives; the latter is said."""

from breaktime.config.settings_gateway import LimitsSettings
from breaktime.mitm import limits
from breaktime.mitm.limits import limits_of


class Gateway:
    ports = frozenset({443})
    limits = LimitsSettings(100, 20, 10)


def test_what_is_configured_is_what_the_door_takes(monkeypatch, capsys):
    monkeypatch.setattr(limits, "affordable", lambda connections: connections)

    found = limits_of(Gateway)

    assert (found.connections, found.connections_per_client) == (100, 20)
    assert (found.connections_per_person, found.ports) == (10, {443})
    assert capsys.readouterr().out == ""


def test_where_descriptors_are_too_few_fewer_are_taken_and_it_is_said(monkeypatch, capsys):
    monkeypatch.setattr(limits, "affordable", lambda _: 7)

    assert limits_of(Gateway).connections == 7
    assert "LimitNOFILE" in capsys.readouterr().out


def test_what_nobody_has_asked_for_is_not_missed(monkeypatch, capsys):
    class Usual(Gateway):
        limits = LimitsSettings()

    asked = []
    monkeypatch.setattr(limits, "affordable", lambda connections: asked.append(connections) or 7)

    assert limits_of(Usual).connections == 7
    assert asked == [8000]
    assert capsys.readouterr().out == ""
