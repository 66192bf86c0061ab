# ruff: noqa: E501  a row of a table is one line
"""Does `breaktime doctor` say how it is with the parent proxy?"""

import socket
import threading
from contextlib import contextmanager

import pytest

from breaktime.cli.examining_parent import parent
from breaktime.config import load
from support import command


@contextmanager
def answering(answer):
    """Answer one client, and keep what it asked."""
    asked = []

    def serve():
        client, _ = listener.accept()
        with client:
            asked.append(client.recv(65536))
            client.sendall(answer)
            client.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], asked
        finally:
            with socket.socket() as nobody:  # where nobody has asked
                nobody.connect_ex(listener.getsockname())
            thread.join()


def examined(folder, port, *, more="", credentials=None):
    if credentials is not None:
        (folder / "parent").write_text(credentials)
        (folder / "parent").chmod(0o600)
        more += ", credentials_file: parent"
    text = f"{{ca: ca, parent: {{address: 127.0.0.1:{port}{more}}}}}"
    config = command.configuration(folder, command.CONFIG.replace("{ca: ca}", text))
    return [(str(one.mark), one.text) for one in parent(load(config).settings.gateway)]


# fmt: off
ANSWERS = {
    "HTTP/1.1 200 OK": ("fine", "gives tunnels"),
    "HTTP/1.1 407 Who": ("BAD", "wants other credentials (www.example.org:443); mend `credentials_file`"),
    "HTTP/1.1 403 No": ("LOOK", "does not let anybody go there (www.example.org:443); have it allow CONNECT to the ports 80 and 443"),
    "HTTP/1.1 503 Dead": ("LOOK", "cannot connect there (www.example.org:443); fine if nobody may go there; else look at its way out"),
    "SSH-2.0": ("BAD", "answers with something that is no answer (www.example.org:443); look at `gateway.parent`: is a proxy there, and does it speak TLS?"),
}
# fmt: on


@pytest.mark.parametrize("answer", ANSWERS)
def test_it_says_what_the_parent_says_and_what_to_do(tmp_path, answer):
    mark, text = ANSWERS[answer]
    with answering(f"{answer}\r\n\r\n".encode()) as (port, asked):
        found = examined(tmp_path, port, credentials="gateway:s3cret\n")

    assert found == [(mark, f"the parent proxy 127.0.0.1:{port} {text}")]
    assert asked[0].startswith(b"CONNECT www.example.org:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic Z2F0ZXdheTpzM2NyZXQ=\r\n" in asked[0]


def test_a_parent_that_is_not_there(tmp_path):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        ((mark, text),) = examined(tmp_path, sock.getsockname()[1])

    assert mark == "BAD"
    assert text.endswith("look at `gateway.parent`, its TLS, and the firewall between")


def test_credentials_that_cannot_be_used(tmp_path):
    ((mark, text),) = examined(tmp_path, 1, credentials="no colon")

    assert (mark, text) == ("BAD", f"{tmp_path / 'parent'} must be one line, `name:password`")


def test_without_a_parent_there_is_nothing_to_say(tmp_path):
    config = command.configuration(tmp_path)

    assert list(parent(load(config).settings.gateway)) == []
