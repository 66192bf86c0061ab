"""Real counterparts for the gateway: an origin that counts, a gateway process, real clients."""
