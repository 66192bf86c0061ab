"""Does the notice say what is in force, and change with it?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from breaktime.config.settings_gateway import PinnedSettings
from breaktime.core.policy import Exemption, Subject, SubjectKind
from breaktime.core.rule import Rule
from breaktime.pages.texts import TEXTS
from breaktime.portal.notice import as_html, as_markdown, as_text, notice_of


@pytest.fixture
def made(shared):
    def make(language="en", page=None, settings=None, policy=None):
        now = shared.state
        settings = replace(now.settings, **(settings or {}))
        settings = replace(settings, page=replace(settings.page, **(page or {})))
        return as_text(notice_of(replace(now.policy, **(policy or {})), settings, TEXTS[language]))

    return make


def test_it_says_what_is_recorded_why_and_who_sees_it(made):
    text = made()
    for sentence in (
        "Social media on the network of Exampleshire Council",
        "The sites: Facebook, X, YouTube.",
        "without search words and without anything you typed.",
        "You, at any time, at https://breaks.exampleshire.example/records.",
        "and no records: finance, legal.",
        "The help desk sees what is left",
        "What has begun may go on for 1 minute.",
        "The sites stay closed until it can be written again.",
        "Ask HR Advice.",
    ):
        assert sentence in text


def test_single_people_who_are_exempt_are_not_named(made):
    assert "union.rep" not in made()
    place = Exemption(Rule("exempt:place:library"), Subject(SubjectKind.PLACE, "library"))
    assert "neither blocked nor recorded: library." in made(policy={"exemptions": (place,)})


def test_it_says_how_long_records_are_kept(made, shared):
    records = shared.state.settings.records
    text = made()
    for sentence in (
        "* What you visited in breaks: 90 days.",
        "* What was refused: 180 days.",
        "as part of your work: 365 days.",
        "what the gateway did: 400 days.",
    ):
        assert sentence in text
    keep = records.keep._replace(refused=timedelta(days=30))
    assert "* What was refused: 30 days." in made(settings={"records": replace(records, keep=keep)})


CHANGES = [
    {"page": {"portal": None}},
    {"page": {"managers": {}}},
    {"page": {"helpdesk": frozenset()}},
    {"page": {"help": None}},
    {"page": {"policy": "https://intranet.example.org/policy"}},
    {"policy": {"organisation": "Another Council"}},
]


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_another_configuration_has_another_notice(made, language, change):
    assert made(language, **change) != made(language)


def test_what_it_says_of_records_and_ends_is_what_is_set(made, shared):
    settings = shared.state.settings
    records = replace(settings.records, block_if_unwritable=False)
    ending = replace(settings.ending, grace=timedelta(minutes=3))
    text = made(settings={"records": records, "ending": ending})
    assert "nothing is recorded." in text
    assert "What has begun may go on for 3 minutes." in text


@pytest.mark.parametrize(
    ("language", "says", "no_more"),
    [
        (
            "en",
            ["nobody can see which pages you go to", "Each record says whether"],
            ["When you went to a page", "says for each page"],
        ),
        (
            "cy",
            ["felly ni all neb weld i ba dudalennau yr ewch", "Mae pob cofnod yn dweud"],
            ["Pryd yr aethoch i dudalen", "ar gyfer pob tudalen"],
        ),
    ],
)
def test_breaks_that_are_not_opened_are_told(made, shared, language, says, no_more):
    gateway = replace(shared.state.settings.gateway, opens_in_breaks=False)
    text = made(language, settings={"gateway": gateway})

    assert all(sentence in text for sentence in says)
    assert not any(sentence in text for sentence in no_more)


@pytest.mark.parametrize(
    ("language", "says"), [("en", "These are: g.example, X."), ("cy", "Dyma nhw: g.example, X.")]
)
def test_applications_that_pass_unopened_are_named(made, shared, language, says):
    names = frozenset({"g.example"})
    pinned = (
        PinnedSettings(frozenset({"x"}), names, passes=True),
        PinnedSettings(frozenset({"facebook"}), frozenset(), passes=False),
    )
    gateway = replace(shared.state.settings.gateway, pinned=pinned)

    assert says in made(language, settings={"gateway": gateway})
    assert "g.example" not in made(language)


def test_it_can_be_written_in_three_forms(shared):
    policy = replace(shared.state.policy, organisation="A & <b>*B*</b>")
    made = notice_of(policy, shared.state.settings, TEXTS["cy"])
    assert "A & <b>*B*</b>" in as_text(made)
    assert r"A \& \<b\>\*B\*\</b\>" in as_markdown(made)
    page = as_html(made, "cy")
    assert "A &amp; &lt;b&gt;*B*&lt;/b&gt;" in page
    assert '<html lang="cy">' in page


def test_it_is_a_page_of_the_portal(shared):
    page = shared.get("/notice", None).text
    assert "What is never recorded" in page
    assert "Beth sydd byth yn cael ei gofnodi" in shared.get("/notice?lang=cy").text
