"""An authority that gives certificates to people, and to whom it should not."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

NOW = datetime.now(UTC)  # noqa: TID251  what TLS goes by is the clock of the machine
DAY = timedelta(days=1)
UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")


def _name(*common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each) for each in common])


def upn(name):
    return x509.OtherName(UPN, b"\x0c" + bytes([len(name.encode())]) + name.encode())


class PeopleCa:
    """One authority, with a file for each thing that it signs."""

    def __init__(self, folder, name="people"):
        self.folder, self.name = folder, _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}-ca.pem"
        self.revoked_file = folder / f"{name}-crl.pem"
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        own = self._builder(self.name, self._key, (NOW - DAY, NOW + 30 * DAY))
        own = own.add_extension(constraints, critical=True).sign(self._key, hashes.SHA256())
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        self.revoke()

    def _builder(self, subject, key, validity):
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(validity[0])
            .not_valid_after(validity[1])
        )

    def issue(self, *common, names=(), validity=(NOW - DAY, NOW + 2 * DAY), usage=None):
        """Write a certificate with its key into one file; return file and certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_name(*common), key, validity)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        usage = usage or ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        shown = builder.sign(self._key, hashes.SHA256())
        path = self.folder / f"{shown.serial_number:x}.pem"
        path.write_bytes(
            shown.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return path, shown

    def revoke(self, *shown):
        """Write the list of revoked certificates anew."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(NOW - DAY).next_update(NOW + 30 * DAY)
        for each in shown:
            one = x509.RevokedCertificateBuilder().serial_number(each.serial_number)
            builder = builder.add_revoked_certificate(one.revocation_date(NOW - DAY).build())
        revoked = builder.sign(self._key, hashes.SHA256())
        self.revoked_file.write_bytes(revoked.public_bytes(serialization.Encoding.PEM))
