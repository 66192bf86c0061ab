"""Who somebody is by name: one spelling for each person, and how sure it is that it is them."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


def canonical(subject: str) -> str:
    """
    Return the one spelling of a person's id.

    Sign-in names are the same person in any case and width (`R.Hughes`, `r.hughes`), so that a
    rule written for one of them holds for all.
    """
    folded = unicodedata.normalize("NFKC", subject).strip().casefold()
    return unicodedata.normalize("NFKC", folded)  # folding may leave something to compose


class Strength(StrEnum):
    """
    How it is known who somebody is, the surest first. It is in every record of a request.

    Members:
        KERBEROS: a ticket of the domain.
        CERTIFICATE: a client certificate that was verified.
        DIRECTORY: a password that the directory has checked.
        HTPASSWD: a password of a file.
        HEADER: a proxy in front says so.
        ADDRESS: the computer is listed as theirs.
        NONE: it is not known.
    """

    KERBEROS = "kerberos"
    CERTIFICATE = "certificate"
    DIRECTORY = "directory-password"
    HTPASSWD = "htpasswd"
    HEADER = "header"
    ADDRESS = "address"
    NONE = "none"


LONGEST_NAME = 256
"""Characters of a sign-in name; directories stop far earlier."""

_SIGMA, _FINAL_SIGMA = "\N{GREEK SMALL LETTER SIGMA}", "\N{GREEK SMALL LETTER FINAL SIGMA}"

_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Scripts whose letters are taken for one another; a name of two of them is nobody's."""


@dataclass(frozen=True, slots=True)
class SignInNames:
    r"""
    Which sign-in names are one person.

    With the domains `example` and `example.org`, `EXAMPLE\x`, `x@example.org` and `X` are one.
    A name of another domain stays whole: its `x` is somebody else.

    Fields:
        domains: domains and realms of the organisation, canonical.
    """

    domains: frozenset[str] = frozenset()

    def person(self, name: str) -> str | None:
        """
        Return the canonical id that a name stands for; None where it could be read in two ways.

        Total: any text gives an id or None.
        """
        if len(name) > LONGEST_NAME or _merges(name):
            return None
        found = canonical(name)
        user, at, domain = found.partition("@")
        netbios, backslash, account = found.partition("\\")
        if backslash:
            if at or "\\" in account:
                return None
            if netbios in self.domains:
                found = account
        elif at:
            if "@" in domain:
                return None
            if domain in self.domains:
                found = user
        return found if _is_plain(found) else None


def _merges(name: str) -> bool:
    """Tell whether folding makes another name of it than capitals do: `strasse` of `straße`."""
    wide = unicodedata.normalize("NFKC", name)
    return wide.lower().replace(_FINAL_SIGMA, _SIGMA) != wide.casefold()


def _is_plain(name: str) -> bool:
    """Tell whether a canonical name says one thing to everybody who reads it."""
    if not name or not name.isprintable() or name != canonical(name):
        return False
    if name[0] in "@\\" or name[-1] in "@\\":
        return False
    if name.isascii():
        return True
    scripts = {unicodedata.name(one, "").partition(" ")[0] for one in name if one.isalpha()}
    return len(scripts.intersection(_SCRIPTS)) < 2  # noqa: PLR2004  one script, whichever
