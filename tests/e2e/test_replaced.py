"""The program's files are replaced or removed while it runs: closed stays closed, and open open."""

import os
import shutil

import pytest

from support.clients import curl
from support.gateway import ROOT, running
from support.origin import UNHEARD

pytestmark = pytest.mark.e2e

FACEBOOK, INNOCENT = "https://www.facebook.com/", "https://www.example.org/"
OPENS_ALL = "raise SystemExit(0)\n"


def removed(installed):
    shutil.rmtree(installed)


def replaced(installed):
    for file in installed.rglob("*.py"):
        file.write_text(OPENS_ALL)
    for file in installed.rglob("*.yaml"):
        file.write_text("")
    for cache in installed.rglob("__pycache__"):
        shutil.rmtree(cache)


@pytest.mark.parametrize("harm", [removed, replaced])
def test_a_program_that_is_replaced_goes_on_as_it_is(origin, tmp_path, harm):
    installed = tmp_path / "installed"
    for part in ("addon/breaktime", "rules"):
        shutil.copytree(ROOT / part, installed / part)
    folder = tmp_path / "gateway"
    folder.mkdir()
    paths = os.pathsep.join([str(installed / "addon"), str(ROOT / "tests")])
    with running(folder, origin, environment={"PYTHONPATH": paths}) as gateway:
        gateway.clock("10:00:00")
        harm(installed)
        gateway.hang_up()  # what it reads again is its configuration, and not itself

        for url in (FACEBOOK, FACEBOOK.replace("https", "http")):
            for version in ("--http1.1", "--http2"):
                assert curl(gateway, url, version).status in {403, 503}
        assert origin.seen.heard == UNHEARD
        for _ in range(2):
            assert curl(gateway, INNOCENT).status == 200
            assert curl(gateway, INNOCENT.replace("https", "http")).status == 200
        assert gateway.process.poll() is None
