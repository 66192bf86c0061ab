"""How far a connection has come."""

from enum import Enum, auto


class Stage(Enum):
    """
    How far a connection has come.

    Members:
        HEAD: the request is being read.
        DECIDING: somebody is asked, or the origin is dialled.
        PEEK: the tunnel is granted, and its first bytes are being read.
        RELAYED: passed on unopened.
        INSPECTED: handed over.
        LEAVING: refused; the client may still read why.
        ENDED: out of the table.
    """

    HEAD = auto()
    DECIDING = auto()
    PEEK = auto()
    RELAYED = auto()
    INSPECTED = auto()
    LEAVING = auto()
    ENDED = auto()
