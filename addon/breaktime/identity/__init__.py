"""
Identity: which person is asking. One provider a file, its configuration beside it.

A new provider is a file, a line in `PROVIDERS` and a member of `IdentityConfig`; the shared
suite in tests/identity then asks it the questions that every provider must answer.
"""

from typing import Annotated

from pydantic import Field

from breaktime.identity.addresses import AddressesConfig
from breaktime.identity.basic import BasicConfig
from breaktime.identity.chain import identify, should_challenge
from breaktime.identity.provider import BusyError, Claim, Config, Provider, Sighting

__all__ = [
    "PROVIDERS",
    "AddressesConfig",
    "BasicConfig",
    "BusyError",
    "Claim",
    "Config",
    "IdentityConfig",
    "Provider",
    "Sighting",
    "identify",
    "should_challenge",
]

PROVIDERS: dict[str, type[Config]] = {"basic": BasicConfig, "addresses": AddressesConfig}
"""Configuration model by the `kind` of the configuration."""

IdentityConfig = Annotated[BasicConfig | AddressesConfig, Field(discriminator="kind")]
"""One entry of the `identity` section; `kind` chooses the provider."""
