"""Names that disagree, that are spelled strangely, or that hide behind another."""

from itertools import product

from street import CLOSED, INNOCENT, OTHER, OWN_PAGE, Street, attack, get
from support.gateway import SOCIAL_ADDRESS

WAYS = ("closed", "innocent", "none")
HOSTS = {"closed": CLOSED, "innocent": INNOCENT, "none": None}


@attack("S1", "a closed name among innocent ones, in TLS")
def one_name_of_three(street: Street) -> None:
    for target, sni, host in product(("closed", "innocent"), WAYS, WAYS):
        if "closed" not in {target, sni}:
            continue  # nobody looks into a tunnel whose outside is innocent
        name = HOSTS[host]
        request = get(name) if name else b"GET / HTTP/1.1\r\n\r\n"
        street.ask_inside(f"{HOSTS[target]}:443", HOSTS[sni], request)


@attack("S1", "a closed name among innocent ones, in clear")
def one_name_of_two(street: Street) -> None:
    for url, host in ((CLOSED, INNOCENT), (INNOCENT, CLOSED), (CLOSED, CLOSED)):
        street.say(get(host, f"http://{url}/"))
        street.say_inside(f"{url}:80", get(host))
        street.say_inside(f"{url}:80", get(INNOCENT, f"http://{host}/"))


@attack("S1", "the council's own page as a cover for another platform", own_page=True)
def cover(street: Street) -> None:
    for target, sni, host in product((CLOSED, OTHER), (CLOSED, OTHER, None), (CLOSED, OTHER)):
        if {target, sni, host} - {None} == {CLOSED}:
            continue
        street.ask_inside(f"{target}:443", sni, get(host, "/feed"))


@attack("S2", "another name in the handshake than in the request (domain fronting)")
def fronting(street: Street) -> None:
    street.ask_inside(f"{CLOSED}:443", INNOCENT, get(CLOSED))
    street.ask_inside(f"{INNOCENT}:443", CLOSED, get(INNOCENT))
    with street.http2(CLOSED) as client:
        client.ask(INNOCENT, "/", (("host", CLOSED),))


@attack("S3", "a closed name in many spellings")
def spellings(street: Street) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != "." else c for c in CLOSED)
    for name in (
        CLOSED.upper(), f"{CLOSED}.", f"{CLOSED}..", f"user@{CLOSED}", f"u:p@{CLOSED}",
        "www%2efacebook.com", wide, "face\u00adbook.com", f"\t{CLOSED}", f"{CLOSED}:80",
    ):  # fmt: skip
        street.say_inside(
            f"{INNOCENT}:80", b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\n\r\n"
        )
        street.say(f"GET http://{name}/ HTTP/1.1\r\nHost: {INNOCENT}\r\n\r\n".encode())
        street.say(f"CONNECT {name}:443 HTTP/1.1\r\nHost: a\r\n\r\n".encode())


@attack("S3", "the address of a closed site in many spellings")
def addresses(street: Street) -> None:
    for spelling in (
        SOCIAL_ADDRESS, "2130716673", "127.10241", "0x7f002801", "017700024001", "127.0.40.1.",
        "[::ffff:127.0.40.1]", "[::ffff:7f00:2801]", "127.0.0x28.1", "127.0.050.1",
    ):  # fmt: skip
        street.say(get(spelling, f"http://{spelling}/"))
        street.ask_inside(f"{spelling}:443", None, get(INNOCENT))
        street.ask_inside(f"{spelling}:443", INNOCENT, get(INNOCENT))


TARGETS = (
    "{}.:443", "{}..:443", "{}:0443", "{}:+443", "{}:443/", "{}:443:80", "{}", "*.{}:443",
    "{}%00:443", "{}%00.example.org:443", "{}#@example.org:443", "{}\\@example.org:443",
    "{}:443@example.org:443", "example.org:443@{}:443", "www.face%62ook.com:443",
    "[64:ff9b::127.0.40.1]:443", "[2002:7f00:2801::1]:443", "[::127.0.40.1]:443",
    "[::ffff:127.0.40.1%25lo]:443",
)  # fmt: skip


@attack("S3", "a CONNECT whose target could be read in two ways")
def targets(street: Street) -> None:
    for target in (each.format(CLOSED) for each in TARGETS):
        street.ask_inside(target, INNOCENT, get(INNOCENT))
        street.ask_inside(target, None, get(INNOCENT))
        street.say(get(INNOCENT, f"http://{target}/"))


@attack("S3", "an innocent name that lives at a closed site's address")
def innocent_name(street: Street) -> None:
    street.ask_inside("hidden.example:443", "hidden.example", get("hidden.example"))
    street.curl("http://hidden.example/")


@attack("S4", "several sites on one connection of HTTP/2", own_page=True)
def several_sites(street: Street) -> None:
    with street.http2(CLOSED) as client:
        for host, path in ((CLOSED, OWN_PAGE), (OTHER, "/home"), ("m.facebook.com", "/feed")):
            client.ask(host, path)


@attack("S16", "a name whose second look-up gives a closed site's address", recorded=False)
def turning(street: Street) -> None:
    street.say_inside("turning.example:80", get("turning.example"))
    street.curl("http://turning.example/")
