"""The desk answers those of this machine, and nobody that a name from outside has led here."""

import asyncio
import socket
import stat

import pytest

from breaktime.watch import Desk, Health

READY = Health()


def asked(*requests, health=READY, path=None):
    """Open a desk, send each request on a connection of its own, and return the answers."""

    async def ask():
        desk = Desk(lambda: b"a_metric 1\n", lambda: health)
        answers = []
        port = None
        if path is None:
            port = await desk.open_port("127.0.0.1", 0)
        else:
            await desk.open_socket(path)
        try:
            for request in requests:
                reader, writer = await (
                    asyncio.open_unix_connection(path)
                    if port is None
                    else asyncio.open_connection(*port)
                )
                writer.write(request)
                writer.write_eof()
                answers.append(await asyncio.wait_for(reader.read(), 60))
                writer.close()
                await writer.wait_closed()
        finally:
            await desk.close()
        return answers

    return asyncio.run(ask())


def get(path, host="localhost"):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def test_metrics_health_and_readiness():
    metrics, health, ready, other = asked(
        get("/metrics"), get("/health"), get("/ready"), get("/else")
    )

    assert metrics.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Type: text/plain; version=0.0.4" in metrics
    assert metrics.endswith(b"\r\n\r\na_metric 1\n")
    assert health.endswith(b"\r\n\r\nalive\n")
    assert ready.endswith(b"\r\n\r\nready\n")
    assert other.startswith(b"HTTP/1.1 404 ")


def test_what_is_in_the_way_is_told():
    trouble = Health(("records cannot be written",))
    health, ready = asked(get("/health"), get("/ready"), health=trouble)

    assert health.startswith(b"HTTP/1.1 200 ")
    assert ready.startswith(b"HTTP/1.1 503 ")
    assert ready.endswith(b"\r\n\r\nrecords cannot be written\n")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", b"200"),
        ("LOCALHOST:9178", b"200"),
        ("127.0.0.1:9178", b"200"),
        ("[::1]:9178", b"200"),
        ("rebound.example", b"403"),
        ("localhost.rebound.example", b"403"),
        ("127.0.0.1.rebound.example:9178", b"403"),
        ("", b"403"),
        ("localhost\r\nHost: rebound.example", b"403"),
    ],
)
def test_only_names_of_this_machine_are_answered(host, status):
    (answer,) = asked(get("/metrics", host))

    assert answer.split(b" ")[1] == status
    assert (b"a_metric" in answer) == (status == b"200")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /metrics HTTP/1.1\r\n\r\n", b"403"),
        (b"POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"GET http://localhost/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"405"),
    ],
)
def test_other_requests_are_refused(request_, status):
    (answer,) = asked(request_)

    assert answer.split(b" ")[1] == status


@pytest.mark.parametrize("request_", [b"GET / HTTP/1.1\r\n", b"GET /" + b"x" * 70_000, b""])
def test_what_never_ends_or_is_too_long_is_not_answered(request_):
    assert asked(request_) == [b""]


def test_head_gives_the_head_alone():
    (answer,) = asked(get("/metrics").replace(b"GET", b"HEAD", 1))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


def test_the_socket_is_for_user_and_group_and_goes_away(tmp_path):
    path = tmp_path / "metrics.sock"
    modes = []

    async def look():
        desk = Desk(lambda: b"", Health)
        await desk.open_socket(path)
        modes.append(stat.S_IMODE(path.stat().st_mode))
        await desk.close()

    asyncio.run(look())

    assert modes == [0o660]
    assert not path.exists()
    assert asked(get("/health"), path=path)[0].endswith(b"alive\n")


def test_a_socket_that_was_left_is_replaced_and_a_file_is_not(tmp_path):
    path = tmp_path / "metrics.sock"

    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert asked(get("/health"), path=path)[0].endswith(b"alive\n")

    path.write_text("somebody's")
    with pytest.raises(FileExistsError):
        asked(path=path)
    assert path.read_text() == "somebody's"
