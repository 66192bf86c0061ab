"""The verb, as an administrator calls it."""

import socket

from support.command import breaktime, configuration


def test_it_says_how_each_thing_is(tmp_path):
    done = breaktime("doctor", "-c", configuration(tmp_path))
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "breaktime ca create" in text
    assert "the time zones are of" in text
    assert all(line[:6] in {"fine  ", "LOOK  "} for line in text.splitlines()), text


def test_what_gets_past_is_status_1():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        place = f"127.0.0.1:{sock.getsockname()[1]}"
        done = breaktime("doctor", "--past", place)
    assert done.returncode == 1
    assert b"BAD   port" in done.stdout


def test_what_is_not_understood_is_status_2():
    assert breaktime("doctor").returncode == 2
    assert breaktime("doctor", "--past", "nowhere").returncode == 2


def test_a_configuration_with_problems_is_told(tmp_path):
    path = configuration(tmp_path)
    path.write_text(path.read_text() + "\nown_page: []\n")
    done = breaktime("doctor", "-c", path)
    assert done.returncode == 1
    assert b"own_page" in done.stderr
