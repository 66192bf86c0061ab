"""A worker hears what became of its records."""

import asyncio

from breaktime.mitm.workers.channel import ChannelError
from breaktime.mitm.workers.messages import Kept
from breaktime.mitm.workers.remote import RemoteRecorder
from records import LOADED, VISIT


def run(body):
    async def main():
        sent = []
        return await body(RemoteRecorder(sent.append), sent)

    return asyncio.run(main())


def test_each_record_has_a_number_and_its_own_answer():
    async def body(recorder, sent):
        first, second = recorder.put(VISIT, held=True), recorder.put(LOADED)
        recorder.heard(Kept(sent[1].number, kept=True, writable=True))
        recorder.heard(Kept(sent[0].number, kept=False, writable=False))
        return await first, await second, [(put.record, put.held) for put in sent]

    assert run(body) == (False, True, [(VISIT, True), (LOADED, False)])


def test_whether_records_are_kept_at_all_is_what_was_heard_last():
    async def body(recorder, sent):
        recorder.put(VISIT)
        states = [recorder.writable]
        for writable in (False, True):
            recorder.heard(Kept(sent[0].number, kept=True, writable=writable))
            states.append(recorder.writable)
        return states

    assert run(body) == [True, False, True]


def test_a_record_that_cannot_be_sent_is_lost():
    def fails(_):
        raise ChannelError

    async def main():
        recorder = RemoteRecorder(fails)
        return await recorder.put(VISIT), recorder.writable

    assert asyncio.run(main()) == (False, False)


def test_when_nobody_answers_any_more_nothing_is_known_to_be_kept():
    async def body(recorder, _):
        waiting, cancelled = recorder.put(VISIT), recorder.put(VISIT)
        cancelled.cancel()
        recorder.give_up()
        return await waiting, recorder.writable

    assert run(body) == (False, False)


def test_the_end_waits_for_every_answer():
    async def body(recorder, sent):
        recorder.put(VISIT)
        recorder.put(VISIT).cancel()
        settled = asyncio.ensure_future(recorder.settled())
        await asyncio.sleep(0)
        before = settled.done()
        for put in sent:
            recorder.heard(Kept(put.number, kept=True, writable=True))
        await asyncio.wait_for(settled, 60)
        return before

    assert run(body) is False
