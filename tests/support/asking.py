"""Questions as a browser makes them, for what the gateway remembers of a client."""

from datetime import timedelta

from mitmproxy.test import tflow, tutils

from breaktime.mitm.observe import Tunnel, observe
from breaktime.mitm.question import Question
from support.policy import MORNING

PERSON = "a.jones"
PAGE, FRAME, CALL = "document/navigate/none", "iframe/navigate/cross-site", "empty/cors/same-origin"


def asking(
    state,
    address,
    fetch=PAGE,
    referer="",
    *,
    person=PERSON,
    client="10.0.0.5",
    at=MORNING,
    minutes=0,
):
    """Ask for an address as a browser does."""
    host, _, path = address.partition("/")
    dest, mode, site = fetch.split("/")
    headers = {"host": host, "sec-fetch-dest": dest, "sec-fetch-mode": mode, "sec-fetch-site": site}
    if referer:
        headers["referer"] = referer
    pairs = tuple((name.encode(), value.encode()) for name, value in headers.items())
    request = tutils.treq(
        host=host, authority=b"", path=f"/{path}".encode(), content=b"", headers=pairs
    )
    flow = tflow.tflow(req=request)
    flow.server_conn.address = flow.client_conn.sni = None
    tunnel = Tunnel("c", client, host=host, person=person)
    seen = observe(flow, tunnel, state.policy.catalogue)
    return Question(tunnel, seen, state, at + timedelta(minutes=minutes))
