"""
Answers that need no refusal: a fault of ours, and the request to sign in.

Both are complete before the first request comes. The fault page is what is sent when all else
has failed, so nothing is left in it that could fail.
"""

from functools import lru_cache

from breaktime.pages.documents import BLOCK_POLICY, STYLE
from breaktime.pages.page import HTML, TEXT, Page, PageKind, make_page

_DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="why">{why}</p>
<div class="opens">
<h2>What you can do</h2>
<p>{what}</p>
</div>
</main>
</body>
</html>
"""

_HEADERS = (
    ("Content-Security-Policy", BLOCK_POLICY),
    ("X-Frame-Options", "DENY"),
    ("Content-Language", "en"),
)

_FAULT = make_page(
    503,
    PageKind.FAULT,
    _DOCUMENT.format(
        style=STYLE,
        title="Something is wrong on our side",
        why=(
            "The network could not work out whether this site is open for you, so it did not open "
            "it. Nothing you did is the cause."
        ),
        what=(
            "Try again in a few minutes. If it goes on, tell the people who look after your "
            "computer at work."
        ),
    ).encode(),
    content_type=HTML,
    more=(*_HEADERS, ("Retry-After", "60")),
)

_MALFORMED = make_page(
    400,
    PageKind.NOTICE,
    b"The gateway cannot tell which site this request is for, so it did not pass it on.\n",
    content_type=TEXT,
)

_PORT = make_page(
    403,
    PageKind.NOTICE,
    b"The gateway opens no connections to this port.\n",
    content_type=TEXT,
)

_SIGN_IN = _DOCUMENT.format(
    style=STYLE,
    title="Sign in to the network",
    why=(
        "This network opens sites to people it knows. It asked your browser for a name and a "
        "password, and got none that fit."
    ),
    what=(
        "Load the page again, and use the name and the password of your computer at work. If "
        "your browser does not ask, close all its windows and open it again."
    ),
).encode()


def fault_page() -> Page:
    """Return the answer for a fault of ours: a constant, made when this module was loaded."""
    return _FAULT


@lru_cache(maxsize=16)
def challenge(realm: str, schemes: tuple[str, ...] = ("Basic",)) -> Page:
    """
    Return the answer that asks a client to sign in.

    Args:
        realm: what the browser names in its question, most often the organisation. Characters
            that a header cannot carry become question marks.
        schemes: how they may sign in: `Negotiate`, `Basic`. Browsers take the first they know.
    """
    plain = "".join(one if " " <= one <= "~" else "?" for one in realm)
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    basic = f'Basic realm="{quoted}", charset="UTF-8"'
    asked = [("Proxy-Authenticate", basic if one == "Basic" else one) for one in schemes]
    return make_page(
        407,
        PageKind.SIGN_IN,
        _SIGN_IN,
        content_type=HTML,
        more=(*asked, *_HEADERS),
    )


def malformed_page() -> Page:
    """Return the answer to a request whose address cannot be read in one way only."""
    return _MALFORMED


def port_page() -> Page:
    """Return the answer to a request for a port that people may not reach through the gateway."""
    return _PORT
