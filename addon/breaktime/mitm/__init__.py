"""
The gateway: the only folder that knows mitmproxy.

    gateway.py   puts everything together and runs it
    inside.py    what a connection that is opened runs through, in one process (here.py)
    workers/     or in several
    keeping.py   its log; notes.py writes down what happens to the gateway itself
    rounds.py    what is done again and again
    policing.py  what the front door asks: relay, identify, inspect
    handler.py   a connection from the door becomes one of mitmproxy's, TLS or HTTP and nothing else
    bridge.py    who holds which connection
    master.py    mitmproxy with only the addons and options that are safe
    signin.py    2  who is asking
    framing.py   where a body ends, so that no request hides in another
    observe.py   1  flow -> Seen
    question.py     what the policy is asked about one request
    addon.py        the hooks: observe, decide, act, record inside one guard
    act.py       6  decision -> response, or nothing
    books.py        what the ledger says, and what it is told
    leases.py       what a break has opened ends with it
    reload.py       a changed configuration is noticed
    taking.py       and taken whole or not at all
    trial.py        the same policy under plain mitmdump or mitmweb, to try it
"""
