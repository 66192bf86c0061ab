"""What is extrapolated follows from what was measured, and from what is assumed."""

import simulate_lunch
from simulate_lunch import Cost, extrapolate, peak


def test_ten_times_as_many_people_do_ten_times_as_much():
    few, many = peak(5_000), peak(50_000)
    for name in ("visits", "pages", "pictures", "tunnels", "requests", "refused"):
        assert round(getattr(many, name) / getattr(few, name), 9) == 10
    assert few.pictures == 20 * few.pages


def test_cores_and_gateways(capsys):
    cost = Cost(requests=0.6 * 16 / peak(6_000).requests)
    extrapolate(cost, 6_000)
    said = capsys.readouterr().out
    assert "together 9.6 cores busy" in said
    assert "that is 16 of them" in said
    assert "gateways of 8 cores: 2, and one to spare" in said
    assert simulate_lunch.USED * 16 == 9.6
