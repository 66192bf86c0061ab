"""How much the door takes, by the configuration and by what the system gives the process."""

import structlog

from breaktime.config.settings_gateway import GatewaySettings
from breaktime.door import Limits
from breaktime.door.room import affordable

log = structlog.get_logger("breaktime.gateway")


def limits_of(gateway: GatewaySettings) -> Limits:
    """Return the limits of the door; where descriptors are too few, say so and take fewer."""
    wanted = gateway.limits.connections
    connections = affordable(wanted)
    if connections < wanted:
        log.warning(
            "fewer connections are taken than configured: the process may open too few files;"
            " raise LimitNOFILE of the service",
            connections=connections,
            configured=wanted,
        )
    return Limits(
        ports=gateway.ports,
        connections=connections,
        connections_per_client=gateway.limits.per_address,
        connections_per_person=gateway.limits.per_person,
    )
