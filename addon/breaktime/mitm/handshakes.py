"""
TLS as mitmproxy sets it up, without doing again for each connection what can be kept.

Laws of this file:
    What is spoken, and what is checked of an origin, is what mitmproxy's own addon says.
    The key of the authority signs certificates; no handshake is made with it.
"""

import time
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from mitmproxy.addons import tlsconfig
from mitmproxy.net import tls as net_tls
from mitmproxy.proxy.context import Context
from mitmproxy.tls import TlsData
from OpenSSL import SSL

SITES: Final = 512
"""Of how many sites what is spoken with clients is kept, with the certificate; some 20 KiB each."""

RENEWED: Final = 86_400
"""Seconds after which a site gets another certificate; each is valid for months."""

RELEASE_BUFFERS: Final = 0x10
"""SSL_MODE_RELEASE_BUFFERS of OpenSSL: what waits for data holds no room for it meanwhile."""

_Site = tuple[str, str | None, int]


class Handshakes(tlsconfig.TlsConfig):
    """
    Supplies what speaks TLS: with clients as the site they have asked for, and with origins.

    mitmproxy's own reads certificate and key anew for each connection, and signs each handshake
    with the authority's key. Here they stand in a context for each site, and the key of sites is
    one on P-256: all browsers know it, and a signature costs a tenth of one with RSA.
    """

    # Certificates name no list of revoked ones, so nobody asks a site for it.
    request = None  # type: ignore[assignment]

    def __init__(self) -> None:
        """Begin with no site."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sites: dict[_Site, SSL.Context] = {}

    def configure(self, updated: set[str]) -> None:
        """Take up an authority and options; nothing made with others is used any more."""
        super().configure(updated)
        self._sites.clear()

    def tls_start_client(self, tls_start: TlsData) -> None:
        """Speak with a client as the site that it has asked for."""
        context = tls_start.context
        client, server = context.client, context.server
        tls_start.ssl_conn = spoken = SSL.Connection(self._site(context))
        spoken.set_app_data(
            tlsconfig.AppData(
                client_alpn=client.alpn, server_alpn=server.alpn, http2=context.options.http2
            )
        )
        spoken.set_accept_state()

    def tls_start_server(self, tls_start: TlsData) -> None:
        """Speak with an origin."""
        super().tls_start_server(tls_start)
        if tls_start.ssl_conn is not None:
            _release_buffers(tls_start.ssl_conn)

    def _site(self, context: Context) -> SSL.Context:
        """Return what is spoken in the name of a site; those not asked for longest are let go."""
        named = context.client.sni or context.client.sockname[0]
        address = context.server.address
        key = (named, address[0] if address else None, int(time.monotonic() // RENEWED))
        kept = self._sites.pop(key, None)
        if kept is None:
            kept = self._make(context)
        self._sites[key] = kept
        if len(self._sites) > SITES:
            del self._sites[next(iter(self._sites))]
        return kept

    def _make(self, context: Context) -> SSL.Context:
        """Prepare what is spoken in the name of a site, as mitmproxy would for each connection."""
        options, entry = context.options, self.get_cert(context)
        least = net_tls.Version[options.tls_version_client_min]
        ciphers = options.ciphers_client.split(":") if options.ciphers_client else None
        made = net_tls.create_client_proxy_context.__wrapped__(  # not the one that all sites share
            method=net_tls.Method.TLS_SERVER_METHOD,
            min_version=least,
            max_version=net_tls.Version[options.tls_version_client_max],
            cipher_list=tuple(ciphers or tlsconfig._default_ciphers(least)),  # noqa: SLF001
            ecdh_curve=net_tls.get_curve(options.tls_ecdh_curve_client),
            chain_file=entry.chain_file,
            request_client_cert=options.request_client_cert,
            alpn_select_callback=tlsconfig.alpn_select_callback,
            # The authority comes along: who does not trust it can say which one that would be.
            extra_chain_certs=() if entry.chain_file else tuple(entry.chain_certs),
            dhparams=self.certstore.dhparams,
        )
        made.set_mode(RELEASE_BUFFERS)
        made.use_certificate(self._signed(entry.cert.to_cryptography()))
        made.use_privatekey(self._key)
        return made

    def _signed(self, like: x509.Certificate) -> x509.Certificate:
        """Return the same certificate for the key of sites."""
        builder = (
            x509.CertificateBuilder()
            .issuer_name(like.issuer)
            .subject_name(like.subject)
            .public_key(self._key.public_key())
            .serial_number(like.serial_number)
            .not_valid_before(like.not_valid_before_utc)
            .not_valid_after(like.not_valid_after_utc)
        )
        for each in like.extensions:
            builder = builder.add_extension(each.value, each.critical)
        return builder.sign(self.certstore.default_privatekey, SHA256())


def _release_buffers(spoken: SSL.Connection) -> None:
    """Have a connection hold no room for data that it waits for; its context is not ours."""
    SSL._lib.SSL_set_mode(spoken._ssl, RELEASE_BUFFERS)  # type: ignore[attr-defined]  # noqa: SLF001
