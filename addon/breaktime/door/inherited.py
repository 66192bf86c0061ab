"""Listening sockets that a supervisor has opened, so that no client is turned away in a restart."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

type Inherited = dict[tuple[str, int], socket.socket]
"""By IP address and port that each is bound to."""

FIRST = 3
"""The number of the first of them. Source: sd_listen_fds(3)."""


def take_inherited(environment: MutableMapping[str, str]) -> Inherited:
    """
    Take the sockets that systemd, or whoever speaks like it, has left to this process.

    What says so is removed from the environment: they are nobody else's.

    Args:
        environment: `LISTEN_PID` and `LISTEN_FDS` count.

    Raises:
        OSError: one of them is no socket that listens for TCP.
    """
    told = {name: environment.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS")}
    environment.pop("LISTEN_FDNAMES", None)
    if told["LISTEN_PID"] != str(os.getpid()) or not told["LISTEN_FDS"].isdecimal():
        return {}
    found: Inherited = {}
    for number in range(FIRST, FIRST + int(told["LISTEN_FDS"])):
        os.set_inheritable(number, False)  # noqa: FBT003  the signature of the standard library
        sock = socket.socket(fileno=number)
        listens = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if sock.family not in {socket.AF_INET, socket.AF_INET6} or not listens:
            raise OSError(f"descriptor {number} is no socket that listens for TCP")
        sock.setblocking(False)  # noqa: FBT003  the signature of the standard library
        host, port = sock.getsockname()[:2]
        found[host, port] = sock
    return found
