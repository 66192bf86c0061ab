"""What people meet is the same with workers: some of these tests, with `GATEWAY_WORKERS=2`."""

import os
import subprocess
import sys

import pytest

from support.gateway import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SOME = {
    "who asks": [
        "test_kerberos.py::test_a_ticket_holds_for_its_connection_and_for_nobody_elses",
        "test_certificates.py::test_whoever_shows_a_certificate_is_known",
        "test_portal.py::test_a_break_is_started_counted_and_stopped",
        "test_portal.py::test_a_request_is_approved_by_a_manager_and_opens_the_site",
    ],
    "what ends": [
        "test_ending.py::test_all_that_a_break_has_opened_ends_and_nothing_else",
        "test_ending.py::test_a_stream_of_http2_ends_alone_where_others_go_on",
        "test_faults.py::test_an_open_connection_to_the_site_is_no_way_round_a_fault[h2-put]",
    ],
}


@pytest.mark.parametrize("which", SOME)
def test_some_of_all(which):
    """The whole folder can be run like this; a build machine has not the time for it."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [f"tests/e2e/{each}" for each in SOME[which]]

    done = subprocess.run(
        command, cwd=ROOT, env={**env, "GATEWAY_WORKERS": "2"}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert " skipped" not in done.stdout.splitlines()[-1]
