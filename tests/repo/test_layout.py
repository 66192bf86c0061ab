"""Does each module have its test where one looks for it, and is no file too long to read?"""

from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
MAP = {"__init__.py", "__main__.py"}  # they say where things are; what they name is tested
LINES = 400

# The modules without a test file of their own, each with the reason.
TESTED_ELSEWHERE = {
    "audit/store.py": "a protocol; the files that keep it: test_file.py, test_file_changed.py",
    "core/platforms.py": "what a platform is shows in what is found: test_what.py, tests/rules",
    "door/answers.py": "what a client reads of them stands in test_door.py and test_policing.py",
    "door/authority.py": "every spelling goes through the door: test_door.py, test_fuzz.py",
    "door/destination.py": "what may be connected to is the table of test_dial.py",
    "door/dialogue.py": "each word of it is said in test_conn.py, test_socks.py, test_announced.py",
    "door/entrance.py": "a closed set of ways; each has its test: test_socks.py, tests/e2e",
    "door/house.py": "what connections share; test_conn.py counts what is left in it",
    "door/intake.py": "reading, piece by piece and too much at once: test_admission.py",
    "door/listener.py": "accepting, pausing and closing: test_door.py",
    "door/reasons.py": "a closed set of names",
    "door/speech.py": "what is said of it is read in test_leave.py and test_socks.py",
    "door/stage.py": "a closed set of names; test_conn.py brings a connection to each",
    "door/steps.py": "closed sets of names",
    "config/schema_directory.py": "what is wrong with the section: tests/config/bad/directory-*",
    "identity/checks.py": "bounds, sharing and closing: test_basic.py, test_negotiate.py",
    "identity/directory_settings.py": "values, read in test_text_directory.py",
    "identity/ldap.py": "against a real server: test_directory.py",
    "identity/networks.py": "which addresses are in which: test_addresses.py, test_header.py",
    "identity/passwords.py": "what is remembered, and for how long: test_basic.py",
    "reports/forms.py": "text, page and table: tests/cli/test_report.py",
    "reports/subject.py": "all about one person: tests/cli/test_export.py",
    "reports/replay.py": "against records of a policy's own answers: tests/cli/test_replay.py",
    "mitm/gateway.py": "all of it put together: tests/e2e, tests/cli/test_run.py",
    "mitm/basis.py": "values; every test of tests/e2e stands on one",
    "mitm/here.py": "one process for all, as in all of tests/e2e but test_workers.py",
    "mitm/recovering.py": "what it finishes: tests/portal/test_recovery.py, and when: tests/e2e",
    "mitm/opening.py": "what `here` and `workers/staff` have in common; a closed set of questions",
    "mitm/outside.py": "two questions, which mypy asks",
    "mitm/workers/staff.py": "a door with two workers: tests/e2e/test_workers.py",
    "mitm/workers/worker.py": "a worker's process: tests/e2e/test_workers.py",
    "mitm/inside.py": "what opened connections run through: tests/e2e opens them",
    "portal/ask.py": "one request; every page of tests/portal is made of one",
    "portal/house.py": "what a portal stands in; tests/support/portal.py builds one",
    "portal/visitor.py": "who asks, for every test of tests/portal",
    "mitm/watching.py": "a real gateway is watched: tests/e2e/test_watching.py",
    "mitm/world.py": "values; every test of tests/e2e starts a gateway in one",
    "mitm/refuse.py": "which page comes with which verdict: tests/e2e/test_verdicts.py",
}


def modules(root):
    package = root / "addon" / "breaktime"
    return {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.name not in MAP and "__pycache__" not in path.parts
    }


def home_of_test(module):
    path = PurePosixPath(module)
    return str("tests" / path.with_name(f"test_{path.name}"))


def untested(root):
    return {module for module in modules(root) if not (root / home_of_test(module)).is_file()}


def too_long(root):
    files = [
        path for folder in ("addon", "bench", "tests") for path in (root / folder).rglob("*.py")
    ]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return {path.relative_to(root).as_posix(): n for path, n in lengths.items() if n > LINES}


def test_each_module_has_its_test_file():
    missing = {module: home_of_test(module) for module in untested(ROOT) - TESTED_ELSEWHERE.keys()}
    assert not missing


def test_each_exception_is_still_needed():
    assert TESTED_ELSEWHERE.keys() <= untested(ROOT)
    assert all(TESTED_ELSEWHERE.values())


def test_no_file_is_longer_than_one_reads_at_a_sitting():
    assert not too_long(ROOT)


def test_a_missing_test_file_and_a_long_file_are_seen(tmp_path):
    for name in ("core/when.py", "core/__init__.py", "top.py"):
        path = tmp_path / "addon/breaktime" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n" * (LINES + 1 if name == "top.py" else LINES))
    assert untested(tmp_path) == {"core/when.py", "top.py"}
    (tmp_path / "tests/core").mkdir(parents=True)
    (tmp_path / "tests/core/test_when.py").touch()
    assert untested(tmp_path) == {"top.py"}
    assert too_long(tmp_path) == {"addon/breaktime/top.py": LINES + 1}
