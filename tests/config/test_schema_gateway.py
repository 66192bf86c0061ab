"""Has the gateway defaults that are safe, and no values that are not?"""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from breaktime.config.schema_gateway import Ending, Entrance, Gateway, Page, Records
from breaktime.config.text import Endpoint


def test_what_is_left_out_is_safe():
    gateway, records, ending = Gateway(), Records(), Ending()
    assert gateway.listen == Endpoint("127.0.0.1", 8080)
    assert gateway.ports == (80, 443)
    assert gateway.internal == ()
    assert records.if_records_cannot_be_written == "block"
    assert (ending.warn_before, ending.grace) == (timedelta(minutes=5), timedelta(minutes=1))
    assert Page().help is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": []},
        {"listen": [{"address": "0.0.0.0:1", "kind": "udp"}]},
        {"listen": [{"kind": "socks5"}]},
        {"listen": {"address": "0.0.0.0:1", "proxy_protocol_from": ["balancer"]}},
        {"ports": []},
        {"ports": [True]},
        {"ports": ["80"]},
        {"ports": [0]},
        {"ports": [65536]},
        {"ca": ""},
        {"workers": 0},
        {"workers": 65},
        {"workers": "2"},
        {"name": "../x"},
        {"name": ""},
        {"threads": 2},
        {"parent": "proxy.example.org:3128"},
        {"parent": {"address": "proxy.example.org"}},
        {"parent": {"address": "proxy.example.org:3128", "resolve": "both"}},
        {"parent": {"address": "proxy.example.org:3128", "except": ["intranet"]}},
        {"parent": {"address": "proxy.example.org:3128", "except": ["10.0.0.1/8"]}},
        {"decrypt_during_breaks": "sometimes"},
        {"pinned": [{"policy": "block"}]},
        {"pinned": [{"names": ["whatsapp"], "policy": "block"}]},
        {"pinned": [{"names": ["10.0.0.1"], "policy": "block"}]},
        {"pinned": [{"names": ["whatsapp.net"]}]},
        {"pinned": [{"names": ["whatsapp.net"], "policy": "pass"}]},
    ],
)
def test_what_a_gateway_cannot_be(wrong):
    with pytest.raises(ValidationError):
        Gateway.model_validate(wrong)


def test_it_may_listen_at_several_addresses():
    gateway = Gateway.model_validate({"listen": ["0.0.0.0:8080", "[::]:8080"]})
    assert gateway.listen == (Endpoint("0.0.0.0", 8080), Endpoint("::", 8080))


def test_a_port_may_have_a_kind():
    found = Gateway.model_validate({"listen": {"address": "0.0.0.0:1080", "kind": "socks5"}}).listen
    assert isinstance(found, Entrance)
    assert (found.address, found.kind) == (Endpoint("0.0.0.0", 1080), "socks5")
    mixed = ["0.0.0.0:8080", {"address": "0.0.0.0:81", "proxy_protocol_from": ["10.0.0.9"]}]
    plain, balanced = Gateway.model_validate({"listen": mixed}).listen
    assert plain == Endpoint("0.0.0.0", 8080)
    assert balanced.kind == "proxy"
    assert balanced.proxy_protocol_from == (ip_network("10.0.0.9/32"),)


def test_a_parent_is_asked_for_names_and_has_exceptions():
    given = {"address": "Proxy.example.org:3128", "except": ["Intranet.example.org.", "10.0.0.0/8"]}
    parent = Gateway.model_validate({"parent": given}).parent
    assert parent.address == Endpoint("proxy.example.org", 3128)
    assert (parent.tls, parent.credentials_file, parent.resolve) == (False, None, "parent")
    assert parent.except_ == ("intranet.example.org", "10.0.0.0/8")


def test_a_page_links_to_pages_only():
    with pytest.raises(ValidationError):
        Page.model_validate({"policy": "javascript:alert(1)"})
