"""A real gateway hands its records to a real syslog server, and nobody waits for that."""

import json
import re
import socket

import pytest

from support.clients import curl
from support.gateway import PEOPLE, running
from support.rsyslog import Rsyslog

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

URL = "https://www.facebook.com/"


def metric(gateway, name):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(60)
        sock.connect(str(gateway.folder / "metrics.sock"))
        sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    found = re.search(rf"^{re.escape(name)} (\S+)$", answer.decode(), re.MULTILINE)
    assert found, answer.decode()
    return float(found[1])


def visit(gateway):
    return curl(gateway, URL, source=PEOPLE["a.jones"]).status


@pytest.fixture
def hanging():
    """A server that takes connections, and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_an_outage_is_caught_up_and_a_hanging_sink_stops_nobody(origin, tmp_path, hanging):
    server = Rsyslog(tmp_path)
    server.start()
    sinks = [
        f'{{kind: syslog, to: "{server.address}", tls: false}}',
        f'{{kind: syslog, to: "{hanging}", tls: false, format: cef}}',
    ]
    how = {
        "records": f", sinks: [{', '.join(sinks)}]",
        "gateway": "  metrics: {socket: metrics.sock}",
    }
    lag = 'breaktime_sink_lag_records{sink="syslog:%s"}'
    try:
        with running(tmp_path, origin, **how) as gateway:
            gateway.clock("09:00:00")
            assert visit(gateway) == 403
            assert any("visit-blocked" in line for line in server.taken(2))
            server.stop()
            assert [visit(gateway) for _ in range(3)] == [403] * 3
            gateway.await_told("a sink does not take the records")
            assert metric(gateway, lag % hanging) > 0
        server.start()
        how["records"] = f", sinks: [{sinks[0]}]"
        with running(tmp_path, origin, **how) as gateway:
            gateway.clock("09:00:00")
            assert visit(gateway) == 403
            lines = [line for line in gateway.lines() if "seal" not in line["breaktime"]]
            taken = server.taken(len(lines), "said")
    finally:
        server.stop()
    sent = [json.loads(line) for line in taken]
    numbers = [line["event"]["sequence"] for line in sent]
    assert numbers == sorted(numbers)
    assert [line for line in sent if "seal" not in line["breaktime"]][: len(lines)] == lines
