"""The gateway of the demo, with a clock that never goes back, as the real one has."""

import sys

from breaktime.demo import gateway
from breaktime.mitm.clock import ForwardClock

if __name__ == "__main__":
    read = gateway.file_clock
    gateway.file_clock = lambda path: ForwardClock(read(path))
    gateway.MODULE = "support.forward_gateway"
    sys.exit(gateway.main(sys.argv[1:]))
