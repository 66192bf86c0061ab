"""Bytes as they stand on the wire: hellos cut to measure, and frames of WebSocket."""

import contextlib
import ssl

GOODBYE = b"\x88\x15\x03\xf0the break has ended"
"""A frame that closes a WebSocket, with code 1008."""


def client_hello(gateway, host):
    """Return a ClientHello, and the engine and buffers that go on with the handshake."""
    context = ssl.create_default_context()
    context.load_verify_locations(gateway.ca)
    context.load_verify_locations(gateway.origin.ca)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    engine = context.wrap_bio(incoming, outgoing, server_hostname=host)
    with contextlib.suppress(ssl.SSLWantReadError):
        engine.do_handshake()
    return outgoing.read(), engine, incoming, outgoing


def in_records(hello: bytes, size: int) -> bytes:
    """Cut the one record of a hello into many."""
    body = hello[5:]
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(hello[:3] + len(piece).to_bytes(2) + piece for piece in pieces)


def pump(sock) -> bytes:
    """Read until the end, whatever kind of end it is."""
    data = b""
    while True:
        try:
            piece = sock.recv(65536)
        except (ConnectionError, ssl.SSLError):
            return data
        if not piece:
            return data
        data += piece


def upgrade(host: str, path: str = "/", extra: str = "") -> bytes:
    """Return the opening handshake of a WebSocket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extra}\r\n"
    ).encode()


def text_frame(text: bytes) -> bytes:
    """Return a text message of a client, at most 125 bytes long."""
    mask = b"\x01\x02\x03\x04"
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
    return bytes([0x81, 0x80 | len(text)]) + mask + masked


def read_frame(sock) -> bytes:
    """Return the payload of one message of a server."""
    data = b""
    while len(data) < 2 or len(data) < 2 + data[1]:
        piece = sock.recv(1)
        if not piece:
            raise ConnectionError("the WebSocket has ended")
        data += piece
    return data[2:]
