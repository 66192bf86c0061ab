"""Is the closed list of reasons the whole of what anybody gives as one?"""

import re
from pathlib import Path

from breaktime.audit.reasons import REASONS
from breaktime.core.reasons import Reason
from breaktime.core.session import Ending
from breaktime.identity import Doubt
from breaktime.ledger import sql


def test_every_reason_of_a_decision_a_session_and_a_doubt_is_in_it():
    assert {*Reason, *Ending, *Doubt} <= REASONS


def test_every_reason_of_the_ledger_is_in_it():
    """They are texts in its source: those that `_why_over` returns, and what `stop` says."""
    source = Path(sql.__file__).read_text("utf-8")
    over = re.search(r"def _why_over.*?\n    return (.*?)\n", source, re.DOTALL)[1]
    ends = re.findall(r'_end\([^\n]*, "(\w+)"\)', source)

    words = {*re.findall(r'"(\w+)"', over), *ends}

    assert words == {"span_ended", "budget_used", "stopped"}
    assert words <= REASONS
