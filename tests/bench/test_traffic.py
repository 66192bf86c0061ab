"""Requests as browsers send them, and answers as they come in pieces."""

import pytest

from lab import traffic
from lab.traffic import Done, whole


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (b"", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 41),
        (b"HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabc", 40),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 27),
        (b"HTTP/1.1 200 OK\r\n\r\nContent-Length: 9\r\n", 19),
    ],
)
def test_how_long_an_answer_is(answer, length):
    assert whole(answer) == length


def test_a_page_is_what_somebody_has_clicked_on_and_a_picture_is_not():
    page, part = traffic.page("www.x.com", 7), traffic.part("www.x.com", 7)
    assert page.startswith(b"GET /page/7 HTTP/1.1\r\nHost: www.x.com\r\n")
    assert b"Sec-Fetch-User: ?1" in page
    assert b"Sec-Fetch-Dest: image" in part
    assert b"Sec-Fetch-User" not in part
    for each in (page, part):
        assert each.endswith(b"\r\n\r\n")
        assert each.count(b"\r\n\r\n") == 1


def test_the_longest_wait_is_that_of_all():
    done = Done(late=[float(each) for each in range(100)])
    assert [done.quantile(share) for share in (0.0, 0.5, 0.99, 1.0)] == [0, 50, 99, 99]
