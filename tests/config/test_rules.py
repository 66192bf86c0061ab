"""Are the shipped platforms read once, and the site's own beside them?"""

import os

import pytest

from breaktime.config import ConfigError, parse, rules
from breaktime.config.positions import Spot
from breaktime.config.rules import read_rules, rules_dir
from breaktime.core.policy import EVERYONE
from written import LEAST

CHAT = """\
name: Chat
category: messaging
domains: {web: [chat.example]}
sources: [ours]
"""


@pytest.fixture
def site(tmp_path):
    """Return what puts platform files into `rules.local` and loads a configuration with them."""

    def load(**files):
        folder = tmp_path / "rules.local"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text)
        text = LEAST.replace("network]}", "network, messaging], rules: [rules.local/]}")
        return parse(text, base=tmp_path)

    return load


def said(call, *args, **more):
    with pytest.raises(ConfigError) as caught:
        call(*args, **more)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_platforms_have_no_problems():
    found = read_rules()
    assert not found.problems
    assert {"facebook", "x", "whatsapp"} <= found.platforms.keys()
    assert found.files[0] == rules_dir()
    assert len(found.files) == len(found.platforms) + 1


def test_they_are_read_once_in_the_life_of_the_program():
    assert read_rules() is read_rules()


def test_and_again_when_a_file_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "rules_dir", lambda: tmp_path)
    (tmp_path / "chat.yaml").write_text(CHAT)
    first = read_rules()
    assert first.catalogue.match("chat.example")
    (tmp_path / "chat.yaml").write_text(CHAT.replace("chat.example", "talk.example"))
    os.utime(tmp_path / "chat.yaml", ns=(1, 1))
    assert read_rules().catalogue.match("talk.example")
    assert first.catalogue.match("chat.example")


def test_the_wheel_has_them_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "_PACKAGE", tmp_path / "addon" / "breaktime")
    assert rules_dir() == tmp_path / "rules"
    (tmp_path / "addon" / "breaktime" / "_rules").mkdir(parents=True)
    assert rules_dir() == tmp_path / "addon" / "breaktime" / "_rules"


def test_without_them_nothing_is_known_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "rules_dir", lambda: tmp_path / "missing")
    assert said(parse, LEAST)[0].endswith(
        "missing: the platform files of breaktime cannot be read (does not exist); install it again"
    )


def test_platforms_of_the_site_are_known_too(site, tmp_path):
    config = site(chat=CHAT)
    assert config.policy.catalogue.match("www.chat.example").platform == "chat"
    assert config.policy.catalogue.match("www.facebook.com").platform == "facebook"
    folder = tmp_path / "rules.local"
    assert {folder, folder / "chat.yaml", rules_dir()} <= set(config.files)


def test_what_one_platform_owns_no_other_can(site):
    other = CHAT.replace("chat.example", "talk.example, chat.example, facebook.com, fb.com")
    assert said(site, chat=CHAT, other=other) == [
        (
            "rules.local/other.yaml:3:31: domains.web[2]: `chat.example` belongs to `chat` already;"
            " first at rules.local/chat.yaml:3"
        ),
        (
            "rules.local/other.yaml:3:45: domains.web[3]: `facebook.com` belongs to `facebook`"
            f" already; first at rules/facebook.yaml:{line_of('facebook', '- facebook.com')}"
        ),
    ]


def line_of(platform, text):
    lines = (rules_dir() / f"{platform}.yaml").read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip() == text)


def test_two_platforms_of_one_name_are_one_too_many(site):
    (problem,) = said(site, facebook=CHAT)
    assert problem == (
        "rules.local/facebook.yaml:1:1: there is a platform `facebook` already;"
        f" first at rules/facebook.yaml:{line_of('facebook', 'name: Facebook')}"
    )


def test_aliases_are_owned_too(site):
    assert "`twitter` belongs to `x` already" in said(site, chat=CHAT + "aliases: [Twitter]\n")[0]


def test_problems_of_a_platform_file_have_their_place(site):
    assert said(site, chat=CHAT.replace("messaging", "chat").replace("sources", "source")) == [
        "rules.local/chat.yaml:1:1: `sources` is missing",
        (
            "rules.local/chat.yaml:2:11: category: must be `social-network`, `messaging`, `video`,"
            " `image-sharing`, `forum`, `dating`, `live-streaming`, `blogging`, `fediverse`,"
            " `professional-network` or `dns-over-https`, found `chat`"
        ),
        "rules.local/chat.yaml:4:1: source: unknown key; did you mean `sources`",
    ]


def test_text_that_cannot_be_read_has_its_place(site):
    assert said(site, chat="a: [") == [
        "rules.local/chat.yaml:2:1: what opens here is not finished; put a `]` or `}` at its end"
    ]
    assert said(site, chat="- a\n") == [
        "rules.local/chat.yaml:1:1: must be keys with values, found a list"
    ]


def test_the_name_of_a_file_is_the_id_of_its_platform(site):
    (problem,) = said(site, **{"my chat": CHAT})
    assert problem.startswith("rules.local/my chat.yaml: the name of the file may hold letters")


def test_a_folder_without_files_is_a_mistake(site):
    assert said(site) == [
        "breaktime.yaml:3:63: controlled.rules[1]: `rules.local` holds no file that ends in `.yaml`"
    ]


def test_a_folder_is_a_folder(tmp_path):
    (tmp_path / "chat.yaml").write_text(CHAT)
    spot = Spot("f", 1, 2)
    found = read_rules([(tmp_path / "chat.yaml", "chat.yaml", spot, "controlled.rules[1]")])
    assert [str(problem) for problem in found.problems] == [
        "f:1:2: controlled.rules[1]: `chat.yaml` is a file; name the folder that it is in"
    ]


def test_what_is_off_by_default_comes_by_its_name_and_not_with_its_category(tmp_path):
    folder = tmp_path / "rules.local"
    folder.mkdir()
    (folder / "chat.yaml").write_text(CHAT + "default: off\n")

    def controlled(selection):
        text = LEAST.replace("{categories: [social-network]}", selection)
        return parse(text, base=tmp_path).policy

    with_category = controlled("{categories: [messaging], rules: [rules.local]}")
    assert "whatsapp" in with_category.catalogue.platforms
    assert with_category.catalogue.match("chat.example") is None
    named = "{categories: [messaging], platforms: [chat], rules: [rules.local]}"
    assert controlled(named).catalogue.match("chat.example").platform == "chat"


def test_a_break_for_a_category_is_for_all_that_is_controlled_of_it(tmp_path):
    folder = tmp_path / "rules.local"
    folder.mkdir()
    (folder / "chat.yaml").write_text(CHAT + "default: off\n")
    breaks = "everyone: {breaks: [{at: 12:00-13:00, platforms: {categories: [messaging]}}]}\n"
    text = LEAST.replace("network]}", "network], platforms: [chat], rules: [rules.local]}")

    policy = parse(text + breaks, base=tmp_path).policy

    (everyone,) = (policy.breaks[EVERYONE],)
    assert "chat" in everyone.breaks[0].platforms
