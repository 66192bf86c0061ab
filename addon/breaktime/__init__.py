"""
breaktime: social media during breaks, enforced at the gateway.

    request -> who -> what -> when -> decide -> act -> record

    request   door/, mitm/observe.py, core/request.py   what the gateway saw
    who       identity/, core/who.py                    which person and place, or nobody known
    what      rules/, core/what.py                      which platform, or none of our business
    when      core/when.py, core/cases.py               a break, or an approved business case
    decide    core/policy.py, core/decide.py            pass, allow or block, and why
    act       mitm/act.py, pages/                       the answer, or nothing
    record    core/record.py, audit/                    one line for each judged page

`core/` is pure: values in, values out, standard library only. `config/` turns the files of an
administrator into a policy and settings. `catalogue/` imports lists of names and updates
`rules/`. `ledger/` keeps what people have had of the breaks that they start themselves, and what
they ask for; `portal/` is what they see and do there. `door/` listens and relays what is none of
our business without opening it; `mitm/` is the only folder that knows mitmproxy. `cli/` holds one
verb a file.
"""

__version__ = "0.1.0"
