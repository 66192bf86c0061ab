"""Ids that order by time, and ids that can be read over the phone."""

import re
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest

from breaktime.audit.identifiers import decision_id, event_id, read_decision_id
from records import NOON


def test_event_ids_are_uuids_of_version_7():
    """Made of the instant of the record, to the millisecond, and of chance."""
    ids = [event_id(NOON) for _ in range(200)]

    for each in ids:
        read = uuid.UUID(each)
        assert (str(read), read.version, read.variant) == (each, 7, uuid.RFC_4122)
        assert read.int >> 80 == int(NOON.timestamp() * 1000)
    assert len(set(ids)) == 200


def test_event_ids_order_by_time():
    later = event_id(NOON + timedelta(milliseconds=1))

    assert event_id(NOON) < later


def test_decision_ids():
    ids = {decision_id() for _ in range(200)}

    assert len(ids) == 200
    assert all(re.fullmatch("d-[0-9a-hjkmnp-tv-z]{10}", each) for each in ids)
    assert all(read_decision_id(each) == each for each in ids)


# fmt: off
ROWS = [
    ("as it is",                  "d-7k3mq9x2vd",      "d-7k3mq9x2vd"),
    ("without its beginning",     "7k3mq9x2vd",        "d-7k3mq9x2vd"),
    ("in capitals, with spaces",  " D-7K3MQ 9X2VD\n",  "d-7k3mq9x2vd"),
    ("letters for digits",        "d-oOiIlL0011",      "d-0011110011"),
    ("too short",                 "d-7k3mq9x2v",       None),
    ("too long",                  "d-7k3mq9x2vdd",     None),
    ("a letter that there is not", "d-7k3mq9x2vu",     None),
    ("nothing",                   "",                  None),
]
# fmt: on


@pytest.mark.parametrize(("text", "read"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_read_decision_id(text, read):
    assert read_decision_id(text) == read


def test_a_process_that_was_forked_off_gives_none_of_the_ids_of_its_parent():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60, check=True
    )
    assert len(set(done.stdout.split())) == 5


FORKED = """
import os
from breaktime.audit.identifiers import decision_id
os.write(1, f"{decision_id()} ".encode())
child = os.fork()
if child:
    os.waitpid(child, 0)
os.write(1, f"{decision_id()} {decision_id()} ".encode())
"""
