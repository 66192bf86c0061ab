"""Has the gateway defaults that are safe, and no values that are not?"""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from breaktime.config.schema_gateway import Ending, Gateway, Page, Records
from breaktime.config.text import Endpoint


def test_what_is_left_out_is_safe():
    gateway, records, ending = Gateway(), Records(), Ending()
    assert gateway.listen == Endpoint("127.0.0.1", 8080)
    assert gateway.ports == (80, 443)
    assert gateway.internal == ()
    assert records.if_records_cannot_be_written == "block"
    assert (ending.warn_before, ending.grace) == (timedelta(minutes=5), timedelta(minutes=1))
    assert Page().help is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": []},
        {"mode": "transparent"},
        {"ports": []},
        {"ports": [True]},
        {"ports": ["80"]},
        {"ports": [0]},
        {"ports": [65536]},
        {"ca": ""},
        {"workers": 2},
    ],
)
def test_what_a_gateway_cannot_be(wrong):
    with pytest.raises(ValidationError):
        Gateway.model_validate(wrong)


def test_it_may_listen_at_several_addresses():
    gateway = Gateway.model_validate({"listen": ["0.0.0.0:8080", "[::]:8080"]})
    assert gateway.listen == (Endpoint("0.0.0.0", 8080), Endpoint("::", 8080))


def test_a_page_links_to_pages_only():
    with pytest.raises(ValidationError):
        Page.model_validate({"policy": "javascript:alert(1)"})
