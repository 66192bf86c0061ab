"""
A working day in a few seconds, with nothing but this machine.

    origin.py    a TLS server that plays some sites of the internet
    gateway.py   the real gateway, as a process of its own, with a clock that the demo sets
    client.py    a person's browser, as far as the story needs one
    page.py      what a person reads first on the page that refuses
    stage.py     all of it started, and ended again
    story.py     what happens, and what has to come out
    config.yaml  the configuration of the day
"""

QUIET = "BREAKTIME_DEMO_QUIET"
"""Set for a gateway that is shown beside a story: it tells only of what has gone wrong."""
