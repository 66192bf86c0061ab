"""Pages in the words and colours of a site, at a running gateway: whole, or as they were."""

import re
import shutil
from pathlib import Path

import pytest

from support.clients import curl
from support.gateway import running

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).parents[2] / "examples" / "pages"
FB = "http://www.facebook.com/"


@pytest.fixture
def gateway(origin, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "pages")
    with running(tmp_path, origin, page=", templates: pages", languages="en, cy") as gateway:
        gateway.clock("11:00:00")
        yield gateway


def shown(gateway):
    return curl(gateway, FB, "-H", "Accept: text/html").body.decode()


def words(page):
    """Return a page without the number of the decision, which is another each time."""
    return re.sub("<code>.*?</code>", "", page)


def test_a_broken_folder_leaves_the_pages_as_they_were(gateway):
    before = shown(gateway)
    assert "Facebook opens in your break" in before
    assert "--deep: #5b2a6e" in before
    assert "County Hall, High Street" in before

    block = gateway.folder / "pages" / "block.html"
    whole = block.read_text()
    block.write_text(whole.replace("{{ p.why }}", "") + "<script>alert(1)</script>")
    gateway.hang_up()
    gateway.await_line("config-rejected")
    assert words(shown(gateway)) == words(before)

    loads = [line["event"]["action"] for line in gateway.lines()].count("config-loaded")
    block.write_text(whole.replace("County Hall", "Town Hall"))
    gateway.hang_up()
    gateway.await_line("config-loaded", loads + 1)
    assert "Town Hall, High Street" in shown(gateway)
