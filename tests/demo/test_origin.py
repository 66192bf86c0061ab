"""The sites of the demo: one server, a certificate for each name."""

import http.client
import socket
import ssl

import pytest

from breaktime.demo.origin import Origin


@pytest.fixture
def origin(tmp_path):
    with Origin(tmp_path) as origin:
        yield origin


def ask(origin, name, path="/", host=None):
    context = ssl.create_default_context(cafile=origin.ca)
    plain = socket.create_connection(("127.0.0.1", origin.port), 60)
    with context.wrap_socket(plain, server_hostname=name) as sock:
        connection = http.client.HTTPConnection(name)
        connection.sock = sock
        connection.request("GET", path, headers={"Host": host or name})
        response = connection.getresponse()
        return response.status, response.read().decode(), sock.getpeercert()


@pytest.mark.parametrize("name", ["www.facebook.com", "x.com", "a.example.org"])
def test_each_name_has_a_certificate_and_a_page(origin, name):
    status, page, certificate = ask(origin, name)
    assert status == 200
    assert f"<h1>{name}</h1>" in page
    assert (("DNS", name),) == certificate["subjectAltName"]
    assert (("organizationName", Origin.ISSUER),) in certificate["issuer"]


def test_what_was_asked_is_not_in_the_page(origin):
    _, page, _ = ask(origin, "x.com", "/<script>", host="<b>x.com</b>")
    assert "<b>" not in page
    assert "<script>" not in page


def test_nothing_listens_afterwards(tmp_path):
    with Origin(tmp_path) as origin:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", origin.port), 60)
