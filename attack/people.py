"""Claims to be somebody else, somewhere else, or to be let off."""

from street import CLOSED, INNOCENT, OWN_PAGE, Street, attack, get

CLAIMS = (
    "X-Remote-User: c.lee", "X-Forwarded-User: c.lee", "Remote-User: c.lee", "X_Remote_User: c.lee",
    "X-Authenticated-User: c.lee", "X-Webauth-User: c.lee", "Proxy-User: c.lee",
    "X-Forwarded-For: 127.0.60.7", "Forwarded: for=127.0.60.7", "X-Real-IP: 127.0.60.7",
    "Client-IP: 127.0.60.7", "True-Client-IP: 127.0.60.7", "X-Client-IP: 127.0.60.7",
    "Via: 1.1 trusted", "X-Breaktime-Person: c.lee", "Breaktime-Ends: 2999-01-01T00:00:00Z",
)  # fmt: skip


@attack("S11", "a header that claims to be another person")
def claimed_person(street: Street) -> None:
    for claim in CLAIMS[:7]:
        street.say_inside("x.com:80", get("x.com", "/", f"{claim}\r\n"))
        street.say(f"CONNECT x.com:443 HTTP/1.1\r\nHost: x.com:443\r\n{claim}\r\n\r\n".encode())


@attack("S12", "a header that claims to come from an exempt network")
def claimed_place(street: Street) -> None:
    for claim in CLAIMS[7:]:
        street.say_inside(f"{CLOSED}:80", get(CLOSED, "/", f"{claim}\r\n"))
        street.ask_inside(f"{CLOSED}:443", CLOSED, get(CLOSED, "/", f"{claim}\r\n"))


@attack("S12", "an address of the PROXY protocol that nobody trusts", recorded=False)
def claimed_by_protocol(street: Street) -> None:
    ask = f"GET http://{CLOSED}/ HTTP/1.1\r\nHost: {CLOSED}\r\n\r\n".encode()
    street.say(b"PROXY TCP4 127.0.60.7 127.0.0.1 4000 8080\r\n" + ask)
    v2 = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([127, 0, 60, 7, 127, 0, 0, 1])
    street.say(v2 + b"\x0f\xa0\x1f\x90" + ask)


@attack("S13", "credentials for the proxy that reach a site", own_page=True)
def credentials(street: Street) -> None:
    secret = "Proxy-Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==\r\n"
    street.curl(f"https://{CLOSED}{OWN_PAGE}", "-H", secret.strip())
    street.curl(f"http://{CLOSED}{OWN_PAGE}", "-H", secret.strip())
    street.say(get(INNOCENT, f"http://{INNOCENT}/", secret))
    told = [name for *_, headers in street.origin.seen.requests for name in headers]
    street.insist(that="proxy-authorization" not in told, else_="a site was told the credentials")
    street.insist(that=bool(told), else_="no site was reached at all")
