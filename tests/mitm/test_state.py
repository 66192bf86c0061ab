"""What is in force: everything opened for it, or nothing."""

from dataclasses import replace

import pytest

from breaktime.config import ConfigError, load
from breaktime.config.opening import open_providers
from breaktime.mitm import state as module
from breaktime.mitm.state import State, after_restart, open_for
from breaktime.pages import Contact
from support.command import CONFIG, ROOT, configuration

PAGE = """\
page:
  help: {name: HR Advice, phone: 01632 960001, email: hr@exampleshire.example, hours: Mon-Fri}
  policy: https://intranet.exampleshire.example/policy
  questions: https://intranet.exampleshire.example/questions
"""


def test_what_was_loaded_is_in_force_with_its_tables_open(tmp_path):
    loaded = load(configuration(tmp_path))
    now = open_for(loaded)
    assert (now.policy, now.settings) == (loaded.policy, loaded.settings)
    assert len(now.providers) == len(loaded.settings.identity) == 1
    assert State(now).now is now


def test_pages_show_what_the_configuration_says(tmp_path):
    pages = open_for(load(configuration(tmp_path, CONFIG + PAGE))).pages
    assert pages.contact == Contact(
        "HR Advice", "01632 960001", "hr@exampleshire.example", "Mon-Fri"
    )
    assert pages.policy == "https://intranet.exampleshire.example/policy"
    assert pages.questions == "https://intranet.exampleshire.example/questions"


def test_pages_without_settings_name_nobody(tmp_path):
    pages = open_for(load(configuration(tmp_path))).pages
    assert (pages.contact, pages.policy, pages.questions) == (Contact(), "", "")


def test_other_people_are_another_state_although_the_policy_is_the_same(tmp_path):
    path = configuration(tmp_path)
    before, again = open_for(load(path)), open_for(load(path))
    (tmp_path / "people.csv").write_text("address,person\n10.20.0.5,c.lee\n")
    after = open_for(load(path))
    assert before.people == again.people != after.people
    assert before.policy.fingerprint == after.policy.fingerprint


def test_a_table_that_is_missing_is_a_problem_at_its_place(tmp_path):
    path = configuration(tmp_path)
    (tmp_path / "people.csv").unlink()
    with pytest.raises(ConfigError) as error:
        open_for(load(path))
    (problem,) = error.value.problems
    assert str(problem).startswith(f"{path}:")
    assert "identity[1]: " in str(problem)


def test_the_people_that_were_read_count_and_not_a_file_that_is_another_by_now(
    tmp_path, monkeypatch
):
    path = configuration(tmp_path)
    before = open_for(load(path))
    opened = []

    def open_and_remove(loaded):
        opened.append(open_providers(loaded))
        (tmp_path / "people.csv").unlink()
        return opened[0]

    monkeypatch.setattr(module, "open_providers", open_and_remove)

    assert open_for(load(path)).people == before.people


def test_settings_that_count_after_a_restart_only_are_named():
    path = ROOT / "config.example.yaml"
    old = load(path).settings
    gateway = replace(old.gateway, ports=frozenset({443}), internal=("10.0.0.0/8",))
    records = replace(old.records, directory=ROOT, block_if_unwritable=False)
    new = replace(old, gateway=gateway, records=records)

    assert after_restart(old, old) == []
    assert after_restart(old, new) == ["gateway.ports", "gateway.internal", "records.directory"]
