"""
What does the shipped catalogue hold, is it right, and what does it cost?

Prints platforms, names per role, precision and recall on the tables of `tests/rules`, the time and
memory of loading, and the median of one match in microseconds, with the shipped names and with a
million more; the budgets are 1.5 and 2.5. All times are of the processor.

Run with the shipped rules: `python bench/catalogue.py [repetitions]`; about half a minute.
"""

import csv
import gc
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from breaktime.catalogue.lists import read_list
from breaktime.config import positions, shipped_catalogue
from breaktime.config.platform_file import PlatformFile
from breaktime.config.rules import read_rules
from breaktime.core.copies import Shown
from breaktime.core.names import normal_name
from breaktime.core.platforms import Platform, Role
from breaktime.core.what import Catalogue, describe

TABLES = Path(__file__).parents[1] / "tests" / "rules"
REPETITIONS = 300
MILLION = 1_000_000
MIXED = 4_000
LOADS = 5
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
COPIES = [
    (Shown("www-bbc-co-uk.translate.goog", "/news"),),
    (Shown("web.archive.org", "/web/2023/https://www.facebook.com/x"),),
    (Shown("www.translatetheweb.com", "/", (("a", "https://www.gov.uk/x"),)),),
]
OPENS = [("www.gov.uk",), ("www.theguardian.com",), ("a.b.c.example.gov.uk",)]


def table(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def resident():
    """Return the memory of this process in MiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def median_microseconds(function, arguments, repetitions):
    rounds = []
    for _ in range(repetitions):
        start = time.thread_time_ns()  # what others do on this machine is not counted
        for argument in arguments:
            function(*argument)
        rounds.append((time.thread_time_ns() - start) / len(arguments) / 1_000)
    return statistics.median(rounds)


def print_holdings(catalogue):
    platforms = catalogue.platforms.values()
    off = sum(not platform.by_category for platform in platforms)
    print(f"platforms {len(platforms)}, of which {off} only by their own id")
    roles = [role for platform in platforms for role in platform.domains.values()]
    for role in Role:
        print(f"  {role:10} {roles.count(role):5} names")
    print(f"  {'all':10} {len(roles):5} names")


def print_accuracy(catalogue):
    print_score("examples", [(row["platform"], describe(catalogue, row["address"])[0])
                             for row in table("examples.tsv")])  # fmt: skip
    names = [(row["platform"], row["name"]) for row in table("names.tsv")]
    names += [("-", row["name"]) for row in table("innocent.tsv")]
    print_score("names", [(platform, found.platform if (found := catalogue.match(name)) else "-")
                          for platform, name in names])  # fmt: skip


def print_score(title, pairs):
    right = sum(expected == found != "-" for expected, found in pairs)
    named = sum(found != "-" for _, found in pairs)
    wanted = sum(expected != "-" for expected, _ in pairs)
    print(
        f"{title}: {len(pairs)} judged, {wanted} of platforms; "
        f"precision {100 * right / named:.2f} %, recall {100 * right / wanted:.2f} %"
    )


def print_loading():
    """Load in fresh processes: what has been read once is kept."""
    code = (
        "import time; from breaktime.config.rules import read_rules;"
        "start = time.process_time(); read_rules(); print(time.process_time() - start)"
    )
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(LOADS)
    ]
    print(f"load from files {statistics.median(times) * 1_000:.0f} ms")


def print_reading():
    """Read a platform of so many names, to see that twice as many take twice as long."""
    for number in (10_000, 20_000, 40_000):
        names = [f"site-{each}.example" for each in range(number)]
        text = f"name: M\ncategory: forum\ndomains: {{web: [{', '.join(names)}]}}\nsources: [own]\n"
        start = time.thread_time()
        data = positions.read(text, "m.yaml").data
        Catalogue([PlatformFile.model_validate(data).to_platform("m")])
        read = time.thread_time() - start
        start = time.thread_time()
        read_list("\n".join(names), "m.txt", open)
        taken = time.thread_time() - start
        print(f"read {number} names: platform file {read:.2f} s, list {taken:.2f} s")


def print_matching(title, catalogue, repetitions):
    chance = random.Random(1)
    names = [row["name"] for name in ("names.tsv", "innocent.tsv") for row in table(name)]
    mixed = [(name,) for name in chance.sample(names, MIXED)]
    print(f"{title}:")
    median = median_microseconds(catalogue.match, mixed, repetitions // 10)
    print(f"  {'a name of the tables':20} {median:6.2f} us")
    for kind, arguments in WORK:
        median = median_microseconds(catalogue.match, arguments, repetitions)
        print(f"  {kind:20} {median:6.2f} us")


def main():
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    before = resident()
    catalogue = shipped_catalogue()
    print_holdings(catalogue)
    print(f"memory {resident() - before:.1f} MiB")
    print_loading()
    print_reading()
    print_accuracy(catalogue)
    print_matching("match, shipped names", catalogue, repetitions)
    print(f"find, copies {median_microseconds(catalogue.find, COPIES, repetitions):6.2f} us")
    print(f"has_to_open {median_microseconds(catalogue.has_to_open, OPENS, repetitions):6.2f} us")
    names = [(name,) for _, arguments in WORK for name, _ in arguments if name[-1].isalpha()]
    print(f"normal_name {median_microseconds(normal_name, names, repetitions):6.2f} us")
    more = {f"name-{number}.more-{number % 977}.example": Role.WEB for number in range(MILLION)}
    before = resident()
    known = read_rules().platforms.values()
    large = Catalogue([*known, Platform("more", "More", "forum", domains=more)])
    print(f"memory of a million more names {resident() - before:.0f} MiB")
    print_matching("match, a million more names", large, repetitions)


if __name__ == "__main__":
    main()
