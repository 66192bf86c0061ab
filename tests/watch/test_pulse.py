"""The pulse beats in the event loop, and sees when the loop is late."""

import asyncio

from breaktime.watch import Histogram, Pulse
from breaktime.watch import pulse as module


def test_a_late_loop_is_seen_and_each_beat_is_told(monkeypatch):
    """The loop's clock is the test's: it stands still but for what the sleeps say."""
    now = [0.0]
    naps = iter([0.5, 0.75])
    beats = []

    async def sleep(seconds):
        assert seconds == module.BEAT
        try:
            now[0] += next(naps)
        except StopIteration:
            raise asyncio.CancelledError from None

    async def beat():
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "time", lambda: now[0])
        monkeypatch.setattr(module.asyncio, "sleep", sleep)
        late = Histogram((0.1, 0.3))
        try:
            await Pulse(late, lambda: beats.append(now[0])).run()
        except asyncio.CancelledError:
            return late
        finally:
            monkeypatch.undo()

    late = asyncio.run(beat())

    assert late.counts == [1, 1, 0]
    assert late.total == 0.25
    assert beats == [0.5, 1.25]
