"""What the processes tell each other arrives as it was sent, and nothing else does."""

import pickle
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given

from breaktime.config.problems import Problem
from breaktime.core.platforms import Role
from breaktime.core.reasons import Reason, Verdict
from breaktime.core.signin import Strength
from breaktime.door import Identity, Inspection, Kind
from breaktime.identity import Doubt
from breaktime.mitm.workers import messages
from breaktime.mitm.workers.messages import (
    Begin,
    Figures,
    Histogram,
    Prepared,
    Put,
    Take,
    from_bytes,
    to_bytes,
)
from records import RECORDS, VISIT

TAKE = Take(
    "id", "10.0.0.7", 40000, Identity("ada", groups=("staff",), known_by=Strength.KERBEROS),
    b"certificate", b"\x16\x03\x01", Kind.TLS, "www.facebook.com", 443, "www.facebook.com",
    "192.0.2.1",
)  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        TAKE,
        replace(TAKE, identity=None, certificate=None, kind=Kind.PROXY, sni=None, address=None),
        Begin("1", Path("/x.yaml"), "gateway-1", datetime(2026, 1, 1, tzinfo=UTC), (("::", 1),)),
        Prepared(1, "f", "p", (Problem("a.yaml", 1, 2, "breaks", "is wrong"),), "KeyError"),
        Figures(
            ((Verdict.ALLOW, Reason.BREAK_FIXED, 3),), (("ended", 1),),
            (("refused", 2),), Histogram((1, 2), 0.5), Histogram(), 4,
        ),
        *[kind() for kind in messages._MESSAGES if not fields(kind)],
    ],
)  # fmt: skip
def test_a_message_arrives_as_it_was_sent(message):
    assert from_bytes(to_bytes(message)) == message


@given(RECORDS)
def test_every_record_arrives_as_it_was_sent(record):
    assert from_bytes(to_bytes(Put(1, record, held=True))) == Put(1, record, held=True)


@pytest.mark.parametrize("reason", [*Reason, *Doubt])
def test_a_reason_stays_of_its_kind(reason):
    sent = from_bytes(to_bytes(Put(1, VISIT._replace(reason=reason, role=Role.PIXEL), held=False)))

    assert type(sent.record.reason) is type(reason)
    assert type(sent.record.role) is Role


def test_a_word_that_no_message_knows_arrives_as_text():
    class Word(StrEnum):
        ONE = "one"

    sent = from_bytes(to_bytes(Put(1, VISIT._replace(category=Word.ONE), held=False)))

    assert type(sent.record.category) is str
    assert sent.record.category == "one"


def test_all_that_the_door_knows_of_a_connection_is_told():
    """A new field of what is handed over is one of the message, or is left out here."""
    told = {each.name for each in fields(Take)}

    assert {each.name for each in fields(Inspection)} - {"conn", "sock"} <= told


class Evil:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        pickle.dumps(Evil()),
        pickle.dumps(VISIT.at),
        pickle.dumps([1]),
        to_bytes(TAKE)[:-5],
        b"cos\nsystem\n(S'true'\ntR.",
    ],
)
def test_nothing_else_is_read_and_nothing_is_run(data, capsys):
    with pytest.raises(ValueError, match="no message"):
        from_bytes(data)

    assert not capsys.readouterr().out


@pytest.mark.parametrize("value", [Evil(), Path, print, ValueError()])
def test_what_could_not_be_read_is_not_sent(value):
    with pytest.raises(ValueError, match="no message holds a"):
        to_bytes(Put(1, VISIT._replace(note=value), held=False))


def test_secrets_do_not_show():
    assert "certificate=" not in repr(TAKE)
    assert "replay=" not in repr(TAKE)
