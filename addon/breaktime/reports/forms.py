"""A report as text, as a table, and as a page without scripts."""

from collections.abc import Iterable, Iterator
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from breaktime.audit.reading import safe_sentence
from breaktime.audit.table import row as table_row
from breaktime.reports.figures import FEWEST, Breakdown, Report, Row
from breaktime.reports.query import REACH

HEADINGS: Final = (
    "people", "visits", "refusals", "other refusals", "unlisted refusals",
    "minutes, at least", "minutes, at most",
)  # fmt: skip

METHOD: Final = (
    "Visits are pages that a person went to and was let to, as told by the browser.",
    "Refusals are pages that a person went to and was refused, as told by the browser.",
    "Other refusals are of what open pages and programs asked for by themselves: nobody's attempt.",
    "Unlisted refusals were too many for a line each.",
    "Minutes are minutes with activity, never time spent: nobody knows how long a page was read.",
    "At least: the minutes in which a page was opened.",
    f"At most: as if each page had been read for {REACH} minutes, to the next or the break's end.",
    f"Groups of fewer than {FEWEST} people are put together. Who is in two teams counts in both.",
    "A minute in which somebody went to two platforms is one of each, and one of all together.",
    "Where nobody is known, a computer counts as a person.",
)
TOO_FEW: Final = f"Fewer than {FEWEST} people: no figures are shown."
REST: Final = "others together"
ONLY_COUNTED: Final = "Only counted, by nobody's name, and in no figure above:"

_pages = Environment(
    loader=PackageLoader("breaktime.reports", "."), autoescape=True, undefined=StrictUndefined
)


def as_text(report: Report) -> Iterator[str]:
    """Yield the lines of a report: printable ASCII, whatever the log holds."""
    yield f"Report of {report.made:%Y-%m-%d %H:%M} UTC: {safe_sentence(report.selection)}"
    if report.total is None:
        yield TOO_FEW
    else:
        people, counts = report.total[1:]
        yield f"{counts.visits} visits and {counts.refusals} refusals of {people} people."
        yield f"Visits in a break: {share(report)}."
    for found in report.breakdowns:
        yield ""
        names = [safe_sentence(row.name) for row in found.rows]
        wide = max(map(len, [*names, REST, found.name]))
        widths = [max(len(heading), 7) for heading in HEADINGS]
        title = found.name.ljust(wide)
        yield "  ".join([title, *(h.rjust(w) for h, w in zip(HEADINGS, widths, strict=True))])
        for row in rows_of(found):
            cells = (str(value).rjust(w) for value, w in zip(_cells(row), widths, strict=True))
            yield "  ".join([safe_sentence(row.name).ljust(wide), *cells])
        if found.small:
            yield _small(found)
    yield from _nameless(report)
    yield ""
    if report.unreadable:
        noun = "line is no record" if report.unreadable == 1 else "lines are no records"
        yield f"{report.unreadable} {noun}."
    if report.breakdowns:
        yield f"Hours are those of {report.zone}."
    yield from METHOD


def as_table(report: Report) -> Iterator[str]:
    """Yield the rows of a table for spreadsheets; no cell is a formula."""
    yield table_row(("by", "group", *HEADINGS))
    if report.total is not None:
        yield table_row(("everybody", "", *_cells(report.total)))
    for found in report.breakdowns:
        for row in rows_of(found):
            yield table_row((found.name, row.name, *_cells(row)))
    for one in report.nameless:
        name = f"{one.platform}, {one.context}"
        yield table_row(("only counted", name, "", one.visits, one.refusals, *[""] * 4))


def as_page(report: Report) -> str:
    """Write a page of HTML that loads nothing and runs nothing."""
    return _pages.get_template("report.html").render(
        report=report,
        share=share(report),
        rows_of=rows_of,
        headings=HEADINGS,
        cells=_cells,
        small=_small,
        few=few_counts,
        bars=_bars,
        method=METHOD,
        too_few=TOO_FEW,
        only_counted=ONLY_COUNTED,
    )


def few_counts(report: Report) -> str:
    """Say how much of what was only counted is not shown; empty where nothing is left out."""
    if not report.few:
        return ""
    noun = "count of an hour is" if report.few == 1 else "counts of an hour are"
    return (
        f"{report.few} {noun} not shown: fewer than {FEWEST} people. So there was more than this."
    )


def share(report: Report) -> str:
    """Say which part of the visits was in a break."""
    visits = report.total.counts.visits if report.total else 0
    inside = report.in_breaks
    if inside is None:
        return f"not shown, because it is about fewer than {FEWEST} people"
    return f"{inside}, or {100 * inside / visits:.1f} %" if visits else "none"


def rows_of(found: Breakdown) -> tuple[Row, ...]:
    """Return all rows that may be shown."""
    if found.rest is None:
        return found.rows
    return (*found.rows, found.rest._replace(name=REST))


def _nameless(report: Report) -> Iterator[str]:
    """Yield the lines of what was only counted."""
    if report.nameless or report.few:
        yield ""
        yield ONLY_COUNTED
    for one in report.nameless:
        where = safe_sentence(f"{one.platform}, {one.context}")
        yield f"  {where}: {one.visits} visits, {one.refusals} refusals"
    if report.few:
        yield few_counts(report)


def _cells(row: Row) -> tuple[int, ...]:
    return (row.people, *row.counts)


def _small(found: Breakdown) -> str:
    noun = "group is" if found.small == 1 else "groups are"
    shown = "shown together" if found.rest else "not shown"
    return f"{found.small} {noun} {shown}: fewer than {FEWEST} people, or needed to hide such."


def _bars(rows: Iterable[Row], width: int) -> list[tuple[float, float]]:
    """Return the lengths of the bars of visits and refusals."""
    rows = list(rows)
    longest = max((row.counts.visits + row.counts.refusals for row in rows), default=0) or 1
    scale = width / longest
    return [(row.counts.visits * scale, row.counts.refusals * scale) for row in rows]
