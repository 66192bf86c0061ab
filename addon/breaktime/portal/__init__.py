"""
Portal: what people see of their own breaks, cases and records, and what they may do there.

    visitor     who is asking, as the gateway knows it; never by what the client says
    house       what the portal may ask and do: the policy, the ledger, the log
    routes      every address there is, who may use it and which fields it takes
    app         from a request to an answer: the checks that hold for all of them
    ask, forms  one request as a page sees it; fields, tokens and limits
    today, records, cases, requests, helpdesk, papers, proxy_file    the pages
    notice      what staff are told, from what is in force
    case_file   an approved request becomes a file of the configuration
    render      templates and languages

It is an ASGI application without a socket. Whoever calls it says who is asking.
"""

from breaktime.portal.app import make_app
from breaktime.portal.house import Current, House
from breaktime.portal.visitor import VISITOR, Visitor

__all__ = ["VISITOR", "Current", "House", "Visitor", "make_app"]
