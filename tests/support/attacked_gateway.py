"""The gateway with a table of names, and with a clock that never goes back, as the real one has."""

import sys

from breaktime.mitm.clock import ForwardClock
from support import table_gateway

if __name__ == "__main__":
    read = table_gateway.file_clock
    table_gateway.file_clock = lambda path: ForwardClock(read(path))
    table_gateway.main(*sys.argv[1:], module="support.attacked_gateway")
