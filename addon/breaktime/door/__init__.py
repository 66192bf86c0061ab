"""
The front door: listens, relays what is none of our business, and hands the rest over.

    listener -> conn -> gate -> admission --RELAY---> relay       bytes, unopened
                                   |     `--INSPECT-> hand_over   the socket and what was read of it
                                   `-------DENY-----> closed

    listener.py     accepts                                    (tls.py, inherited.py)
    conn.py         one client: its socket, its stage, its end (stage.py)
    course.py       how it waits, and how long                 (waiting.py, deadlines.py)
    dialogue.py     what is said with it                     (speech.py, answers.py, leave.py)
    intake.py       from its socket into its gate
    gate.py         what the client says, without a socket   (heads.py, hello.py, authority.py,
                    and by the way it comes, entrance.py:     announced.py, socks.py)
    admission.py    what happens with it, in one function    (redirected.py)
    dial.py         the way out                              (resolve.py, destination.py)
                    and through another proxy, parent.py
    relay.py        bytes between two sockets                (abrupt.py)
    room.py         how many of them one person may have
    policing.py     what the door asks others, and what it gives away
    lookout.py      the loop in which all of this runs

It knows no policy, no mitmproxy and no clock. Where something is unclear, it closes.
"""

from breaktime.door.conn import Conn
from breaktime.door.dial import Dialled, Dialler, Refused
from breaktime.door.door import Door, TlsDoor, Totals
from breaktime.door.entrance import Entrance, Way
from breaktime.door.inherited import Inherited, take_inherited
from breaktime.door.parent import Parent, ParentAt, ParentError, Trouble, direct_names
from breaktime.door.policing import (
    Caller,
    Handed,
    HandOver,
    Identity,
    Inspection,
    Limits,
    Policing,
    Ruling,
)
from breaktime.door.reasons import Reason
from breaktime.door.resolve import Resolve, Resolver
from breaktime.door.stage import Stage
from breaktime.door.steps import Kind

__all__ = [
    "Caller",
    "Conn",
    "Dialled",
    "Dialler",
    "Door",
    "Entrance",
    "HandOver",
    "Handed",
    "Identity",
    "Inherited",
    "Inspection",
    "Kind",
    "Limits",
    "Parent",
    "ParentAt",
    "ParentError",
    "Policing",
    "Reason",
    "Refused",
    "Resolve",
    "Resolver",
    "Ruling",
    "Stage",
    "TlsDoor",
    "Totals",
    "Trouble",
    "Way",
    "direct_names",
    "take_inherited",
]
