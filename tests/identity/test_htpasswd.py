"""The htpasswd file: what is taken, what is refused, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passlib.hash import argon2, bcrypt, sha256_crypt, sha512_crypt

from breaktime.identity.htpasswd import read_htpasswd

PASSWORD = "p:ä ss"
BCRYPT = bcrypt.using(rounds=4).hash(PASSWORD)
SHA256 = sha256_crypt.using(rounds=1000).hash(PASSWORD)
ARGON2 = argon2.using(memory_cost=64, rounds=1, parallelism=1)

ANEW = "make it anew with `htpasswd -B`"
PLAIN = f"`a`: a plain or unknown password is not taken; {ANEW}"
DAMAGED = f"`a`: the hash is cut off or damaged; {ANEW}"
CONTROLS = "the name must be of printable characters, of one script"


def guessed(what):
    return f"`a`: {what} is too easily guessed; {ANEW}"


# fmt: off
TAKEN = [
    ("bcrypt of Apache",  "$2y$" + BCRYPT[4:]),
    ("bcrypt of others",  BCRYPT),
    ("bcrypt, older",     "$2a$" + BCRYPT[4:]),
    ("SHA-256 crypt",     SHA256),
    ("SHA-512 crypt",     sha512_crypt.using(rounds=1000).hash(PASSWORD)),
    ("argon2id",          ARGON2.hash(PASSWORD)),
    ("argon2i",           ARGON2.using(type="I").hash(PASSWORD)),
]

REFUSED = [
    ("plain text",        "a:secret",            PLAIN),
    ("nothing",           "a:",                  PLAIN),
    ("crypt(3)",          "a:abJnggxhB/yWI",     PLAIN),
    ("MD5",               "a:$apr1$x$y",         guessed("an MD5 hash")),
    ("MD5 crypt",         "a:$1$x$y",            guessed("an MD5 hash")),
    ("SHA-1",             "a:{SHA}W6ph5Mm5Pz8G", guessed("a SHA-1 hash")),
    ("faulty bcrypt",     f"a:$2x${BCRYPT[4:]}", guessed("a hash of a faulty bcrypt")),
    ("bcrypt cut off",    f"a:{BCRYPT[:-1]}",    DAMAGED),
    ("bcrypt with more",  f"a:{BCRYPT}:x",       DAMAGED),
    ("SHA-2 cut off",     "a:$6$salt",           DAMAGED),
    ("argon2 cut off",    f"a:{ARGON2.hash('')[:-40]}", DAMAGED),
    ("no colon",          "secret",              "must be `name:hash`"),
    ("no name",           f" :{BCRYPT}",         CONTROLS),
    ("a control",         f"a\x1b[2Jb:{BCRYPT}", CONTROLS),
    ("an odd name",       "\u202e\u00e4:x",      CONTROLS),
    ("a name of elsewhere", "\u00e4:x",          PLAIN.replace("`a`", r"`\xe4`")),
]
# fmt: on


@pytest.mark.parametrize("text", [r[1] for r in TAKEN], ids=[r[0] for r in TAKEN])
def test_taken(text):
    """Hashes that withstand guessing match their password and no other."""
    stored = read_htpasswd("htpasswd", f"a:{text}".encode())["a"]

    assert stored.matches(PASSWORD)
    assert not stored.matches(PASSWORD + "x")
    assert not stored.matches("")


@pytest.mark.parametrize(("line", "problem"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(line, problem):
    """What is refused is refused in plain words, and never shown."""
    with pytest.raises(ValueError, match=r"^htpasswd:2: ") as refused:
        read_htpasswd("htpasswd", f"# people\n{line}\n".encode())

    assert str(refused.value) == f"htpasswd:2: {problem}"


def test_all_problems_at_once():
    content = f"a:{BCRYPT}\r\nb:plain\n\nA:{BCRYPT}\n\xff"

    with pytest.raises(ValueError, match="htpasswd:") as refused:
        read_htpasswd("htpasswd", content.encode("latin-1"))

    assert str(refused.value).split("\n") == [
        "htpasswd:2: " + PLAIN.replace("`a`", "`b`"),
        "htpasswd:4: `a` is given twice; first at line 1",
        "htpasswd:5: must be UTF-8 text",
    ]


def test_what_is_no_entry():
    """Comments, empty lines, a byte order mark and the line ends of Windows do no harm."""
    content = f"\ufeff# people\r\n\r\n  A.B:{BCRYPT}  \r\n".encode()

    assert list(read_htpasswd("htpasswd", content)) == ["a.b"]


def test_bcrypt_reads_72_bytes():
    """As every htpasswd tool does: a long password is the same one at sign-in."""
    stored = read_htpasswd("f", f"a:{bcrypt.using(rounds=4).hash(b'x' * 72)}".encode())["a"]

    assert stored.matches("x" * 100)
    assert not stored.matches("x" * 71)


@given(st.text(alphabet=st.characters(codec=None)))
def test_no_password_makes_it_raise(password):
    """Lone surrogates and NUL are wrong passwords."""
    for text in (BCRYPT, SHA256):
        assert not read_htpasswd("f", f"a:{text}".encode())["a"].matches(password + "\x00")


def test_a_hash_is_not_shown():
    assert "$" not in repr(read_htpasswd("f", f"a:{BCRYPT}".encode()))
