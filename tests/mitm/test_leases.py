"""What a break has opened ends with it."""

from datetime import UTC, datetime, timedelta

from breaktime.mitm.leases import Leases

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GRACE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)


def leases():
    ended = []
    return Leases(ended.append), ended


def test_a_connection_ends_after_the_grace_and_not_before():
    table, ended = leases()
    table.grant("a", NOON, GRACE)

    assert table.sweep(NOON + GRACE - SECOND) == 0
    assert table.sweep(NOON + GRACE) == 1
    assert ended == ["a"]


def test_a_connection_is_ended_once():
    table, ended = leases()
    table.grant("a", NOON, GRACE)
    table.sweep(NOON + 2 * GRACE)

    assert table.sweep(NOON + 3 * GRACE) == 0
    assert ended == ["a"]


def test_the_last_decision_counts():
    table, _ = leases()
    table.grant("a", NOON, GRACE)
    table.grant("a", NOON + timedelta(hours=1), GRACE)
    table.grant("b", NOON, GRACE)
    table.grant("b", None, GRACE)

    assert table.sweep(NOON + GRACE) == 0
    assert len(table) == 1


def test_a_connection_that_has_gone_is_forgotten():
    table, ended = leases()
    table.grant("a", NOON, GRACE)
    table.release("a")
    table.release("never known")

    assert table.sweep(NOON + GRACE) == 0
    assert ended == []


def test_a_sitting_that_was_stopped_ends_its_connections_after_a_grace():
    table, ended = leases()
    table.grant("a", NOON + timedelta(hours=1), GRACE, "ada")
    table.grant("b", NOON + timedelta(hours=1), GRACE, "bob")
    table.grant("c", NOON + timedelta(hours=1), GRACE)

    assert table.sittings() == {"a": "ada", "b": "bob"}
    table.stopped(["a", "c", "gone"], NOON, GRACE)
    table.sweep(NOON + GRACE)

    assert ended == ["a"]
    assert table.sittings() == {"b": "bob"}


def test_stopping_does_not_make_a_connection_live_longer():
    table, ended = leases()
    table.grant("a", NOON, GRACE, "ada")
    table.stopped(["a"], NOON + GRACE, GRACE)
    table.sweep(NOON + GRACE)

    assert ended == ["a"]


def test_the_next_decision_may_be_of_another_break():
    table, _ = leases()
    table.grant("a", NOON, GRACE, "ada")
    table.grant("a", NOON, GRACE)
    table.grant("b", None, GRACE, "bob")
    table.stopped(["b"], NOON, GRACE)

    assert table.sittings() == {}
    table.grant("c", NOON, GRACE, "cy")
    table.release("c")
    table.grant("d", NOON, GRACE, "dan")
    table.sweep(NOON + GRACE)
    assert table.sittings() == {}
