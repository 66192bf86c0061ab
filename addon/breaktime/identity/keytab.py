"""The keytab: which services a file of Kerberos keys is for. No key is read out of it."""

from typing import NamedTuple

_MAGIC = b"\x05\x02"


class Service(NamedTuple):
    """A principal that the file has a key for, such as `HTTP/proxy.example.org@EXAMPLE.ORG`."""

    parts: tuple[str, ...]
    realm: str


def read_keytab(name: str, content: bytes) -> frozenset[Service]:
    """
    Return the services of a keytab.

    Source of the format: https://web.mit.edu/kerberos/krb5-latest/doc/formats/keytab_file_format.html

    Args:
        name: name of the file, for problems.
        content: the file.

    Raises:
        ValueError: it is no keytab, or is cut off.
    """
    if not content.startswith(_MAGIC):
        raise ValueError(f"{name}: is no keytab (format 5.2)")
    found: set[Service] = set()
    at = len(_MAGIC)
    while at + 4 <= len(content):
        size = int.from_bytes(content[at : at + 4], signed=True)
        at += 4
        if size > 0:
            if at + size > len(content):
                raise ValueError(f"{name}: is cut off")
            found.add(_service(name, content[at : at + size]))
        at += abs(size)
    return frozenset(found)


def _service(name: str, entry: bytes) -> Service:
    count = int.from_bytes(entry[:2])
    at, texts = 2, []
    for _ in range(count + 1):
        size = int.from_bytes(entry[at : at + 2])
        text = entry[at + 2 : at + 2 + size]
        if len(text) < size:
            raise ValueError(f"{name}: is damaged")
        texts.append(text.decode("utf-8", "replace"))
        at += 2 + size
    return Service(tuple(texts[1:]), texts[0])
