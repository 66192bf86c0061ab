"""Each thing that the doctor looks at, well and ill."""

import socket
import threading
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from breaktime.cli import examining
from breaktime.cli.examining import Mark
from breaktime.config.text import Endpoint
from breaktime.mitm.ca import KEY, look, make_ca


def marks(findings):
    return [finding.mark for finding in findings]


def test_the_authority(tmp_path):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert marks(examining.authority(tmp_path, now)) == [Mark.LOOK]
    make_ca(tmp_path)
    until = look(tmp_path).until
    for days, mark in ((400, Mark.FINE), (30, Mark.LOOK), (-1, Mark.BAD)):
        assert marks(examining.authority(tmp_path, until - timedelta(days=days))) == [mark]
    (tmp_path / KEY).chmod(0o644)
    (found,) = examining.authority(tmp_path, now)
    assert (found.mark, "0644" in found.text) == (Mark.BAD, True)


def test_who_may_write_to_the_configuration(tmp_path):
    file = tmp_path / "config.yaml"
    file.touch(0o644)
    assert marks(examining.written([file, tmp_path / "gone"])) == [Mark.FINE]
    file.chmod(0o666)
    assert marks(examining.written([file])) == [Mark.BAD]


def test_trust(tmp_path):
    certificate = make_ca(tmp_path)
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    files = [certificate, empty, tmp_path / "gone.pem"]
    assert marks(examining.trust(files)) == [Mark.FINE, Mark.BAD, Mark.BAD]


def test_records(tmp_path, monkeypatch):
    folder = tmp_path / "records"
    assert marks(examining.records(folder)) == [Mark.LOOK]
    folder.mkdir(mode=0o750)
    for free, mark in ((2**40, Mark.FINE), (2**29, Mark.LOOK), (2**20, Mark.BAD)):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr(examining.shutil, "disk_usage", lambda _, usage=usage: usage)
        assert marks(examining.records(folder)) == [mark]
    folder.chmod(0o755)
    assert marks(examining.records(folder)) == [Mark.BAD, Mark.BAD]


@pytest.mark.parametrize(("state", "mark"), [(0, Mark.FINE), (5, Mark.LOOK), (-1, Mark.LOOK)])
def test_the_clock(state, mark):
    assert examining.clock(lambda: state).mark is mark


def test_the_clock_of_this_machine_is_asked():
    assert examining.clock().mark in {Mark.FINE, Mark.LOOK}


def test_time_zones():
    assert examining.zones(date(2026, 11, 22)).mark is Mark.FINE
    assert examining.zones(date(2099, 1, 1)).mark is Mark.LOOK


def around(*, servers=(), listen=(), updates=None):
    return SimpleNamespace(
        directory=SimpleNamespace(servers=servers),
        page=SimpleNamespace(proxy_file=None),
        gateway=SimpleNamespace(tls=None, listen=[SimpleNamespace(address=one) for one in listen]),
        updates=updates,
    )


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield Endpoint(*sock.getsockname())


@pytest.fixture
def free():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield Endpoint(*sock.getsockname())


def test_ports(taken, free):
    closed = Endpoint("127.0.0.1", 0)
    assert marks(examining.ports(around(listen=[taken, closed]))) == [Mark.LOOK, Mark.FINE]


def test_the_directory(taken, free):
    found = examining.directory(around(servers=[taken, free]))
    assert marks(found) == [Mark.FINE, Mark.BAD]


def test_names():
    servers = [Endpoint("127.0.0.1", 1), Endpoint("a" * 70, 1)]
    assert marks(examining.names(around(servers=servers))) == [Mark.FINE, Mark.BAD]


def test_the_catalogue(tmp_path):
    today = date(2026, 11, 22)
    settings = around(updates=SimpleNamespace(folder=tmp_path))
    assert marks(examining.catalogue(around(), today)) == []
    assert marks(examining.catalogue(settings, today)) == [Mark.LOOK]
    for edition, mark in (("2026-11-01", Mark.FINE), ("2025-11-01", Mark.LOOK)):
        text = f'{{"current": "{edition}-0123456789abcdef", "previous": null}}'
        (tmp_path / "installed.json").write_text(text)
        assert marks(examining.catalogue(settings, today)) == [mark]


def test_what_gets_past_the_gateway(taken, free):
    assert marks(examining.escapes(*taken)) == [Mark.BAD, Mark.FINE]
    assert marks(examining.escapes(*free)) == [Mark.FINE, Mark.FINE]


def test_what_gets_past_by_quic():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(30)

        def answer():
            asked, client = sock.recvfrom(2048)
            assert len(asked) == 1200
            sock.sendto(b"\x80\0\0\0\0", client)

        server = threading.Thread(target=answer)
        server.start()
        found = marks(examining.escapes(*sock.getsockname()))
        server.join()
    assert found == [Mark.FINE, Mark.BAD]
