"""The words in which a gate tells what it has read."""

from enum import Enum, StrEnum, auto


class Step(Enum):
    """
    What feeding the gate has led to.

    Members:
        MORE: undecided; more bytes are needed.
        ANNOUNCED: `Gate.announced` is there; call `Gate.begin`.
        REPLY: send `Gate.reply`, and call `Gate.replied`.
        HEAD: `Gate.head` is there; call `Gate.granted` or `Gate.again`.
        PEEKED: `Gate.kind` is there, and for TLS `Gate.sni`.
        BAD: `Gate.reason` says why. For good.
    """

    MORE = auto()
    ANNOUNCED = auto()
    REPLY = auto()
    HEAD = auto()
    PEEKED = auto()
    BAD = auto()


class Phase(Enum):
    """Where in its life a gate is."""

    ANNOUNCEMENT = auto()
    SOCKS = auto()
    HEAD = auto()
    AUTH = auto()
    PEEK = auto()
    DONE = auto()
    BAD = auto()


class Kind(StrEnum):
    """
    What a client speaks.

    Members:
        TLS: a regular ClientHello.
        HTTP: a request line of HTTP/1 in clear inside a tunnel.
        PROXY: a request to the proxy itself, without a tunnel.
        OTHER: anything else.
        SILENT: nothing; the server speaks first.
    """

    TLS = "tls"
    HTTP = "http"
    PROXY = "proxy"
    OTHER = "other"
    SILENT = "silent"
