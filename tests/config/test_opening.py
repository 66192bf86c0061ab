"""Are the tables of people opened all or none, and their faults told at their line?"""

from dataclasses import replace

import pytest

from breaktime.config import ConfigError, parse
from breaktime.config.opening import check_providers, open_providers
from breaktime.identity.addresses import Addresses
from written import LEAST

GOOD = "address,person\n10.0.0.1,a.jones\n"
SHARED = GOOD + "10.0.0.1,b.patel\n"


@pytest.fixture
def config(tmp_path):
    """Return what loads a configuration with tables of these contents, None for one not there."""

    def load(*tables):
        text = LEAST.replace("identity: [{kind: basic, file: htpasswd}]", "identity:")
        for number, table in enumerate(tables, 1):
            text += f"  - {{kind: addresses, table: {number}.csv}}\n"
            if table is not None:
                (tmp_path / f"{number}.csv").write_text(table)
        return parse(text, base=tmp_path)

    return load


def test_providers_are_opened_in_the_order_of_the_file(config):
    opened = open_providers(config(GOOD, SHARED))
    providers, warnings = opened.providers, opened.warnings
    assert [provider.kind for provider in providers] == ["addresses", "addresses"]
    assert [(warning.line, warning.where) for warning in warnings] == [(6, "identity[2]")]


def test_one_that_cannot_be_opened_keeps_all_closed(config):
    with pytest.raises(ConfigError) as caught:
        open_providers(config(None, "nonsense\n", GOOD))
    first, second = caught.value.problems
    assert str(first).startswith("breaktime.yaml:5:5: identity[1]: ")
    assert str(second).startswith("breaktime.yaml:6:5: identity[2]: ")


def test_a_fault_leaves_nothing_open(config, monkeypatch):
    closed = []
    monkeypatch.setattr(Addresses, "close", lambda self: closed.append(self.kind))
    loaded = config(GOOD, GOOD)

    class Faulty:
        kind = "faulty"

        def open(self, base):
            raise KeyError

    settings = replace(loaded.settings, identity=(loaded.settings.identity[0], Faulty()))
    with pytest.raises(KeyError):
        open_providers(replace(loaded, settings=settings))
    assert closed == ["addresses"]


def test_a_table_that_is_not_there_is_only_doubtful_when_asked(config):
    problems, warnings = check_providers(config(None, "nonsense\n", SHARED))
    assert [problem.where for problem in problems] == ["identity[2]"]
    assert [warning.where for warning in warnings] == ["identity[1]", "identity[3]"]


def test_each_table_is_watched(config, tmp_path):
    loaded = config(GOOD, GOOD)
    assert {tmp_path / "1.csv", tmp_path / "2.csv"} <= set(loaded.files)
