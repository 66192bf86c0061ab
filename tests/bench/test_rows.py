"""What is printed of a row says whether its target was met, and by what."""

from types import SimpleNamespace

import pytest

from lab import rows, scaling, waiting
from lab.contest import Results, Slice


def filled(pieces, row=rows.TRAFFIC[0].name):
    results = Results()
    for who, each in pieces.items():
        results.add(row, who, 0, Slice(each))
    return results


@pytest.mark.parametrize(("ours", "met"), [(0.54, "met"), (0.56, "MISSED")])
def test_a_target_is_met_up_to_its_ratio(capsys, ours, met):
    rows.show(filled({"breaktime": ours, "breaktime again": 1.08, "mitmdump": 1.0}))
    said = capsys.readouterr().out
    assert f"{ours:.2f} [{ours:.2f}-{ours:.2f}] of mitmdump; at most 0.55: {met}" in said
    assert f"{ours / 1.08:.2f} [{ours / 1.08:.2f}-{ours / 1.08:.2f}] A/A" in said


def test_where_the_other_is_not_installed_there_is_no_ratio(capsys):
    rows.show(filled({"breaktime": 1.0}))
    assert "at most" not in capsys.readouterr().out


@pytest.mark.parametrize(("kib", "met"), [(6.0, "met"), (6.1, "MISSED")])
def test_memory_is_told_in_itself(capsys, kib, met):
    rows.show(filled({"breaktime": kib, "squid, splice": 43.0}, rows.MEMORY[0].name))
    assert f"at most 6 KiB: {met}" in capsys.readouterr().out


def test_each_row_has_its_other_beside_it_and_the_targets_are_those_that_are_promised():
    for row in (*rows.TRAFFIC, *rows.MEMORY):
        assert row.against in row.beside
        assert row.beside[0] == "breaktime"
    assert [row.target for row in rows.TRAFFIC] == [0.55, 0.55, 0.60, 1.15, 1.25, 0.90]
    assert [row.target for row in rows.MEMORY] == [6, 170]
    assert (scaling.TARGET, waiting.TARGET) == (1.7, 2.0)


def test_one_row_can_be_asked_for():
    assert rows.wanted(SimpleNamespace(only=""))
    assert rows.wanted(SimpleNamespace(only="memory"))
    assert not rows.wanted(SimpleNamespace(only="nothing of the kind"))


@pytest.mark.parametrize(("two", "met"), [(170.0, "met"), (169.0, "MISSED")])
def test_two_workers(capsys, two, met):
    results = filled({"one": 100.0, "two": two}, scaling.NAME)
    results.slices[scaling.CLOCK, "one"][0].append(Slice(1.0))
    results.slices[scaling.CLOCK, "two"][0].append(Slice(1.0))
    scaling.show(results)
    assert f"at least 1.7: {met}" in capsys.readouterr().out


@pytest.mark.parametrize(("busy", "met"), [(2.0, "met"), (2.1, "MISSED")])
def test_the_wait_beside_inspection(capsys, busy, met):
    waiting.show(filled({"idle": 1.0, "busy": busy}, waiting.NAME))
    assert f"at most 2.0: {met}" in capsys.readouterr().out


def test_what_was_not_measured_is_not_told(capsys):
    for show in (rows.show, scaling.show, waiting.show):
        show(Results())
    assert "met" not in capsys.readouterr().out
