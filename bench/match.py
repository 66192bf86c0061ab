"""
How long does one match take? Prints the median in microseconds per name, hits and misses apart,
with the shipped rules alone and with a million names more. Budget: 1.5 and 2.5.

Run with the shipped rules: `python bench/match.py [repetitions]`.
"""

import statistics
import sys
import time
from pathlib import Path

import yaml

from breaktime.config.platform_file import PlatformFile
from breaktime.core.copies import Shown
from breaktime.core.names import normal_name
from breaktime.core.platforms import Platform, Role
from breaktime.core.what import Catalogue

RULES = Path(__file__).parents[1] / "rules"
REPETITIONS = 2_000
WORK = (
    ("hit, host only", [
        ("www.facebook.com", "/"), ("scontent-lhr8-1.xx.fbcdn.net", "/"), ("x.com", "/"),
        ("i.ytimg.com", "/"), ("edge-chat.facebook.com", "/"), ("p16-sign-va.tiktokcdn.com", "/"),
    ]),
    ("hit, with path", [
        ("www.facebook.com", "/v21.0/dialog/oauth?client_id=1"), ("x.com", "/Exampleshire"),
        ("www.tiktok.com", "/@someone/video/7312345678901234567"),
        ("www.youtube.com", "/embed/abc"),
    ]),
    ("miss", [
        ("www.gov.uk", "/"), ("www.theguardian.com", "/uk"), ("fonts.gstatic.com", "/s/a.woff2"),
        ("outlook.office365.com", "/"), ("a.b.c.d.e.internal.exampleshire.gov.uk", "/"),
        ("netflix.com", "/"), ("insidious.example.org", "/"),
    ]),
    ("front end", [("nitter.somebody.example", "/"), ("redlib2.somebody.example", "/r/all")]),
    ("address", [("91.108.4.200", "/"), ("1.1.1.1", "/"), ("2a03:2880::1", "/")]),
)  # fmt: skip


MORE = 1_000_000
COPIES = [
    (Shown("www-bbc-co-uk.translate.goog", "/news"),),
    (Shown("web.archive.org", "/web/2023/https://www.facebook.com/x"),),
    (Shown("www.translatetheweb.com", "/", (("a", "https://www.gov.uk/x"),)),),
]


def shipped_platforms():
    platforms = []
    for file in sorted(RULES.glob("*.yaml")):
        facts = PlatformFile.model_validate(
            yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        )
        platforms.append(facts.to_platform(file.stem))
    return platforms


def median_microseconds(function, arguments, repetitions):
    rounds = []
    for _ in range(repetitions):
        start = time.perf_counter_ns()
        for argument in arguments:
            function(*argument)
        rounds.append((time.perf_counter_ns() - start) / len(arguments) / 1_000)
    return statistics.median(rounds)


def print_matches(catalogue, repetitions):
    for kind, arguments in WORK:
        median = median_microseconds(catalogue.match, arguments, repetitions)
        print(f"match, {kind:16} {median:6.2f} us per name")


def main():
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    start = time.perf_counter()
    platforms = shipped_platforms()
    catalogue = Catalogue(platforms)
    built = time.perf_counter() - start
    print(f"{len(catalogue.platforms)} platforms read and built in {built * 1_000:.0f} ms")
    print_matches(catalogue, repetitions)
    median = median_microseconds(catalogue.find, COPIES, repetitions)
    print(f"find, copies           {median:6.2f} us per address")
    opens = [(name,) for name in ("www.gov.uk", "www.theguardian.com", "a.b.c.example.gov.uk")]
    median = median_microseconds(catalogue.has_to_open, opens, repetitions)
    print(f"has_to_open, miss      {median:6.2f} us per name")
    names = {f"name-{number}.more-{number % 977}.example": Role.WEB for number in range(MORE)}
    print(f"with {MORE:,} names more:")
    more = Platform("more", "More", "forum", domains=names)
    print_matches(Catalogue([*platforms, more]), repetitions)
    names = [(name,) for _, arguments in WORK for name, _ in arguments if name[-1].isalpha()]
    print(
        f"normal_name, normal      {median_microseconds(normal_name, names, repetitions):6.2f} us"
    )


if __name__ == "__main__":
    main()
