"""Lines as sinks are given them."""

from breaktime.audit.ecs import Origin, to_ecs
from breaktime.audit.entry import read_entry
from breaktime.audit.identifiers import event_id
from breaktime.audit.line import render


def line_of(record, sequence=1):
    id_ = event_id(record.at)
    laid_out = to_ecs(record, sequence=sequence, event_id=id_, origin=Origin("gw-a", "1.0.0"))
    return render(laid_out)[:-1]


def entry_of(record, sequence=1):
    return read_entry(line_of(record, sequence))
