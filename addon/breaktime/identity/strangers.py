"""
Who has been at a computer: an address at which somebody else has just signed in is nobody's.

The table of addresses knows whose a computer is, and not who sits at it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from breaktime.core.signin import Strength
from breaktime.identity.chain import Finding
from breaktime.identity.provider import Doubt, Sighting

HELD = timedelta(minutes=30)
"""How long somebody who has signed in counts as being there."""

REMEMBERED = 10_000
"""How many computers are remembered; the oldest are forgotten first."""

PEOPLE = 8
"""The same for the people at one of them."""


@dataclass(slots=True)
class Strangers:
    """Remembers who has signed in where, for a while, and in memory only."""

    _seen: dict[str, dict[str, datetime]] = field(default_factory=dict)

    def look(self, found: Finding, sighting: Sighting) -> Finding:
        """Return what was found, or that it is in doubt because somebody else is there."""
        claim = found.claim
        if claim is None or found.fronted:
            return found
        if claim.strength is not Strength.ADDRESS:
            self._remember(sighting.client, claim.person, sighting.at)
            return found
        for person, at in self._seen.get(sighting.client, {}).items():
            if person != claim.person and abs(sighting.at - at) < HELD:
                return found._replace(claim=None, doubts=(*found.doubts, Doubt.DISAGREE))
        return found

    def _remember(self, client: str, person: str, at: datetime) -> None:
        people = self._seen.pop(client, {})
        people.pop(person, None)
        people[person] = at
        self._seen[client] = people
        while len(people) > PEOPLE:
            del people[next(iter(people))]
        while len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
