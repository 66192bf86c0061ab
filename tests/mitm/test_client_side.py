"""A last word arrives; what a client has not read by then does not."""

import asyncio
import socket

import pytest

from breaktime.mitm.client_side import end_gently, own_address


def ended(written):
    """Write so much to a client that reads nothing, end it, and return what it then reads."""

    async def main():
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname())
            ours, _ = listener.accept()
        client.setblocking(False)
        with client:
            transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, ours)
            transport.write(b"x" * written)
            end_gently(transport)
            got = 0
            async with asyncio.timeout(30):
                while piece := await loop.sock_recv(client, 65536):
                    got += len(piece)
            return got

    return asyncio.run(main())


def test_a_last_word_arrives():
    assert ended(1000) == 1000


def test_what_fills_the_buffers_is_taken_back():
    with pytest.raises(ConnectionResetError):
        ended(40_000_000)


def test_our_address_of_a_client_inside_tls_or_gone_is_none():
    one, other = socket.socketpair()
    with one, other:
        assert own_address(one) == ("0.0.0.0", 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        assert own_address(client)[0] == "127.0.0.1"
        client.close()
        assert own_address(client) == ("0.0.0.0", 0)
