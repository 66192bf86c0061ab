"""What was found, as people read it."""

from breaktime.audit.findings import MOST, Finding, Report, Status


def test_a_finding_says_where():
    assert str(Finding(Status.GAP, ("a.jsonl", 7), "x")) == "GAP a.jsonl:7: x"
    assert str(Finding(Status.TRUNCATED, None, "x")) == "TRUNCATED x"


def test_the_worst_counts_and_the_list_is_bounded():
    report = Report()
    report.add(Status.TAMPERED, None, "x")
    for _ in range(1000):
        report.add(Status.GAP, None, "x")

    assert report.worst is Status.TAMPERED
    assert (len(report.findings), report.more) == (MOST, 901)


def test_exit_statuses_are_distinct_and_none_is_that_of_a_wrong_command_line():
    assert len({*Status, 1, 2}) == len(Status) + 2
