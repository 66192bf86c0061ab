"""The programs of `bench/` find `lab` beside them; so do their tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "bench"))
