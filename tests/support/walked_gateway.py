"""The real gateway, in which each function that is called can be made to fail; see `walk`."""

import sys
from pathlib import Path

from breaktime.demo import gateway
from support.walk import serve

if __name__ == "__main__":
    serve(Path(sys.argv[1]).with_name("walk"))
    sys.exit(gateway.main(sys.argv[1:]))
