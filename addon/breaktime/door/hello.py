"""
The first words of a TLS client, read strictly and piece by piece.

Laws of this file:
    What is read here must be what the origin reads, or the name judged is not the name served. So
    nothing is forgiven: anything irregular is malformed, and malformed is closed.
    Each byte is looked at once, however small the pieces are.
    How the bytes were cut into pieces never changes the outcome.

Source: RFC 8446 sections 4.1.2, 4.2 and 5.1; RFC 6066 section 3.
"""

import struct

from breaktime.door.authority import clean_name
from breaktime.door.reasons import MalformedError, Reason

MAX_HELLO = 65_536
MAX_RECORDS = 256

_HANDSHAKE = 22
_CLIENT_HELLO = 1
_MAJOR = 3
_MAX_MINOR = 4
_MAX_RECORD = 16_384
_MAX_SESSION_ID = 32
_SERVER_NAME = 0
_HOST_NAME = 0

_RECORD_HEAD = struct.Struct("!BBBH")
_PAIR = struct.Struct("!HH")
_SHORT = struct.Struct("!H")


class HelloReader:
    """
    A ClientHello in the making.

    Fields:
        sni: once complete, the name the client asks for in lower case, or None when it names none.
    """

    __slots__ = ("_message", "_records", "_rest", "sni")

    def __init__(self) -> None:
        """Start before the first byte of the first record."""
        self.sni: str | None = None
        self._rest = bytearray()
        self._message = bytearray()
        self._records = 0

    def feed(self, data: bytes | bytearray) -> bool:
        """
        Take the next bytes of the connection.

        Args:
            data: what follows the bytes given before. Bytes behind the record that completes the
                hello are not looked at.

        Returns:
            True once the hello is complete; do not feed it further then.

        Raises:
            MalformedError: this is no hello to be trusted.
        """
        rest = self._rest
        rest += data
        at = 0
        while len(rest) - at >= _RECORD_HEAD.size:
            length = self._record_length(*_RECORD_HEAD.unpack_from(rest, at))
            start = at + _RECORD_HEAD.size
            if len(rest) - start < length:
                break
            at = start + length
            if self._add(rest[start:at]):
                return True
        if at:
            del rest[:at]
        return False

    def _record_length(self, kind: int, major: int, minor: int, length: int) -> int:
        if kind != _HANDSHAKE or major != _MAJOR or minor > _MAX_MINOR:
            raise MalformedError(Reason.TLS_RECORD)
        # TLS 1.3 forbids empty handshake records, and older versions have no use for them.
        if not 1 <= length <= _MAX_RECORD:
            raise MalformedError(Reason.TLS_LENGTH)
        return length

    def _add(self, fragment: bytearray) -> bool:
        message = self._message
        message += fragment
        self._records += 1
        if message[0] != _CLIENT_HELLO:
            raise MalformedError(Reason.TLS_HELLO)
        if len(message) >= 4:  # noqa: PLR2004 - type and length of a handshake message
            size = 4 + int.from_bytes(message[1:4])
            # A client has nothing to say behind its hello before the server has answered.
            if size > MAX_HELLO or len(message) > size:
                raise MalformedError(Reason.TLS_LENGTH)
            if len(message) == size:
                self.sni = _read_hello(bytes(message))
                return True
        if self._records >= MAX_RECORDS:
            raise MalformedError(Reason.TLS_LENGTH)
        return False


def _read_hello(hello: bytes) -> str | None:
    """Return the server name of a whole ClientHello, its four bytes of header included."""
    if len(hello) < 39 or hello[4] != _MAJOR:  # noqa: PLR2004 - up to the length of the session id
        raise MalformedError(Reason.TLS_HELLO)
    if hello[38] > _MAX_SESSION_ID:
        raise MalformedError(Reason.TLS_HELLO)
    at = 39 + hello[38]
    try:
        (ciphers,) = _SHORT.unpack_from(hello, at)
        if ciphers < 2 or ciphers % 2:  # noqa: PLR2004 - a cipher suite has two bytes
            raise MalformedError(Reason.TLS_HELLO)
        at += 2 + ciphers
        compressions = hello[at]
        at += 1 + compressions
        if not compressions or at > len(hello):
            raise MalformedError(Reason.TLS_HELLO)
        if at == len(hello):
            return None  # before TLS 1.3, a hello may do without extensions
        (extensions,) = _SHORT.unpack_from(hello, at)
        if at + 2 + extensions != len(hello):
            raise MalformedError(Reason.TLS_HELLO)
        return _read_extensions(hello, at + 2)
    except (IndexError, struct.error):
        raise MalformedError(Reason.TLS_HELLO) from None


def _read_extensions(hello: bytes, at: int) -> str | None:
    sni = None
    seen: set[int] = set()
    end, pair, its_size = len(hello), _PAIR.unpack_from, _PAIR.size
    while at < end:
        kind, size = pair(hello, at)
        at += its_size
        # Of two server names, one reader takes the first and another the last.
        if kind in seen or at + size > end:
            raise MalformedError(Reason.TLS_EXTENSION)
        seen.add(kind)
        if kind == _SERVER_NAME:
            sni = _read_name(hello[at : at + size])
        at += size
    return sni


def _read_name(extension: bytes) -> str:
    """Return the only name of a server_name extension."""
    if len(extension) < 5:  # noqa: PLR2004 - length of list, type and length of one name
        raise MalformedError(Reason.TLS_NAME)
    in_list, kind, size = struct.unpack_from("!HBH", extension)
    if kind != _HOST_NAME or in_list != len(extension) - 2 or size != len(extension) - 5:
        raise MalformedError(Reason.TLS_NAME)
    name = clean_name(extension[5:].decode("latin-1"))
    if name is None:
        raise MalformedError(Reason.TLS_NAME)
    return name
