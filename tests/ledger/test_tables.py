"""Is the schema one for both databases?"""

from breaktime.ledger.tables import METADATA, MIGRATIONS


def test_there_is_a_step_for_every_table():
    created = {
        statement.split()[2]
        for statements in MIGRATIONS
        for statement in statements
        if statement.startswith("CREATE TABLE")
    }
    assert created | {"version"} == set(METADATA.tables)


def test_the_first_step_is_what_was_released():
    """Whoever has it will not take it again: changes go into a new step."""
    assert len(MIGRATIONS) == 4
    assert [len(step) for step in MIGRATIONS] == [5, 3, 1, 1]
