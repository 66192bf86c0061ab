"""
How the operator watches a gateway: counts, metrics, health, and the supervisor of services.

None of it names anybody: counts are of verdicts and reasons, never of people, teams, places,
addresses or platforms. A count for each platform, asked for every few seconds in a small office,
would be a timeline of its people; the records say what there is to be known, to those who may ask.
"""

from breaktime.watch.desk import Desk, Health
from breaktime.watch.metrics import Sources, exposition
from breaktime.watch.pulse import Pulse
from breaktime.watch.supervisor import Supervisor
from breaktime.watch.tally import Cut, Histogram, Reload, Tally

__all__ = [
    "Cut", "Desk", "Health", "Histogram", "Pulse", "Reload", "Sources", "Supervisor", "Tally",
    "exposition",
]  # fmt: skip
