"""Metrics: what is counted, as Prometheus reads it. Text is made when it is asked for only."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from breaktime import __version__
from breaktime.watch.tally import Histogram, Tally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Relayed:
    """What went past unopened: relays that were begun, bytes from clients, bytes to clients."""

    connections: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class OutletState:
    """
    How far a sink or witness is behind.

    Fields:
        kind: `sink` or `witness`.
        name: as the configuration calls it.
        count: how many records, or seals, it does not have.
        seconds: since the first of these records; 0 where there is none, and for witnesses.
    """

    kind: str
    name: str
    count: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RecordsState:
    """
    How it stands with the records.

    Fields:
        writable: the last one was kept.
        lost: lost since the last one that was kept.
        waiting: in the queue before the disk.
        lag: how long the oldest of them has waited, in seconds.
        outlets: how far sinks and witnesses are behind.
    """

    writable: bool
    lost: int
    waiting: int = 0
    lag: float = 0.0
    outlets: tuple[OutletState, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyState:
    """
    What is in force.

    Fields:
        fingerprint: of the policy.
        age: seconds since it is in force.
        observed: it is judged and recorded, and nothing is refused.
    """

    fingerprint: str
    age: float
    observed: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """
    Where the figures come from; each is asked in the event loop and answers at once.

    Fields:
        tally: what is counted.
        connections: live connections by how far they have come.
        relayed: what went past unopened.
        leases: connections that live as long as what opened them.
        records, policy: how it stands with them.
        doubts: sign-ins that led to nobody, by why.
        ledger: whether the ledger could be used when it was last needed.
    """

    tally: Tally
    connections: Callable[[], Mapping[str, int]]
    relayed: Callable[[], Relayed]
    leases: Callable[[], int]
    records: Callable[[], RecordsState]
    policy: Callable[[], PolicyState]
    doubts: Callable[[], Mapping[str, int]]
    ledger: Callable[[], bool]


def exposition(sources: Sources) -> bytes:
    """Return all metrics as text, in the format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(sources))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give each family of metrics."""
        yield from _judged(self._sources.tally)
        yield from _connections(self._sources)
        yield GaugeMetricFamily(
            "breaktime_ledger_usable",
            "0 while the ledger cannot be used, and no flexible break begins.",
            int(self._sources.ledger()),
        )
        yield from _records(self._sources.records())
        yield from _policy(self._sources.policy())
        doubts = CounterMetricFamily(
            "breaktime_identity_doubts", "Sign-ins that led to nobody, by why.", labels=["doubt"]
        )
        for doubt, count in sorted(self._sources.doubts().items()):
            doubts.add_metric([doubt], count)
        yield doubts


def _judged(tally: Tally) -> Iterator[Metric]:
    decisions = CounterMetricFamily(
        "breaktime_decisions", "Requests that were judged.", labels=["verdict", "reason"]
    )
    for (verdict, reason), count in sorted(tally.decisions.items()):
        decisions.add_metric([verdict, reason], count)
    yield decisions
    yield _histogram(
        "breaktime_decision_seconds",
        "How long a request took to judge, sign-in and record included.",
        tally.took,
    )
    yield _histogram(
        "breaktime_loop_late_seconds", "How late the event loop came to a timer.", tally.late
    )
    reloads = CounterMetricFamily(
        "breaktime_reloads", "Configurations that were read again.", labels=["result"]
    )
    for result, count in sorted(tally.reloads.items()):
        reloads.add_metric([result], count)
    yield reloads


def _connections(sources: Sources) -> Iterator[Metric]:
    live = GaugeMetricFamily(
        "breaktime_connections", "Live connections of clients.", labels=["stage"]
    )
    for stage, count in sorted(sources.connections().items()):
        live.add_metric([stage], count)
    yield live
    yield GaugeMetricFamily(
        "breaktime_leases", "Connections that end with what opened them.", sources.leases()
    )
    cuts = CounterMetricFamily(
        "breaktime_cut_connections", "Connections that were ended.", labels=["why"]
    )
    for why, count in sorted(sources.tally.cuts.items()):
        cuts.add_metric([why], count)
    yield cuts
    relayed = sources.relayed()
    yield CounterMetricFamily(
        "breaktime_relayed_connections",
        "Connections that were passed on unopened.",
        relayed.connections,
    )
    moved = CounterMetricFamily(
        "breaktime_relayed_bytes", "Bytes that were passed on unopened.", labels=["direction"]
    )
    moved.add_metric(["up"], relayed.up)
    moved.add_metric(["down"], relayed.down)
    yield moved
    parent = CounterMetricFamily(
        "breaktime_parent_failures", "Tunnels that a parent proxy did not give.", labels=["why"]
    )
    for reason, count in sorted(sources.tally.parent.items()):
        parent.add_metric([reason], count)
    yield parent
    refused = CounterMetricFamily(
        "breaktime_connections_refused", "Connections that were turned away.", labels=["why"]
    )
    for reason, count in sorted(sources.tally.refusals.items()):
        refused.add_metric([reason], count)
    yield refused
    distrust = CounterMetricFamily(
        "breaktime_refused_certificates",
        "Connections on which a program did not take the certificate of the gateway.",
        labels=["why"],
    )
    for reason, count in sorted(sources.tally.distrust.items()):
        distrust.add_metric([reason], count)
    yield distrust


def _records(state: RecordsState) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "breaktime_records_writable", "1 while records are kept.", int(state.writable)
    )
    yield GaugeMetricFamily(
        "breaktime_records_lost", "Records lost since the last one that was kept.", state.lost
    )
    yield GaugeMetricFamily(
        "breaktime_records_waiting", "Records in the queue before the disk.", state.waiting
    )
    yield GaugeMetricFamily(
        "breaktime_records_lag_seconds", "How long the oldest of them has waited.", state.lag
    )
    yield from _outlets(state.outlets)


def _outlets(outlets: Iterable[OutletState]) -> Iterator[Metric]:
    behind = GaugeMetricFamily(
        "breaktime_sink_lag_records", "Records that a sink does not have yet.", labels=["sink"]
    )
    seconds = GaugeMetricFamily(
        "breaktime_sink_lag_seconds", "How old the first of them is.", labels=["sink"]
    )
    unseen = GaugeMetricFamily(
        "breaktime_witness_lag_seals", "Seals that a witness does not have yet.", labels=["witness"]
    )
    for outlet in outlets:
        if outlet.kind == "witness":
            unseen.add_metric([outlet.name], outlet.count)
        else:
            behind.add_metric([outlet.name], outlet.count)
            seconds.add_metric([outlet.name], outlet.seconds)
    yield from (behind, seconds, unseen)


def _policy(state: PolicyState) -> Iterator[Metric]:
    yield InfoMetricFamily(
        "breaktime_policy", "What is in force.", {"fingerprint": state.fingerprint[:12]}
    )
    yield GaugeMetricFamily("breaktime_policy_age_seconds", "How long it is in force.", state.age)
    yield GaugeMetricFamily(
        "breaktime_policy_observed",
        "1 while nothing is refused: judged and recorded only.",
        int(state.observed),
    )
    yield InfoMetricFamily("breaktime_build", "What runs.", {"version": __version__})


def _histogram(name: str, text: str, seen: Histogram) -> Metric:
    bounds = [*(repr(bound) for bound in seen.bounds), "+Inf"]
    buckets = list(zip(bounds, accumulate(seen.counts), strict=True))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=seen.total)
