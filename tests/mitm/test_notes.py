"""What happens to the gateway itself is written down."""

from types import SimpleNamespace

from breaktime.core.record import Action
from breaktime.mitm.notes import Notes
from records import NOON


def test_a_note_says_what_when_and_under_which_policy():
    records = []
    state = SimpleNamespace(now=SimpleNamespace(policy=SimpleNamespace(fingerprint="first")))
    notes = Notes(records.append, lambda: NOON, state, "config.yaml")

    notes.note(Action.SERVICE_STARTED, "The gateway has started")
    state.now.policy.fingerprint = "second"
    notes.note(Action.CONFIG_REJECTED, "Not taken", problems=2)

    first, second = records
    assert (first.action, first.at, first.ruleset, first.file, first.problems) == (
        Action.SERVICE_STARTED,
        NOON,
        "first",
        "config.yaml",
        None,
    )
    assert (second.message, second.ruleset, second.problems) == ("Not taken", "second", 2)
