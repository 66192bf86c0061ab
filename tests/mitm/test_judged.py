"""What a flow remembers."""

from mitmproxy.test import tflow

from breaktime.core.decide import FAULT
from breaktime.core.session import begun
from breaktime.mitm.judged import JUDGED, Judged, session_of
from records import VISIT


def test_a_flow_knows_its_session_where_it_has_one():
    flow = tflow.tflow()
    assert session_of(flow) is None

    judged = flow.metadata[JUDGED] = Judged(FAULT, "d-1", None)
    assert session_of(flow) is None

    judged.session = begun(VISIT, None)
    assert session_of(flow) is judged.session


def test_what_somebody_else_has_left_there_is_no_session():
    flow = tflow.tflow()
    flow.metadata[JUDGED] = "a text"

    assert session_of(flow) is None
