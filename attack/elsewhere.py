"""A gateway behind a parent proxy, and one that lets breaks pass unopened."""

import base64
from contextlib import suppress

from around import INWARD, refuse_to_be_opened
from houses import CREDENTIALS, PARENT, UNOPENED
from names import addresses, one_name_of_three, one_name_of_two
from street import CLOSED, INNOCENT, ISSUER, OWN_PAGE, Street, attack, get
from support.clients import connect, exchange, issuer, tls
from support.wire import pump

OURS = "Basic Y2FuYXJ5OmNhbmFyeQ=="
AGES = 60


@attack("S1", "through a parent: a closed name among innocent ones", house=PARENT)
def names_by_a_parent(street: Street) -> None:
    one_name_of_three(street)
    one_name_of_two(street)


@attack("S3", "through a parent: the address of a closed site in many spellings", house=PARENT)
def addresses_by_a_parent(street: Street) -> None:
    addresses(street)


@attack("S16", "the parent as a way inward", recorded=False, house=PARENT)
def inward_by_a_parent(street: Street) -> None:
    # Where a name leads is the parent's to know, and 127.0.0.0/8 is this street's own network.
    here = [host for host in INWARD if not host.startswith("127.") and host != "inward.example"]
    local = ("intranet", "localhost.", "x.localhost", "printer.local", "router.home.arpa")
    for host in (*here, *local):
        for port in (80, 443, street.way_out.address[1]):
            street.say_inside(f"{host}:{port}", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            street.say(get(f"{host}:{port}", f"http://{host}:{port}/"))


@attack("S13", "credentials that reach a parent, or a site", own_page=True, house=PARENT)
def credentials_by_a_parent(street: Street) -> None:
    given = f"Proxy-Authorization: {OURS}"
    street.curl(f"https://{CLOSED}{OWN_PAGE}", "-H", given)
    street.curl(f"http://{CLOSED}{OWN_PAGE}", "-H", given)
    street.curl(f"https://{INNOCENT}/", "--proxy-header", given)
    street.say(get(INNOCENT, f"http://{INNOCENT}/", f"{given}\r\n"))
    heads = b"".join(street.way_out.heads)
    street.insist(that=bool(heads), else_="nothing went by the parent")
    street.insist(that=OURS.encode() not in heads, else_="the parent was told of a client")
    told = [name for *_, headers in street.origin.seen.requests for name in headers]
    street.insist(that="proxy-authorization" not in told, else_="a site was told the credentials")
    secret = base64.b64encode(CREDENTIALS.encode()).decode()
    street.insist(
        that=secret not in str(street.origin.seen.requests), else_="a site was told our own"
    )


@attack("S34", "words in a connection that passed unopened, after its break", house=UNOPENED)
def after_the_break(street: Street) -> None:
    street.clock("13:30:00")
    with connect(street.gateway, f"{CLOSED}:443") as sock, tls(street.gateway, sock, CLOSED) as one:
        passed = issuer(one) == ISSUER and exchange(one, get(CLOSED)).status == 200
        street.insist(that=passed, else_="it was opened in the break")
        street.clock("14:01:00")
        one.settimeout(AGES)
        pump(one)  # to the end
        street.meter.reset()
        with suppress(OSError):
            for _ in range(10):
                street.tries += 1
                one.sendall(get(CLOSED, "/late"))
    street.curl(f"https://{CLOSED}/late")


@attack("S34", "where breaks pass unopened: a tunnel granted in one, used after it", house=UNOPENED)
def kept_for_later(street: Street) -> None:
    street.clock("13:30:00")
    with connect(street.gateway, f"{CLOSED}:443") as sock:
        street.clock("14:01:00")
        with suppress(OSError), tls(street.gateway, sock, CLOSED) as one:
            street.tries += 1
            street.insist(that=issuer(one) != ISSUER, else_="it passed unopened")
            street.insist(that=exchange(one, get(CLOSED)).status == 403, else_="it was let in")


@attack("S1", "where breaks pass unopened: names that disagree, outside of them", house=UNOPENED)
def unopened_outside(street: Street) -> None:
    one_name_of_three(street)


@attack("S41", "where breaks pass unopened: one that refuses, outside of them", house=UNOPENED)
def refusing_unopened(street: Street) -> None:
    refuse_to_be_opened(street)
