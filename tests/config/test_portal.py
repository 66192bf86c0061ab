"""Does what the file says of the portal fit the rest of it, and become settings?"""

from breaktime.config import parse
from breaktime.config.text import Endpoint

CONFIG = """
version: 1
organisation: {name: Exampleshire Council, timezone: Europe/London}
controlled: {categories: [social-network]}
identity: [{kind: basic, file: htpasswd}]
teams: {finance: {members: [a.jones]}, legal: {members: [b.patel]}}
include: [cases.d/*.yaml]
page:
  portal: https://breaks.example.org/
  managers: {finance: [M.Finance], legal: [m.finance, l.law]}
  helpdesk: [IT.Desk]
  proxy_file: {address: Gateway.example.org:8080, send: controlled}
"""


def test_what_the_file_says_becomes_settings(tmp_path):
    (tmp_path / "htpasswd").write_text("")
    loaded = parse(CONFIG, base=tmp_path)
    page = loaded.settings.page
    assert loaded.warnings == ()
    assert page.portal == "breaks.example.org"
    assert page.manages("m.finance") == {"finance", "legal"}
    assert page.manages("l.law") == {"legal"}
    assert page.manages("a.jones") == frozenset()
    assert page.helpdesk == {"it.desk"}
    assert page.cases == tmp_path / "cases.d"
    assert page.proxy_file.address == Endpoint("gateway.example.org", 8080)
    assert not page.proxy_file.everything
