"""Every address of the portal, who may use it, and which fields it takes."""

from dataclasses import dataclass
from enum import Enum, auto

from breaktime.portal import cases, helpdesk, papers, proxy_file, records, requests, today
from breaktime.portal.ask import Handler
from breaktime.portal.forms import Field

LANGUAGE = Field("lang", 8)
TOKEN = Field("token", 100)
DONE = Field("done", 20)


class Who(Enum):
    """
    Who may use an address.

    Members:
        ANYBODY: also those whom nobody knows: there is nothing of anybody on it.
        PERSON: whoever is known; what they see is their own.
        MANAGER: who decides for some team.
        HELPDESK: the help desk.
    """

    ANYBODY = auto()
    PERSON = auto()
    MANAGER = auto()
    HELPDESK = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """
    One address.

    Fields:
        method: GET or POST; HEAD comes with GET.
        path: fixed; nothing of a person stands in it.
        who: who may use it.
        handler: answers.
        fields: of the query or of the form, besides the language and the token.
    """

    method: str
    path: str
    who: Who
    handler: Handler
    fields: tuple[Field, ...] = ()

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Every field that it takes."""
        own = TOKEN if self.method == "POST" else DONE
        return (*self.fields, LANGUAGE, own)


_DAY = Field("day", 10)

ADDRESSES = (
    Address("GET", "/", Who.PERSON, today.show),
    Address("POST", "/break/start", Who.PERSON, today.start, (Field("break", 200),)),
    Address("POST", "/break/stop", Who.PERSON, today.stop),
    Address("GET", "/records", Who.PERSON, records.show, (_DAY,)),
    Address(
        "POST",
        "/records/dispute",
        Who.PERSON,
        records.dispute,
        (_DAY, Field("record", 64), Field("note", 500)),
    ),
    Address("GET", "/cases", Who.PERSON, cases.show),
    Address(
        "POST",
        "/cases/request",
        Who.PERSON,
        cases.request,
        (Field("platform", 64), Field("page", 300), Field("purpose", 300), Field("until", 10)),
    ),
    Address("GET", "/requests", Who.MANAGER, requests.show),
    Address(
        "POST",
        "/requests/decide",
        Who.MANAGER,
        requests.decide,
        (Field("request", 16), Field("answer", 10), Field("until", 10)),
    ),
    Address("GET", "/helpdesk", Who.HELPDESK, helpdesk.show),
    Address("POST", "/helpdesk/look", Who.HELPDESK, helpdesk.look, (Field("person", 200),)),
    Address("POST", "/helpdesk/reset", Who.HELPDESK, helpdesk.reset, (Field("person", 200),)),
    Address("GET", "/policy", Who.ANYBODY, papers.paper("policy")),
    Address("GET", "/questions", Who.ANYBODY, papers.paper("questions")),
    Address("GET", "/advice", Who.ANYBODY, papers.paper("advice")),
    Address("GET", "/notice", Who.ANYBODY, papers.notice),
    Address("GET", proxy_file.PATH, Who.ANYBODY, proxy_file.show),
    Address("GET", "/accessibility", Who.ANYBODY, papers.accessibility),
)
