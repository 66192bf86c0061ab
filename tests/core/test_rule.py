"""A rule can be named, with its place where it has one."""

import pytest

from breaktime.core.rule import Rule


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule("break:lunch", "config.yaml", 12), "break:lunch (config.yaml:12)"),
        (Rule("filter-error"), "filter-error"),
    ],
)
def test_a_rule_is_shown_with_its_place(rule, text):
    assert str(rule) == text
