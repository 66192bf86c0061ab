"""
Fuzz what reads names and addresses, guided by coverage: any bytes have one spelling, or none.

    make fuzz                        a minute, from the corpora in fuzz/corpus
    make fuzz ARGS=-max_total_time=600

An input is a line as a client, a list or a person may have written it. One that breaks a law is
written to the current folder by the fuzzer.
"""

import sys

import atheris

with atheris.instrument_imports():
    from breaktime.core.copies import Shown, recorded_path, shown_by
    from breaktime.core.names import normal_name, query_values, split_address
    from breaktime.core.paths import sanitise_path
    from breaktime.core.platforms import Platform, Role
    from breaktime.core.what import Catalogue

LONGEST = 4096
BOOK = Platform(
    "book",
    "Book",
    "forum",
    domains={"book.example": Role.WEB},
    networks=("192.0.2.0/24", "2001:db8::/32"),
    front_ends=("bookview",),
)
CATALOGUE = Catalogue([BOOK])


def test_one_input(data: bytes) -> None:
    """Hold the laws of names, addresses and copies for one input."""
    if len(data) > LONGEST:
        return
    text = data.decode("utf-8", "surrogateescape")
    name = normal_name(text)
    if name is not None:
        if normal_name(name) != name:
            raise AssertionError("normalising twice is not normalising once")
        if not name.isascii() or name != name.lower() or name.endswith("."):
            raise AssertionError("a name that is not in its one spelling")
        CATALOGUE.match(name)
    host, path, query = split_address(text)
    if host is None:
        return
    asked = Shown(host, path, query_values(query))
    for inside in shown_by(asked):
        if normal_name(inside.host) != inside.host:
            raise AssertionError("a copy shows a name that is not in its one spelling")
    CATALOGUE.find(asked)
    clean, _ = sanitise_path(path)
    if "?" in recorded_path(clean)[0]:
        raise AssertionError("a query would be written down")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
