"""Providers: the ways of recognising people, as alternatives of the schema by their `kind`."""

from typing import Annotated, Literal

from pydantic import Field

from breaktime.config.values import Line, Section


class BasicConfig(Section):
    """Name and password, checked against an htpasswd file."""

    kind: Literal["basic"]
    file: Line
    """The htpasswd file."""


class AddressesConfig(Section):
    """The address of the device, looked up in a table."""

    kind: Literal["addresses"]
    table: Line
    """The table: a CSV file with address and person."""


type Identity = Annotated[BasicConfig | AddressesConfig, Field(discriminator="kind")]
