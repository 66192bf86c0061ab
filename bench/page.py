"""
How long it takes to answer a refused request.

    PYTHONPATH=addon python bench/page.py
"""

from datetime import UTC, datetime
from statistics import quantiles
from time import perf_counter
from zoneinfo import ZoneInfo

from breaktime.core.decide import Reason
from breaktime.core.visit import Fetch
from breaktime.pages import Asked, Contact, PageSettings, Refusal, answer

ROUNDS = 5000
BUDGET_MS = 1.0

SETTINGS = PageSettings(
    Contact("HR Advice", "01632 960001", "hr@exampleshire.example", "Mon-Fri 08:30-17:00"),
    "https://intranet.exampleshire.example/social-media-policy",
    "https://intranet.exampleshire.example/social-media-faq",
    languages=("en", "cy"),
)
REFUSAL = Refusal(
    decision="0193a1b2-7c44-7d10-9a77-2f60c1a4be55",
    reason=Reason.OUTSIDE_BREAKS,
    at=datetime(2026, 11, 23, 10, 20, tzinfo=UTC),
    organisation="Exampleshire Council",
    zone=ZoneInfo("Europe/London"),
    platform="Facebook",
    opens_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
    rule="break:lunch",
    person="r.hughes",
)
REQUESTS = {
    "page": Asked("GET", Fetch("document", "navigate"), "text/html"),
    "frame": Asked("GET", Fetch("iframe", "navigate"), "text/html"),
    "fetch": Asked("GET", Fetch("empty", "cors"), "*/*"),
    "image": Asked("GET", Fetch("image", "no-cors"), "image/*"),
}


def milliseconds(asked: Asked) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        start = perf_counter()
        answer(REFUSAL, asked, SETTINGS)
        found.append((perf_counter() - start) * 1000)
    return found


def main() -> None:
    print(f"{'':8}{'median':>10}{'p99':>10}   ms, {ROUNDS} answers, budget {BUDGET_MS} ms")
    for name, asked in REQUESTS.items():
        cuts = quantiles(milliseconds(asked), n=100)
        size = len(answer(REFUSAL, asked, SETTINGS).body)
        print(f"{name:8}{cuts[49]:10.3f}{cuts[98]:10.3f}   {size} bytes")


if __name__ == "__main__":
    main()
