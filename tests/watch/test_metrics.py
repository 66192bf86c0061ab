"""What Prometheus reads is what was counted, in a form that it can read."""

from prometheus_client.parser import text_string_to_metric_families

from breaktime.core.reasons import Reason, Verdict
from breaktime.watch import Cut, Reload, Sources, Tally, exposition
from breaktime.watch.metrics import OutletState, PolicyState, RecordsState, Relayed

OUTLETS = (OutletState("witness", "journal", 2), OutletState("sink", "syslog:s:514", 300, 61.5))


def sources(tally):
    return Sources(
        tally,
        lambda: {"relayed": 3, "inspected": 2},
        lambda: Relayed(7, 100, 2000),
        lambda: 2,
        lambda: RecordsState(writable=False, lost=4, waiting=5, lag=0.25, outlets=OUTLETS),
        lambda: PolicyState("0123456789abcdef" * 4, 12.5),
        lambda: {"refused": 6},
        lambda: False,
    )


def read(tally):
    text = exposition(sources(tally)).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_counts_come_out_as_they_went_in():
    tally = Tally()
    for seconds in (0.0002, 0.002, 7.0):
        tally.judged(Verdict.BLOCK, Reason.IDENTITY_UNKNOWN, seconds)
    tally.cuts[Cut.ENDED] += 2
    tally.reloads[Reload.REFUSED] += 1

    found = read(tally)

    labels = (("reason", "identity_unknown"), ("verdict", "block"))
    assert found["breaktime_decisions_total", labels] == 3
    assert found["breaktime_decision_seconds_count", ()] == 3
    assert found["breaktime_decision_seconds_sum", ()] == 7.0022
    assert found["breaktime_decision_seconds_bucket", (("le", "0.00025"),)] == 1
    assert found["breaktime_decision_seconds_bucket", (("le", "1.0"),)] == 2
    assert found["breaktime_cut_connections_total", (("why", "ended"),)] == 2
    assert found["breaktime_reloads_total", (("result", "refused"),)] == 1
    assert found["breaktime_connections", (("stage", "relayed"),)] == 3
    assert found["breaktime_relayed_connections_total", ()] == 7
    assert found["breaktime_relayed_bytes_total", (("direction", "down"),)] == 2000
    assert found["breaktime_leases", ()] == 2
    assert found["breaktime_ledger_usable", ()] == 0
    assert found["breaktime_records_writable", ()] == 0
    assert found["breaktime_records_lost", ()] == 4
    assert found["breaktime_records_waiting", ()] == 5
    assert found["breaktime_records_lag_seconds", ()] == 0.25
    assert found["breaktime_sink_lag_records", (("sink", "syslog:s:514"),)] == 300
    assert found["breaktime_sink_lag_seconds", (("sink", "syslog:s:514"),)] == 61.5
    assert found["breaktime_witness_lag_seals", (("witness", "journal"),)] == 2
    assert found["breaktime_policy_info", (("fingerprint", "0123456789ab"),)] == 1
    assert found["breaktime_policy_age_seconds", ()] == 12.5
    assert found["breaktime_identity_doubts_total", (("doubt", "refused"),)] == 6


def test_every_verdict_with_every_reason_is_few_enough_for_a_database():
    tally = Tally()
    for verdict in Verdict:
        for reason in Reason:
            tally.judged(verdict, reason, 0.001)

    assert len(read(tally)) < 250
