"""What is shipped in deploy/ is accepted by the programs that it is for."""

import json
import re
import subprocess

import pytest

from breaktime.core.reasons import Reason, Verdict
from breaktime.watch import Cut, Reload, Sources, Tally, exposition
from breaktime.watch.metrics import PolicyState, RecordsState, Relayed
from support.debian import require
from support.gateway import ROOT

DEPLOY = ROOT / "deploy"
PATIENCE = 60
USED = re.compile(r"\bbreaktime_[a-z_]+")


def accepted(*command, cwd=DEPLOY):
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=cwd
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [("check", "config", "prometheus.yaml"), ("test", "rules", "breaktime.rules.test.yaml")],
)
def test_the_alerts(words):
    accepted(require("promtool", "prometheus"), *words, cwd=DEPLOY / "prometheus")


def test_the_balancer():
    for example in ("haproxy.cfg", "transparent.cfg"):
        accepted(require("haproxy", "haproxy"), "-c", "-f", f"haproxy/{example}")


def test_the_collector(tmp_path):
    """Its files are not here: what is checked is that rsyslog understands it."""
    program = require("rsyslogd", "rsyslog rsyslog-openssl")
    text = (DEPLOY / "rsyslog" / "breaktime.conf").read_text()
    for name in ("ca.pem", "server.pem", "server.key"):
        (tmp_path / name).write_text("")
    (tmp_path / "rsyslog.conf").write_text(text.replace("/etc/breaktime-collector", str(tmp_path)))
    accepted(program, "-N1", "-f", str(tmp_path / "rsyslog.conf"))


@pytest.mark.parametrize("name", ["client-network.nft", "gateway.nft"])
def test_the_firewall(name):
    """In a network of its own: nothing of this machine is touched."""
    nft = require("nft", "nftables")
    accepted("unshare", "--user", "--map-root-user", "--net", nft, "-c", "-f", f"firewall/{name}")


def metrics():
    tally = Tally()
    tally.judged(Verdict.BLOCK, Reason.BLACKOUT, 0.1)
    tally.cuts[Cut.ENDED] = tally.reloads[Reload.TAKEN] = 1
    sources = Sources(
        tally,
        lambda: {"relayed": 1},
        lambda: Relayed(1, 2, 3),
        lambda: 1,
        lambda: RecordsState(writable=True, lost=0),
        lambda: PolicyState("0" * 64, 1.0),
        lambda: {"refused": 1},
        lambda: True,
    )
    return set(USED.findall(exposition(sources).decode()))


@pytest.mark.parametrize("file", ["prometheus/breaktime.rules.yaml", "grafana/breaktime.json"])
def test_only_metrics_that_there_are_are_asked_for(file):
    used = set(USED.findall((DEPLOY / file).read_text()))
    assert len(used) > 5
    assert used <= metrics()


def test_the_dashboard_has_a_place_for_each_panel():
    panels = json.loads((DEPLOY / "grafana/breaktime.json").read_text())["panels"]
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels}
    assert len(places) == len({one["id"] for one in panels}) == len(panels)


def test_the_container_takes_packages_from_the_lock_file_only():
    text = (DEPLOY / "container" / "Dockerfile").read_text()
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    for copied in re.findall(r"^COPY (?!--)(\S+)", text, re.MULTILINE):
        assert (ROOT / copied).exists()
