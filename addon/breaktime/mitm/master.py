"""A slim master: only the addons of mitmproxy that a gateway needs, and options that are safe."""

import os
from pathlib import Path

from mitmproxy.addons import core, disable_h2c, proxyserver
from mitmproxy.master import Master
from mitmproxy.options import Options

from breaktime.mitm.ca import KEY, AuthorityError, check_key, make_ca
from breaktime.mitm.handshakes import Handshakes
from breaktime.mitm.world import StartError
from breaktime.portal.tokens import key_from

SAFE_OPTIONS: dict[str, object] = {
    "server": False,  # the door listens, not mitmproxy
    "connection_strategy": "lazy",  # a refused site is not even contacted
    "rawtcp": False,  # what is neither TLS nor HTTP is closed
    "websocket": True,
    "http2": True,
    "http3": False,
    "validate_inbound_headers": True,  # request smuggling
    "ssl_insecure": False,
    "upstream_cert": False,  # certificates are made without asking the origin
    "stream_large_bodies": None,  # streaming is chosen for each flow, after the decision
    "body_size_limit": None,
    "store_streamed_bodies": False,
}


def form_key(directory: Path) -> bytes:
    """
    Return the key that the portal's forms are signed with.

    It comes from the key of the authority, so that gateways that share one take each other's
    forms, and a restart does not spoil a page that stands open.

    Args:
        directory: folder of the CA.

    Raises:
        OSError: if its key cannot be read.
    """
    return key_from((directory / KEY).read_bytes())


def trust_bundle(directory: Path, files: tuple[Path, ...]) -> Path | None:
    """
    Return one file with all authorities that origins are checked against.

    Args:
        directory: where it is made, if several files have to become one.
        files: those of the configuration; none means those that mitmproxy brings.

    Raises:
        OSError: if one of them cannot be read.
    """
    if not files:
        return None
    texts = [file.read_bytes() for file in files]
    bundle = directory / "trust.pem"
    bundle.write_bytes(b"\n".join(texts))
    return bundle


def make_master(ca: Path, trust: Path | None) -> tuple[Master, tuple[object, ...]]:
    """
    Return a master that is ready to run, and its addons in order.

    mitmproxy's own listener, script loader, flow store, web pages and guesses about protocols are
    not there, so nothing can reach or re-open them.

    Args:
        ca: folder of the certificate authority.
        trust: file with the authorities that origins are checked against; None for mitmproxy's.
    """
    options = Options()
    master = Master(options)
    addons = (
        core.Core(),
        proxyserver.Proxyserver(),
        Handshakes(),
        disable_h2c.DisableH2C(),
    )
    master.addons.add(*addons)
    options.update(
        confdir=str(ca),
        ssl_verify_upstream_trusted_ca=None if trust is None else str(trust),
        **SAFE_OPTIONS,
    )
    return master, addons


def open_master(directory: Path, trusted: tuple[Path, ...]) -> tuple[Master, tuple[object, ...]]:
    """
    Make the master on an authority that is made if it is missing.

    Args:
        directory: folder of the CA.
        trusted: authorities that origins are checked against; none means mitmproxy's.

    Returns:
        The master, and its addons.

    Raises:
        StartError: if the authority, or what is trusted, cannot be used.
    """
    try:
        make_ca(directory)
        check_key(directory)
        trust = trust_bundle(directory, trusted)
    except OSError as problem:
        raise StartError(f"the certificates cannot be read or kept: {problem}") from problem
    except AuthorityError as problem:
        raise StartError(str(problem), os.EX_CONFIG) from problem
    return make_master(directory, trust)
