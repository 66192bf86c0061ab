"""
axe-core, run in a page of a real browser.

Source: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
"""

from functools import lru_cache
from pathlib import Path

from support.browser import Tab

_FILE = Path(__file__).parents[1] / "browser/node_modules/axe-core/axe.min.js"

_RUN = """axe.run(document, {resultTypes: ['violations'], elementRef: false}).then(found =>
    found.violations.flatMap(one => one.nodes.map(
        node => one.id + ': ' + node.target.join(' ') + ': ' + node.failureSummary)))"""


@lru_cache(maxsize=1)
def _axe() -> str:
    assert _FILE.exists(), "the tests of pages need axe-core: npm ci --prefix tests/browser"
    return _FILE.read_text("utf-8")


def violations(tab: Tab) -> list[str]:
    """Check the page that a tab shows; say for each fault which rule, where and why."""
    if tab.run("typeof axe", act=False) == "undefined":
        tab.run(f"{_axe()}; 1", act=False)
    return tab.run(_RUN, act=False)
