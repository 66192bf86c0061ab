"""Does a list become a platform file that loads?"""

from breaktime.catalogue import importing
from breaktime.catalogue.importing import Head, imported
from breaktime.catalogue.lists import read_list
from breaktime.config import positions, shipped_catalogue
from breaktime.config.platform_file import Category, PlatformFile
from breaktime.core.platforms import Platform, Role
from breaktime.core.what import Catalogue

HEAD = Head("chat", 'Chat: "the" one', Category.MESSAGING, "list\n.txt")
KNOWN = Catalogue([Platform("x", "X", "social-network", domains={"x.com": Role.WEB})])


def made(text, known=KNOWN):
    return imported(read_list(text, "list.txt", open), HEAD, known)


def test_the_file_says_what_the_list_says():
    done = made("||chat.example^\nwww.chat.example\ntalk.example\n@@||work.chat.example^")
    facts = PlatformFile.model_validate(positions.read(done.text, "chat.yaml").data)
    platform = facts.to_platform("chat")
    assert platform.name == 'Chat: "the" one'
    assert platform.category == "messaging"
    assert platform.domains == {"chat.example": Role.WEB, "talk.example": Role.WEB}
    assert platform.exceptions == {"work.chat.example"}
    assert done.names == 2
    assert done.problems == ()


def test_what_belongs_to_another_platform_is_left_to_it():
    done = made("chat.example\nx.com\napi.x.com\nfedex.com")
    assert [str(problem) for problem in done.problems] == [
        "list.txt:2:1: `x.com` belongs to `x` already",
        "list.txt:3:1: `api.x.com` belongs to `x` already",
    ]
    assert "fedex.com" in done.text


def test_an_exception_from_nothing_is_told():
    done = made("chat.example\n@@||other.example^")
    assert [str(problem) for problem in done.problems] == [
        "list.txt:2:1: the exception `other.example` lies below no name of the list"
    ]


def test_without_names_there_is_no_file():
    assert made("regexp:x\n").text == ""


def test_a_list_of_everything_is_no_platform(monkeypatch):
    monkeypatch.setattr(importing, "MAX_NAMES", 1)
    done = made("a.example\nb.example")
    assert done.text == ""
    assert "a platform may have 1" in str(done.problems[0])


def test_the_shipped_names_are_not_taken_twice():
    done = made("facebook.com\nwww.youtube.com\nchat.example", shipped_catalogue())
    assert done.names == 1
    assert len(done.problems) == 2
