"""What the pages are told. What is not here cannot be shown."""

from dataclasses import fields

from breaktime.pages import Contact, PageSettings, Refusal


def test_a_refusal_has_no_place_for_what_a_client_has_sent():
    """No host, path, query or header, but for the name of a person who may be the wrong one."""
    assert {field.name for field in fields(Refusal)} == {
        "decision", "reason", "at", "organisation", "zone", "platform", "opens_at", "rule",
        "person", "startable", "copy", "placeholder", "sitting", "start_by",
    }  # fmt: skip


def test_an_organisation_need_not_say_anything():
    assert PageSettings() == PageSettings(Contact("", "", "", ""), "", "")
