"""What squidGuard and breaktime are asked: the same names, half of them controlled."""

from lab import decisions
from lab.decisions import names, write


def test_no_name_is_below_another():
    some = set(names(5000))
    assert len(some) == 5000
    parents = {each.partition(".")[2] for each in some}
    assert not parents & some


def test_half_of_what_is_asked_is_on_the_list(tmp_path, monkeypatch):
    monkeypatch.setattr(decisions, "NAMES", 1000)
    monkeypatch.setattr(decisions, "LINES", 400)

    conf, number, count = write(tmp_path, quick=True)

    listed = set((tmp_path / "db/social/domains").read_text().split())
    lines = (tmp_path / "lines").read_text().splitlines()
    asked = [line.removeprefix("http://www.").partition("/")[0] for line in lines]
    assert (len(listed), len(lines)) == (number, count) == (100, 100)
    assert sum(host in listed for host in asked) == count // 2
    assert f"dbhome {tmp_path}/db" in conf.read_text()
