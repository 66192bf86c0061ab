"""Pages in the words and colours of a site, at a running gateway: whole, or as they were."""

import json
import re
import shutil
from pathlib import Path

import pytest

from support.clients import curl
from support.gateway import running

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).parents[2] / "examples" / "pages"
FB = "http://www.facebook.com/"


@pytest.fixture(scope="module")
def gateway(origin, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("site")
    shutil.copytree(EXAMPLE, tmp_path / "pages")
    interrupted(tmp_path)
    with running(tmp_path, origin, page=", templates: pages", languages="en, cy") as gateway:
        gateway.clock("11:00:00")
        yield gateway


def interrupted(folder):
    """Leave what a gateway leaves that ended before it could record an approval."""
    case = {"id": "BC-2026-0A1B2C3D", "for": {"person": "a.jones"}}
    (folder / "cases.d").mkdir()
    (folder / "cases.d" / ".portal-BC-2026-0A1B2C3D.yaml.approved").write_text(
        json.dumps({"business_cases": [case]})
    )


def test_an_approval_that_was_not_recorded_is_gone_when_the_gateway_starts(gateway):
    assert list((gateway.folder / "cases.d").iterdir()) == []
    assert "an approval that was interrupted is open again" in gateway.told()


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
