"""Sentences of a site say what ours say, and are filled in with the same."""

import pytest

from support.site_folder import load, problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("page: {opns: x}", "1:8: page.opns: there is no such sentence; did you mean `opens`"),
        ("page: x", "1:7: page: must be keys with values"),
        ("page: {opens: [x]}", "1:15: page.opens: must be text, found a list"),
        ("page: {opens: ''}", "1:15: page.opens: must be text, found nothing"),
        (
            "reasons:\n  blackout:\n    title: Closed",
            "3:12: reasons.blackout.title: does not say `{Site}`; ours is `{Site} is not open now`",
        ),
        (
            'rules: {break: "Next: {rul}"}',
            "1:16: rules.break: there is nothing to fill in `{rul}` with; write `{rule}`",
        ),
        ('rules: {break: "Next"}', "1:16: rules.break: does not say `{rule}`"),
        ('page: {frame: "{site.x} is closed"}', "1:15: page.frame: has a brace that belongs to no"),
        ('page: {frame: "{site!r}"}', "has a brace that belongs to no place"),
        ('page: {frame: "{site:>999}"}', "has a brace that belongs to no place"),
        ('page: {frame: "{"}', "has a brace that belongs to no place"),
        ('page: {frame: "{}"}', "has a brace that belongs to no place"),
        ("clock: {weekdays: [Mo, Di]}", "1:19: clock.weekdays: has 2 entries and needs 7"),
        ("clock: {weekdays: 7}", "1:19: clock.weekdays: must be a list"),
        ('clock: {today: "{weekday}"}', "clock.today: does not say `{time}`"),
        ("clock: {units: {day: {1: day}}}", "clock.units.day: has no form `other`"),
        (
            "clock: {units: {day: {1-x: day, other: days}}}",
            "1:23: clock.units.day.1-x: `1-x` names no numbers below 1000",
        ),
        ('portal: {parts: {other: "{count} of {all}"}}', "nothing to fill in `{all}` with"),
        ("portal: {fields: [[a]]}", "portal.fields[1]: has 1 entries and needs 2"),
        ("notice: {long_list: [x]}", "notice.long_list: nothing in this list says `{break_}`"),
        ("language: cy", "1:11: language: the name of the file says `en`; write `language: en`"),
        ("page: {opens: 'x", "1:15"),
        ("- page", "must be keys with values; begin with `language: en`"),
        ("page: {opens: " + "x" * 1001 + "}", "is longer than 1000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(tmp_path, text, said):
    found = problems(tmp_path, {"text.en.yaml": text})
    assert any(said in one for one in found), found


def test_a_language_of_the_sites_own_is_whole(tmp_path):
    found = problems(tmp_path, {"text.pl.yaml": "language: pl\nrules: {break: 'x {rule}'}\n"})
    assert any("2:1: rules: `suspension` is missing; ours is" in one for one in found)
    assert any("`clock` is missing" in one for one in found)


def test_a_part_of_ours_may_be_said_otherwise_and_the_rest_stays(tmp_path):
    text = "page: {opens: Opening}\nportal: {parts: {1: one, other: '{count} of them'}}"
    texts = load(tmp_path, {"text.en.yaml": text}).settings.page.design.texts["en"]
    assert texts.page["opens"] == "Opening"
    assert texts.page["help"] == "Help"
    assert texts.portal["parts"] == {1: "one", "other": "{count} of them"}


def test_help_and_organisation_may_be_left_out_and_site_where_the_title_names_it(tmp_path):
    text = "reasons: {outside_breaks: {why: Breaks first., record: That you were refused.}}"
    assert problems(tmp_path, {"text.en.yaml": text}) == []
