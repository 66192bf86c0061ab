"""The few answers the door gives itself; whoever is inspected gets a page from elsewhere."""

from http import HTTPStatus

GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def answer(status: HTTPStatus, text: str) -> bytes:
    """
    Put together an answer after which the connection closes.

    Args:
        status: its code and phrase.
        text: one ASCII sentence for a person; it must not repeat what the client sent.
    """
    body = f"{text}\n".encode("ascii")
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    ).encode("ascii") + body


MALFORMED = answer(HTTPStatus.BAD_REQUEST, "The proxy does not understand this request.")
TOO_SLOW = answer(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
PORT = answer(HTTPStatus.FORBIDDEN, "The proxy does not connect to this port.")
REFUSED = answer(HTTPStatus.FORBIDDEN, "The proxy does not connect to this destination.")
DENIED = answer(HTTPStatus.FORBIDDEN, "The proxy does not open this connection.")
UNREACHABLE = answer(HTTPStatus.BAD_GATEWAY, "The proxy could not reach this destination.")
BUSY = answer(HTTPStatus.SERVICE_UNAVAILABLE, "The proxy is busy. Please try again.")
CROWDED = answer(
    HTTPStatus.TOO_MANY_REQUESTS,
    "You have too many connections open at the same time. Please close some pages.",
)
UNAVAILABLE = answer(
    HTTPStatus.SERVICE_UNAVAILABLE, "The proxy cannot tell who is asking. Please try again."
)
