"""Settings of the gateway, as they are asked."""

from pathlib import Path

import pytest

from breaktime.config.schema_gateway import Gateway
from breaktime.config.settings_gateway import PinnedSettings, gateway_settings
from breaktime.config.text import Endpoint

PINNED = [
    {"names": ["WhatsApp.net"], "platforms": ["x"], "policy": "pass_in_break"},
    {"names": ["instagram.com"], "policy": "block"},
]


def settings(**given):
    return gateway_settings(Gateway.model_validate(given), Path("/etc/breaktime"))


def test_a_parent_has_its_files_beside_the_configuration():
    found = settings(parent={"address": "p.example:1", "credentials_file": "parent"}).parent

    assert (found.address, found.by_address) == (Endpoint("p.example", 1), False)
    assert found.credentials == Path("/etc/breaktime/parent")
    assert settings().parent is None


@pytest.mark.parametrize(
    ("platform", "names", "opened"),
    [
        ("whatsapp", ["g.whatsapp.net"], False),
        ("whatsapp", ["whatsapp.net"], False),
        ("whatsapp", ["g.whatsapp.net", "web.whatsapp.com"], True),
        ("whatsapp", ["notwhatsapp.net"], True),
        ("whatsapp", [], True),
        ("x", ["x.com"], False),
        ("x", [], False),
        ("instagram", ["www.instagram.com"], True),
        (None, ["example.org"], True),
    ],
)
def test_listed_applications_are_not_opened_in_breaks(platform, names, opened):
    assert settings(pinned=PINNED).opens(platform, names) is opened
    assert settings().opens(platform, names)
    assert not settings(decrypt_during_breaks=False).opens(platform, names)


def test_pinned_names_are_in_their_normal_spelling():
    first, _ = settings(pinned=PINNED).pinned

    assert first == PinnedSettings(frozenset({"x"}), frozenset({"whatsapp.net"}), passes=True)
