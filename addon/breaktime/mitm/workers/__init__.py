"""
Several workers: one process at the door, and others that open what has to be opened.

    front.py      the door's process: listens, judges, relays, records; it imports no mitmproxy
    worker.py     a worker's process: mitmproxy with all that hangs on it
    crew.py       the workers as the door sees them: who gets which connection, who is replaced
    hand.py       one of them, from its start to its end
    shares.py     whose connections go to which worker
    agreement.py  a new configuration is taken by all or by nobody
    desk.py       what the door's process does for its workers
    guests.py     the connections that a worker was given
    remote.py     a worker's records, which the door's process writes
    totals.py     sessions and counts of all workers, put together
    channel.py    what carries messages and descriptors from one to the other
    messages.py   what they tell each other

Laws of this folder:

1. There is one log, and the door's process writes it: one order, one seal, whoever saw it.
2. A connection belongs to one process at a time. Where it cannot be handed over, it is closed.
3. Messages keep their order, so a connection is judged by no older policy than the door judged by.
4. A worker is never trusted with more than its messages say: nothing that it sends can run.
"""
