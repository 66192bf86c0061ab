"""Looking: how much of each answer is recorded, from the preset and what is written beside it."""

from collections import Counter

from breaktime.config.schema_gateway import Records
from breaktime.core.detail import PRESETS, Concern, Detail, Details, Looking
from breaktime.core.policy import Policy

FEWEST = 5
"""A team of fewer people is left out beside a pseudonym."""


def looking_of(
    records: Records, concerns: tuple[Concern, ...], policy: Policy | None = None
) -> Looking:
    """
    Return what is recorded: single lines win over the preset.

    Args:
        records: the section.
        concerns: what is recorded of single people.
        policy: what knows the teams.
    """
    preset = PRESETS[records.preset]
    own = records.detail
    by_person: dict[str, tuple[Concern, ...]] = {}
    for one in concerns:
        by_person[one.person] = (*by_person.get(one.person, ()), one)
    names = preset.names if records.names is None else records.names == "clear"
    return Looking(
        Details(
            *(
                usual if said is None else Detail(said)
                for said, usual in zip(
                    (own.break_, own.refused, own.business_case, own.own_page),
                    preset.details,
                    strict=True,
                )
            )
        ),
        names,
        preset.ids,
        by_person,
        frozenset() if names or policy is None else _small(policy),
    )


def _small(policy: Policy) -> frozenset[str]:
    """Return the teams of few people; how many a group of the directory holds nobody knows here."""
    directory = policy.directory
    known = Counter(team for who in directory.people for team in directory.people[who].teams)
    in_groups = {team for teams in directory.groups.values() for team in teams}
    return frozenset(team for team, count in known.items() if count < FEWEST) - in_groups
