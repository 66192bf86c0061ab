"""Do names in the file mean the platforms and pages that people think of?"""

import pytest

from breaktime.config import ConfigError, parse
from breaktime.core.decide import Reason
from written import LEAST, asked, loaded, problems


def controlled(selection):
    text = LEAST.replace("{categories: [social-network]}", selection)
    return set(parse(text).policy.catalogue.platforms)


def test_categories_platforms_and_exceptions():
    all_messengers = controlled("{categories: [messaging]}")
    assert {"whatsapp", "telegram"} <= all_messengers
    assert controlled("{categories: [messaging], except: [whatsapp]}") == (
        all_messengers - {"whatsapp"}
    )
    assert controlled("{platforms: [x, reddit]}") == {"x", "reddit"}
    assert controlled("{platforms: [x, reddit], except: [x]}") == {"reddit"}


def test_an_exception_from_nothing_is_a_warning():
    loads = parse(LEAST.replace("network]}", "network], except: [whatsapp]}"))
    assert "`whatsapp` is not among the platforms that are chosen here" in str(loads.warnings[0])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("twitter", "; write `x`"),
        ("Facebook", "; write `facebook`"),
        ("fb", "; write `facebook`"),
        ("www.tiktok.com", "; write `tiktok`"),
        ("instgram", "; did you mean `instagram`"),
        ("messaging", "; it is a category: name it under `categories`"),
        ("qqqqqqqq", ""),
    ],
)
def test_a_platform_that_nobody_knows_by_this_name(name, hint):
    with pytest.raises(ConfigError) as caught:
        controlled(f"{{platforms: [x, {name}]}}")
    (problem,) = caught.value.problems
    assert str(problem) == (
        f"breaktime.yaml:3:29: controlled.platforms[2]: there is no platform `{name}`{hint}"
    )


def test_own_pages_are_open_at_any_time():
    config = loaded("own_pages: [facebook.com/Exampleshire, https://www.x.com/exampleshire/]\n")
    night = "2026-11-23 03:00"
    for address in ("m.facebook.com/exampleshire/posts/1", "x.com/Exampleshire"):
        decision = asked(config, None, night, address=address)
        assert decision.reason is Reason.OWN_PAGE
    assert asked(config, None, night, address="www.facebook.com/other").reason is not (
        Reason.OWN_PAGE
    )
    assert config.policy.own_pages["facebook"]["exampleshire"].id == (
        "own-page:facebook.com/Exampleshire"
    )


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (
            "facebook.com",
            (
                "`facebook.com` is the whole of Facebook, not a page of it;"
                " add the name of the page, `facebook.com/ExampleshireCouncil`"
            ),
        ),
        (
            "facebook.com/login",
            (
                "`facebook.com/login` is an address of Facebook, but not of a page;"
                " open the page in a browser and copy its address"
            ),
        ),
        (
            "exampleshire.gov.uk/news",
            (
                "`exampleshire.gov.uk` belongs to no platform that we know;"
                " other sites are not blocked and need no rule"
            ),
        ),
        (
            "ExampleshireCouncil",
            (
                "must be the address of a page, found `ExampleshireCouncil`;"
                " write for example `facebook.com/ExampleshireCouncil`"
            ),
        ),
        (
            "mailto:a@facebook.com",
            (
                "must be the address of a page, found `mailto:a@facebook.com`;"
                " write for example `facebook.com/ExampleshireCouncil`"
            ),
        ),
    ],
)
def test_what_is_no_page(page, says):
    assert problems(f"own_pages: ['{page}']\n") == [f"breaktime.yaml:5:13: own_pages[1]: {says}"]


def test_names_that_are_never_controlled():
    config = loaded("never_control: [WWW.Facebook.com., 157.240.0.0/16, 10.0.0.1]\n")
    match = config.policy.catalogue.match
    assert match("www.facebook.com") is None
    assert match("a.www.facebook.com") is None
    assert match("m.facebook.com")
    assert match("157.240.1.1") is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("*.gov.uk", "write `gov.uk`, which covers everything below it"),
        ("https://www.nhs.uk/a", "write `www.nhs.uk`, which covers everything below it"),
        ("uk", "write for example `gov.uk`"),
        ("a b.uk", "write for example `gov.uk`"),
        ("10.0.0.1/8", "write `10.0.0.0/8`"),
    ],
)
def test_names_that_would_cover_something_else(name, hint):
    (problem,) = problems(f"never_control: ['{name}']\n")
    assert problem.startswith("breaktime.yaml:5:17: never_control[1]: ")
    assert problem.endswith(f"; {hint}")
