"""Looking: how much of each answer is recorded, from the preset and what is written beside it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from breaktime.audit.anchor import Anchor
from breaktime.audit.sinks import Config as SinkSettings
from breaktime.audit.witnesses import Witness
from breaktime.config.schema_file import Configuration
from breaktime.config.schema_gateway import Records
from breaktime.config.text import Endpoint
from breaktime.core.detail import PRESETS, Concern, Detail, Details, Looking
from breaktime.core.policy import Policy
from breaktime.core.retention import Keep

FEWEST = 5
"""A team of fewer people is left out beside a pseudonym."""


@dataclass(frozen=True, slots=True)
class RecordsSettings:
    """
    What is written down, and where.

    Fields:
        directory: folder of the records.
        preset: name of a combination.
        looking: how much is written, and about whom more.
        pseudonym_keys: folder of the keys of pseudonyms.
        block_if_unwritable: refuse controlled platforms while records cannot be written.
        seal_keys: folder of the keys that records are sealed with.
        seal_every: how often they are sealed.
        keep: how long records are kept.
        holds: records that have to stay, and the last day on which they have to.
        sinks: who is handed each record.
        witnesses: who is told of each seal.
        names: people stand in records by their name, and not by a pseudonym.
        concerns: folder of concerns, or None.
        peers_at: where other gateways send their seals, or None.
        peers: with which their logs begin.
    """

    directory: Path
    preset: str
    looking: Looking
    pseudonym_keys: Path
    block_if_unwritable: bool
    seal_keys: Path
    seal_every: timedelta
    keep: Keep
    holds: tuple[tuple[frozenset[str], date], ...]
    sinks: tuple[SinkSettings, ...]
    witnesses: tuple[Witness, ...]
    names: bool = True
    concerns: Path | None = None
    peers_at: Endpoint | None = None
    peers: tuple[Anchor, ...] = ()

    def held(self, day: date) -> frozenset[str]:
        """Return the ids of the records that have to stay on a day."""
        return frozenset().union(*(ids for ids, until in self.holds if day <= until))


def records_of(
    model: Configuration, base: Path, concerns: tuple[Concern, ...], policy: Policy | None
) -> RecordsSettings:
    """
    Return what is written down, and where.

    Args:
        model: what the files say.
        base: folder of the main file.
        concerns: about whom more is recorded.
        policy: what was built of the rest.
    """
    records = model.records
    looking = looking_of(records, concerns, policy)
    return RecordsSettings(
        directory=base / records.directory,
        preset=records.preset,
        looking=looking,
        pseudonym_keys=base / records.pseudonym_keys,
        block_if_unwritable=records.if_records_cannot_be_written == "block",
        seal_keys=base / records.seal_keys,
        seal_every=records.seal_every,
        keep=Keep(
            records.keep.break_,
            records.keep.refused,
            records.keep.business_case,
            records.keep.system,
        ),
        holds=tuple((frozenset(each.records), each.until) for each in records.hold),
        sinks=records.sinks,
        witnesses=tuple(each.beside(base, base / records.directory) for each in records.witnesses),
        names=looking.names,
        concerns=None if model.concerns is None else base / model.concerns,
        peers_at=None if records.witness_for is None else records.witness_for.listen,
        peers=() if records.witness_for is None else records.witness_for.anchors,
    )


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
