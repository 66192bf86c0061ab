"""What the operator sees on stderr: that something failed, and nothing of what people did."""

import ast
import subprocess
import sys
from itertools import chain
from pathlib import Path

import breaktime
from support import command

PACKAGE = Path(breaktime.__file__).parent
SAYINGS = {f"log.{level}" for level in ("debug", "info", "warning", "error", "exception")}

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
door = logging.getLogger("breaktime.door.admission")
door.info("a client came in")
try:
    raise ValueError("secret.example")
except ValueError:
    door.exception("a connection could not be judged")
logging.getLogger("breaktime.mitm.hooks").error("a hook failed: %s", "requestheaders")
"""


def told_by(program):
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        env=command.environment(),
        text=True,
        check=False,
        timeout=command.TIMEOUT,
    )
    assert (done.returncode, done.stdout) == (0, "")
    return done.stderr


def test_no_more_is_told_than_was_wanted():
    told = told_by(PROGRAM.replace("log_to_stderr()", "log_to_stderr(logging.WARNING)", 1))
    assert "the gateway is fine" not in told
    assert "a request could not be judged" in told


def test_a_fault_of_mitmproxy_is_told_without_what_it_says():
    told = told_by(PROGRAM)
    ours, failed, raised, caused, deep, judged, hook = told.splitlines()
    assert ours.endswith("level='info' event='the gateway is fine' connections=3")
    assert "event='mitmproxy reported a fault' source='mitmproxy.proxy'" in failed
    assert raised.endswith("error='ValueError' at='<string>:10'")
    assert caused.endswith(
        "error='OSError' at='<string>:17' cause='KeyError' cause_at='<string>:15'"
    )
    assert "exc_info" not in told
    assert deep.count("<string>:21") == 6  # the innermost only, however deep it was
    assert "event='a connection could not be judged' source='breaktime.door.admission'" in judged
    assert judged.endswith("error='ValueError' at='<string>:29'")
    assert "event='a hook failed: requestheaders' source='breaktime.mitm.hooks'" in hook
    for secret in ("secret", "10.20.0.5", "a.jones", "Traceback"):
        assert secret not in told


def plain_messages():
    """Find what the door and the hooks say through `logging`, and with which values."""
    for file in sorted(chain((PACKAGE / "door").rglob("*.py"), (PACKAGE / "mitm").rglob("*.py"))):
        tree = ast.parse(file.read_text())
        if "logging.getLogger" not in file.read_text():
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYINGS:
                yield file.name, node


def test_what_the_door_says_is_a_fixed_text_with_at_most_the_name_of_a_hook():
    found = list(plain_messages())

    assert len(found) > 10
    for file, node in found:
        text, *values = node.args
        assert isinstance(text, ast.Constant), file
        assert {ast.unparse(value) for value in values} <= {"name", "hook.name"}, file
