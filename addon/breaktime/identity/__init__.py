"""
Identity: which person is asking. One provider a file, its configuration beside it.

    provider.py    what every provider takes, gives and promises
    chain.py       several providers as one: what they go by has to agree    (strangers.py)
    directory.py   the directory: passwords and groups; imported where there is one   (ldap.py)
    checks.py      checks that take time, in threads          (passwords.py)

A new provider is a file, a line in `PROVIDERS` and a member of `IdentityConfig`; the shared
suite in tests/identity then asks it the questions that every provider must answer.
"""

from typing import Annotated

from pydantic import Field

from breaktime.identity.addresses import AddressesConfig
from breaktime.identity.basic import BasicConfig
from breaktime.identity.certificate import Certificate, CertificateConfig
from breaktime.identity.chain import NOBODY, Finding, challenges, identify
from breaktime.identity.directory_password import DirectoryPasswordConfig
from breaktime.identity.directory_settings import Address, DirectorySettings
from breaktime.identity.header import HeaderConfig
from breaktime.identity.negotiate import NegotiateConfig
from breaktime.identity.provider import (
    BusyError,
    Claim,
    Config,
    Doubt,
    NotInstalledError,
    Provider,
    Sighting,
    Source,
    Surroundings,
)
from breaktime.identity.strangers import Strangers

__all__ = [
    "NOBODY",
    "PROVIDERS",
    "Address",
    "AddressesConfig",
    "BasicConfig",
    "BusyError",
    "Certificate",
    "CertificateConfig",
    "Claim",
    "Config",
    "DirectoryPasswordConfig",
    "DirectorySettings",
    "Doubt",
    "Finding",
    "HeaderConfig",
    "IdentityConfig",
    "NegotiateConfig",
    "NotInstalledError",
    "Provider",
    "Sighting",
    "Source",
    "Strangers",
    "Surroundings",
    "challenges",
    "identify",
]

PROVIDERS: dict[str, type[Config]] = {
    "negotiate": NegotiateConfig,
    "certificate": CertificateConfig,
    "directory": DirectoryPasswordConfig,
    "basic": BasicConfig,
    "header": HeaderConfig,
    "addresses": AddressesConfig,
}
"""Configuration model by the `kind` of the configuration."""

IdentityConfig = Annotated[
    NegotiateConfig
    | CertificateConfig
    | DirectoryPasswordConfig
    | BasicConfig
    | HeaderConfig
    | AddressesConfig,
    Field(discriminator="kind"),
]
"""One entry of the `identity` section; `kind` chooses the provider."""
