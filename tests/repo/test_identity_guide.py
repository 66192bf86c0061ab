"""Is what the guide to identity shows what the tests run, and what a configuration may say?"""

import re
from pathlib import Path

import pytest

from breaktime.config import parse
from breaktime.core.signin import Strength
from breaktime.identity import PROVIDERS, Doubt
from e2e import test_certificates, test_directory, test_front, test_kerberos
from support import slapd

GUIDE = Path(__file__).parents[2] / "docs" / "identity.md"
TEXT = GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LEAST = "version: 1\ncontrolled: {categories: [social-network]}\n"
ORGANISATION = BLOCKS[0]


@pytest.mark.parametrize("block", BLOCKS[1:], ids=range(1, len(BLOCKS)))
def test_every_example_is_a_configuration(block, tmp_path):
    loaded = parse(LEAST + ORGANISATION + block, base=tmp_path)

    assert len(loaded.settings.identity) == 1


def test_every_way_to_know_people_is_shown():
    assert set(re.findall(r"- \{kind: ([a-z]+)", TEXT)) == set(PROVIDERS)


def test_what_is_shown_is_what_the_tests_run():
    """Names and addresses of the tests' own servers aside."""
    run = [
        test_kerberos.BY_TICKET,
        test_certificates.BY_CERTIFICATE,
        test_directory.BY_DIRECTORY,
        test_front.IDENTITY.replace(test_front.FRONT, "10.0.0.5"),
    ]
    assert [each for each in run if f"identity:\n{each}\n" not in TEXT] == []
    section = slapd.Slapd(Path("F"), 0, 0, None).section_of(
        "ldaps://dc1.example.org", "ldap://dc2.example.org"
    )
    for own, shown in (("F/ca.pem", "directory-ca.pem"), ("F/secret", "directory-password")):
        section = section.replace(own, shown)
    assert section.strip() in TEXT


def test_every_word_of_a_record_is_explained():
    assert [one for one in Strength if f"`{one}`" not in TEXT] == []
    told = set(Doubt) - {Doubt.HEADER_MISSING}  # of which nothing is written
    assert [one for one in told if f"`{one}`" not in TEXT] == []
