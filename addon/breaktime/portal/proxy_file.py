"""
The proxy auto-configuration file: which sites browsers reach through the gateway.

It names no person and no time, so anybody may read it. Numbers and names are put in as JSON, so
that nothing in a list can become a program.
"""

import json
from ipaddress import IPv4Network, IPv6Network, ip_network

from breaktime.config.settings import PageSettings
from breaktime.core.policy import Policy
from breaktime.portal.ask import Ask, Html, Outcome, Raw

PATH = "/proxy.pac"
MEDIA_TYPE = "application/x-ns-proxy-autoconfig"

_EVERYTHING = """function FindProxyForURL(url, host) {{
  if (isPlainHostName(host) || host === "localhost" || host === "127.0.0.1") return "DIRECT";
  return {proxy};
}}
"""

_CONTROLLED = """var names = {names};
var never = {never};
var networks = {networks};
var wide = {wide};
function among(list, host) {{
  for (var name = host; name; ) {{
    if (list.hasOwnProperty(name)) return true;
    var dot = name.indexOf(".");
    name = dot < 0 ? "" : name.substring(dot + 1);
  }}
  return false;
}}
function FindProxyForURL(url, host) {{
  host = host.toLowerCase().replace(/\\.+$/, "");
  if (among(never, host)) return "DIRECT";
  if (among(names, host)) return {proxy};
  if (/^[0-9.]+$/.test(host))
    for (var i = 0; i < networks.length; i++)
      if (isInNet(host, networks[i][0], networks[i][1])) return {proxy};
  if (host.indexOf(":") >= 0 && typeof isInNetEx === "function")
    for (var j = 0; j < wide.length; j++)
      if (isInNetEx(host, wide[j])) return {proxy};
  return "DIRECT";
}}
"""


async def show(ask: Ask) -> Outcome:
    """Give the file, where the site has one."""
    made = proxy_file(ask.page, ask.policy)
    if made is None:
        missing = {"title": ask.say["missing_title"], "paragraphs": [ask.say["missing_text"]]}
        return Html("message.html", missing, status=404)
    return Raw(made.encode(), MEDIA_TYPE)


def proxy_file(page: PageSettings, policy: Policy) -> str | None:
    """
    Return the file, or None where the site has none.

    Where only controlled sites are sent, a name counts with everything below it, as it does in
    the catalogue; exceptions of platforms are sent too, and the gateway leaves them alone.
    Networks of IPv6 need a function that not every browser has; without it such an address goes
    its own way, to the firewall.
    """
    settings = page.proxy_file
    if settings is None:
        return None
    host, port = settings.address
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    proxy = json.dumps(f"PROXY {where}")
    if settings.everything:
        return _EVERYTHING.format(proxy=proxy)
    platforms = policy.catalogue.platforms.values()
    names = {name: 1 for one in platforms for name in sorted(one.domains)}
    if page.portal is not None:
        names[page.portal] = 1
    networks = [ip_network(text) for one in platforms for text in one.networks]
    return _CONTROLLED.format(
        proxy=proxy,
        names=json.dumps(dict(sorted(names.items()))),
        never=json.dumps(dict.fromkeys(sorted(policy.catalogue.never), 1)),
        networks=json.dumps(
            [
                [str(one.network_address), str(one.netmask)]
                for one in sorted({each for each in networks if isinstance(each, IPv4Network)})
            ]
        ),
        wide=json.dumps(sorted(str(one) for one in networks if isinstance(one, IPv6Network))),
    )
