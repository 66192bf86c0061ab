"""
People by the certificate that they show to the proxy: `{kind: certificate, authorities: ca.pem}`.

The door checks chain, dates and revocation while TLS to the proxy begins, so that a certificate
that reaches this provider has been verified. What remains is to read whose it is.
"""

import ssl
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier
from pydantic import BaseModel, ConfigDict

from breaktime.core.signin import SignInNames, Strength
from breaktime.identity.provider import Claim, Doubt, Sighting, Source, Surroundings

_KIND: Literal["certificate"] = "certificate"
_UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""The user principal name, as Windows writes it: an `otherName` that holds a UTF8String."""
_UTF8STRING = 0x0C

type NameIn = Literal["common-name", "email", "principal-name"]


class CertificateConfig(BaseModel):
    """The people to whom an authority has given certificates."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["certificate"]
    authorities: Path
    """File with the authorities (PEM) that give certificates to people, and to nobody else."""
    revoked: Path | None = None
    """File with their lists of revoked certificates (PEM). None are known to be if left out."""
    name: NameIn = "common-name"
    """Where the sign-in name stands: `common-name`, `email` or `principal-name`."""

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that the provider is built from."""
        return tuple(base / each for each in (self.authorities, self.revoked) if each is not None)

    def open(self, around: Surroundings) -> "Certificate":
        """
        Read authorities and lists.

        Raises:
            ValueError: a file holds nothing of the kind.
            OSError: a file cannot be read.
        """
        authorities = (around.base / self.authorities).read_bytes()
        digest = sha256(authorities)
        try:
            x509.load_pem_x509_certificates(authorities)
        except ValueError:
            raise ValueError(f"{self.authorities.name}: must hold certificates (PEM)") from None
        revoked = b""
        if self.revoked is not None:
            revoked = (around.base / self.revoked).read_bytes()
            digest.update(revoked)
            try:
                x509.load_pem_x509_crl(revoked)
            except ValueError:
                what = "must hold a list of revoked certificates (PEM)"
                raise ValueError(f"{self.revoked.name}: {what}") from None
        trust = (authorities.decode("ascii", "replace"), revoked.decode("ascii", "replace"))
        return Certificate(self.name, around.names, trust, digest.hexdigest())


class Certificate:
    """Provider: a client certificate."""

    kind: str = _KIND
    source = Source.CERTIFICATE
    challenge = ""
    headers: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()

    def __init__(
        self, name_in: NameIn, names: SignInNames, trust: tuple[str, str], digest: str
    ) -> None:
        """
        Take what is needed to verify certificates.

        Args:
            name_in: where the sign-in name stands.
            names: which names are one person.
            trust: authorities, and lists of revoked certificates; both PEM.
            digest: of both.
        """
        self.digest = digest
        self._name_in = name_in
        self._names = names
        self._authorities, self._revoked = trust

    def verify_by(self, context: ssl.SSLContext) -> None:
        """Make TLS to the proxy ask for a certificate, and refuse those that are not good."""
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(cadata=self._authorities)
        if self._revoked:
            load_revoked(context, self._revoked)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF

    def identify(self, sighting: Sighting) -> Claim | Doubt | None:
        """Return whose certificate it is."""
        if sighting.certificate is None:
            return None
        try:
            shown = x509.load_der_x509_certificate(sighting.certificate)
            written = _written(shown, self._name_in)
        except (ValueError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension):
            return Doubt.CERTIFICATE
        if sighting.at >= shown.not_valid_after_utc:  # a connection may outlive it
            return Doubt.CERTIFICATE
        person = self._names.person(written[0]) if len(written) == 1 else None
        return None if person is None else Claim(person, _KIND, strength=Strength.CERTIFICATE)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _written(shown: x509.Certificate, name_in: NameIn) -> list[str]:
    """Return the sign-in names of a certificate; of more than one, none counts."""
    if name_in == "common-name":
        return [
            str(each.value) for each in shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        ]
    try:
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    if name_in == "email":
        return list(names.get_values_for_type(x509.RFC822Name))
    others = names.get_values_for_type(x509.OtherName)
    return [_utf8(each.value) for each in others if each.type_id == _UPN]


def _utf8(der: bytes) -> str:
    """Read a short UTF8String; raise ValueError for anything else."""
    if len(der) < 2 or der[0] != _UTF8STRING or der[1] != len(der) - 2 or der[1] > 127:  # noqa: PLR2004  DER
        raise ValueError("no UTF8String")
    return der[2:].decode()


def load_revoked(context: ssl.SSLContext, pem: str) -> None:
    """Add lists of revoked certificates; Python's own library reads them from files only."""
    import tempfile  # noqa: PLC0415  rare

    with tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".pem") as file:
        file.write(pem)
        file.flush()
        context.load_verify_locations(cafile=file.name)
