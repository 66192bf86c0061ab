"""What the operator sees on stderr: that something failed, and nothing of what people did."""

import subprocess
import sys

from support import command

PROGRAM = """\
import logging, structlog
from breaktime.mitm.logs import log_to_stderr
log_to_stderr()
structlog.get_logger("breaktime.gateway").info("the gateway is fine", connections=3)
log = logging.getLogger("mitmproxy.proxy")
log.info("client 10.20.0.5 opened secret.example")
log.warning("secret.example answers oddly")
log.error("secret.example failed for %s", "10.20.0.5")
try:
    raise ValueError("secret.example")
except ValueError:
    log.exception("a.jones")
try:
    try:
        {}["secret.example"]
    except KeyError as cause:
        raise OSError(28, "secret.example") from cause
except OSError:
    structlog.get_logger("breaktime.gateway").exception("a request could not be judged")
def deep(left):
    return deep(left - 1) if left else int("secret")
try:
    deep(50)
except ValueError as error:
    structlog.get_logger("breaktime.gateway").error("deep", exc_info=error)
"""


def test_no_more_is_told_than_was_wanted():
    quiet = PROGRAM.replace("log_to_stderr()", "log_to_stderr(logging.WARNING)", 1)
    done = subprocess.run(
        [sys.executable, "-c", quiet],
        capture_output=True,
        env=command.environment(),
        text=True,
        check=False,
        timeout=command.TIMEOUT,
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "the gateway is fine" not in done.stderr
    assert "a request could not be judged" in done.stderr


def test_a_fault_of_mitmproxy_is_told_without_what_it_says():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        env=command.environment(),
        text=True,
        check=False,
        timeout=command.TIMEOUT,
    )
    assert (done.returncode, done.stdout) == (0, "")
    ours, failed, raised, caused, deep = done.stderr.splitlines()
    assert ours.endswith("level='info' event='the gateway is fine' connections=3")
    assert "event='mitmproxy reported a fault' source='mitmproxy.proxy'" in failed
    assert raised.endswith("error='ValueError' at='<string>:10'")
    assert caused.endswith(
        "error='OSError' at='<string>:17' cause='KeyError' cause_at='<string>:15'"
    )
    assert "exc_info" not in done.stderr
    assert deep.count(":21") == 6  # the innermost only, however deep it was
    for secret in ("secret", "10.20.0.5", "a.jones", "Traceback"):
        assert secret not in done.stderr
