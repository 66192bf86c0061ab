"""The same policy under plain mitmdump, as the README says to start it."""

import re
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from support import command
from support.command import CONFIG, ROOT, configuration, end

pytestmark = pytest.mark.e2e

MITMDUMP = "from mitmproxy.tools.main import mitmdump; mitmdump()"


def start(folder, config):
    """Start mitmdump with the addon, in an empty home."""
    (folder / "home").mkdir()
    words = ["-s", str(ROOT / "addon/breaktime_addon.py"), "--set", f"breaktime_config={config}"]
    return subprocess.Popen(
        [sys.executable, "-u", "-W", "ignore", "-c", MITMDUMP, "-p", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=command.environment(HOME=str(folder / "home")),
        text=True,
    )


@pytest.fixture
def proxy(tmp_path):
    process = start(tmp_path, configuration(tmp_path))
    try:
        said = []
        while not (found := re.search(r"listening at \S+:(\d+)", said[-1] if said else "")):
            said.append(process.stdout.readline())
            assert said[-1], said
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait(command.TIMEOUT)
        end(process)


def test_a_controlled_site_is_refused_and_recorded(proxy, tmp_path):
    opener = build_opener(ProxyHandler({"http": proxy}))
    headers = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    with pytest.raises(HTTPError) as refused:
        opener.open(Request("http://www.facebook.com/", headers=headers), timeout=command.TIMEOUT)
    with refused.value as answer:
        assert answer.code == 403
        assert b"Facebook is not open" in answer.read()
    (file,) = (tmp_path / "audit").glob("audit-trial-*.jsonl")
    (record,) = command.objects(file.read_bytes())
    assert record["event"]["reason"] == "identity_unknown"
    assert record["url"]["domain"] == "www.facebook.com"


def test_a_configuration_with_problems_is_not_taken(tmp_path):
    config = configuration(tmp_path, CONFIG.replace("12:00-14:00", "noon"))
    process = start(tmp_path, config)
    try:
        said, _ = process.communicate(timeout=command.TIMEOUT)
        assert process.returncode == 1
        assert f"{config}:6:30: breaks.lunch.at: must be a range" in said
    finally:
        end(process)
