"""The htpasswd file: one `name:hash` a line, hashes that withstand guessing and no others."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from passlib.hash import argon2, bcrypt, sha256_crypt, sha512_crypt

from breaktime.core.signin import SignInNames

_BCRYPT_BYTES = 72
"""bcrypt reads no further; every htpasswd tool cuts here, and so does the check."""

_ARGON2_BYTES = 16
"""The shortest argon2 result that is taken for a whole one."""


class _Scheme(Protocol):
    def from_string(self, hash: str) -> Any: ...  # noqa: A002  the name is libpass's

    def verify(self, secret: bytes, hash: str) -> bool: ...  # noqa: A002  the same


_SCHEMES: dict[str, _Scheme] = {
    "$2a$": bcrypt,
    "$2b$": bcrypt,
    "$2y$": bcrypt,
    "$5$": sha256_crypt,
    "$6$": sha512_crypt,
    "$argon2id$": argon2,
    "$argon2i$": argon2,
    "$argon2d$": argon2,
}

_REFUSED = {
    "$apr1$": "an MD5 hash",
    "$1$": "an MD5 hash",
    "{SHA}": "a SHA-1 hash",
    "{SSHA}": "a SHA-1 hash",
    "$sha1$": "a SHA-1 hash",
    "$2x$": "a hash of a faulty bcrypt",
}

_ADVICE = "make it anew with `htpasswd -B`"


@dataclass(frozen=True, slots=True)
class Hash:
    """One stored password. The text stays out of `repr`: it is worth guessing at."""

    scheme: _Scheme
    text: str

    def __repr__(self) -> str:
        """Show that there is one, and nothing of it."""
        return "Hash(...)"

    def matches(self, password: str) -> bool:
        """
        Tell whether it is the hash of a password. Takes a tenth of a second or more, on purpose.

        Never raises: a password that the hash cannot be made of is a wrong one.
        """
        secret = password.encode("utf-8", "surrogatepass")
        if self.scheme is bcrypt:
            secret = secret[:_BCRYPT_BYTES]
        try:
            return self.scheme.verify(secret, self.text)
        except (ValueError, TypeError):
            return False


def read_htpasswd(
    name: str, content: bytes, names: SignInNames | None = None
) -> Mapping[str, Hash]:
    """
    Read a file.

    Args:
        name: name of the file, for problems.
        content: the file.
        names: which names are one person.

    Returns:
        Hash by canonical id of the person.

    Raises:
        ValueError: the file has problems; all of them, one on a line, with line numbers
            counted from 1. They never show a hash, which might be a password in the clear.
    """
    found: dict[str, Hash] = {}
    lines: dict[str, int] = {}
    problems: list[str] = []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        bare = raw.strip()
        if not bare or bare.startswith(b"#"):
            continue
        try:
            person, hashed = _entry(bare, names or SignInNames())
        except ValueError as problem:
            problems.append(f"{name}:{number}: {problem}")
            continue
        earlier = lines.setdefault(person, number)
        if earlier != number:
            twice = f"`{_shown(person)}` is given twice; first at line {earlier}"
            problems.append(f"{name}:{number}: {twice}")
        found[person] = hashed
    if problems:
        raise ValueError("\n".join(problems))
    return found


def _entry(line: bytes, names: SignInNames) -> tuple[str, Hash]:
    """Read one line, or raise what is wrong with it."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("must be UTF-8 text") from None
    name, colon, hashed = text.partition(":")
    if not colon:
        raise ValueError("must be `name:hash`")
    person = names.person(name)
    if person is None:
        raise ValueError("the name must be of printable characters, of one script")
    return person, _hash(_shown(person), hashed)


def _hash(person: str, text: str) -> Hash:
    """Choose the scheme of a hash, or raise why there is none."""
    for prefix, what in _REFUSED.items():
        if text.startswith(prefix):
            raise ValueError(f"`{person}`: {what} is too easily guessed; {_ADVICE}")
    scheme = next((one for prefix, one in _SCHEMES.items() if text.startswith(prefix)), None)
    if scheme is None:
        raise ValueError(f"`{person}`: a plain or unknown password is not taken; {_ADVICE}")
    if not _whole(scheme, text):
        raise ValueError(f"`{person}`: the hash is cut off or damaged; {_ADVICE}")
    return Hash(scheme, text)


def _whole(scheme: _Scheme, text: str) -> bool:
    """Tell whether a hash can be checked against, without the cost of doing so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # libpass warns of damaged salts, then mends them
            checksum = scheme.from_string(text).checksum
    except (ValueError, TypeError, UserWarning):
        return False
    return checksum is not None and len(checksum) >= _ARGON2_BYTES


def _shown(person: str) -> str:
    return ascii(person)[1:-1]
