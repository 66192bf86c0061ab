"""Does the proxy file send to the gateway what it should, read by a program that runs it?"""

import json
import re
from dataclasses import replace

import pytest

from breaktime.config.settings import ProxyFileSettings
from breaktime.config.text import Endpoint
from breaktime.portal.proxy_file import proxy_file

GATEWAY = Endpoint("gateway.example.org", 8080)


@pytest.fixture
def made(shared):
    def make(**facts):
        settings = ProxyFileSettings(facts.pop("address", GATEWAY), facts.pop("everything", False))
        page = replace(shared.state.settings.page, proxy_file=settings, **facts)
        return proxy_file(page, shared.state.policy)

    return make


def test_there_is_none_without_settings(shared):
    assert proxy_file(shared.state.settings.page, shared.state.policy) is None


def test_everything_goes_through_the_gateway(made):
    text = made(everything=True)
    assert 'return "PROXY gateway.example.org:8080";' in text
    assert "facebook" not in text


def test_controlled_names_and_the_portal_go_through_the_gateway(made):
    names = json.loads(re.search(r"var names = (.*);", made())[1])
    assert {"facebook.com", "youtube.com", "breaks.exampleshire.example"} <= set(names)
    assert "tiktok.com" not in names


def test_an_address_of_version_6_is_in_brackets(made):
    assert '"PROXY [2001:db8::1]:8080"' in made(address=Endpoint("2001:db8::1", 8080))
