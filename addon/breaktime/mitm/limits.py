"""How much the door takes, by the configuration and by what the system gives the process."""

import structlog

from breaktime.config.settings_gateway import GatewaySettings
from breaktime.door import Limits
from breaktime.door.room import affordable

ENOUGH = 8000
"""How many connections are taken where nothing is configured, if the system gives as many."""

log = structlog.get_logger("breaktime.gateway")


def limits_of(gateway: GatewaySettings) -> Limits:
    """Return the limits of the door; where fewer can be had than somebody wants, say so."""
    configured = gateway.limits.connections
    connections = affordable(configured or ENOUGH)
    if configured is not None and connections < configured:
        log.warning(
            "fewer connections are taken than configured: the process may open too few files;"
            " raise LimitNOFILE of the service",
            connections=connections,
            configured=configured,
        )
    return Limits(
        ports=gateway.ports,
        connections=connections,
        connections_per_client=gateway.limits.per_address,
        connections_per_person=gateway.limits.per_person,
    )
