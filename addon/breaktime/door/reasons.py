"""Why the door turned a connection away: one closed set, for metrics and logs."""

from enum import StrEnum


class Reason(StrEnum):
    """
    Why a connection was turned away.

    A value names no person and no site, so it may be a label of a metric.
    Values are added, never renamed.
    """

    # what the client sent
    FIRST_BYTE = "first-byte"
    LINE_ENDING = "line-ending"
    HEAD_LENGTH = "head-length"
    REQUEST_LINE = "request-line"
    HEADER = "header"
    CREDENTIALS_TWICE = "credentials-twice"
    BODY = "body"
    AUTHORITY = "authority"
    EARLY_DATA = "early-data"
    CUT_SHORT = "cut-short"
    STALLED = "stalled"
    LINE_LENGTH = "line-length"
    TLS_RECORD = "tls-record"
    TLS_LENGTH = "tls-length"
    TLS_HELLO = "tls-hello"
    TLS_EXTENSION = "tls-extension"
    TLS_NAME = "tls-name"
    CERTIFICATE = "certificate"
    UNANNOUNCED = "unannounced"
    ANNOUNCEMENT = "announcement"
    SOCKS_VERSION = "socks-version"
    SOCKS_METHOD = "socks-method"
    SOCKS_PASSWORD = "socks-password"  # noqa: S105  no password, but the want of one
    SOCKS_COMMAND = "socks-command"
    SOCKS_REQUEST = "socks-request"

    # what the door does not do
    FULL = "full"
    FULL_FOR_CLIENT = "full-for-client"
    FULL_FOR_PERSON = "full-for-person"
    SLOW_HEAD = "slow-head"
    PORT = "port"
    ROUNDS = "rounds"
    DENIED = "denied"
    NOT_INSPECTABLE = "not-inspectable"
    LOOK_UPS = "look-ups"
    NO_BALANCER = "no-balancer"
    NOT_SENT_HERE = "not-sent-here"

    # where the connection would lead
    OWN_LISTENER = "own-listener"
    OWN_ADDRESS = "own-address"
    UNSPECIFIED = "unspecified"
    LOOPBACK = "loopback"
    METADATA = "metadata"
    LINK_LOCAL = "link-local"
    MULTICAST = "multicast"
    SHARED = "shared"
    PRIVATE = "private"
    RESERVED = "reserved"
    EMBEDDED = "embedded"
    DIAL = "dial"
    PARENT = "parent"

    # our own fault
    JUDGE = "judge"
    IDENTIFY = "identify"
    HAND_OVER = "hand-over"
    FAULT = "fault"


class MalformedError(ValueError):
    """
    The client broke a rule of a protocol.

    Fields:
        reason: which rule.
    """

    def __init__(self, reason: Reason) -> None:
        """Remember the broken rule."""
        super().__init__(str(reason))
        self.reason = reason
