"""Does an approved request become a whole and valid file, or none?"""

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breaktime.config import load
from breaktime.ledger import CaseRequest
from breaktime.portal.case_file import CaseError, left_behind, prepare
from breaktime.portal.forms import one_line
from support.portal import ADA, MEG, NOON

ASKED = CaseRequest("3f9a2c71", NOON, ADA, ("finance",), "facebook", "Answers", date(2026, 12, 18))
DAYS = (date(2026, 11, 23), date(2026, 11, 30))


def put(portal, request=ASKED):
    return put_into(portal, "cases.d", request)


def put_into(portal, folder, request=ASKED):
    case = asyncio.run(prepared_in(portal, folder, request))
    case.put_in_force()
    return case.path


def prepared_in(portal, folder, request=ASKED):
    return prepare(portal.house.load, portal.folder / folder, request, MEG, DAYS)


def case(portal):
    portal.reload()
    cases = {one.rule.id: (who, one) for who, one in portal.state.policy.cases}
    return cases["business-case:BC-2026-3F9A2C71"]


def test_the_case_is_in_the_configuration(portal):
    path = put(portal)
    who, found = case(portal)
    assert (who.id, found.platforms, found.since, found.until) == (ADA, {"facebook"}, *DAYS)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_what_is_only_prepared_opens_nothing(portal):
    case = asyncio.run(prepared_in(portal, "cases.d"))
    portal.reload()
    assert {one.rule.id for _, one in portal.state.policy.cases} == {"business-case:BC-1"}
    assert list(left_behind(portal.folder / "cases.d")) == [(case, "BC-2026-3F9A2C71")]
    case.drop()
    assert not list(portal.folder.glob("cases.d/*"))


PURPOSES = st.text(max_size=300).map(one_line).filter(bool)


@given(purpose=PURPOSES)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_purpose_says_it_is_a_purpose(portal, purpose):
    try:
        path = put(portal, replace(ASKED, purpose=purpose))
    except CaseError:
        assert not list(portal.folder.glob("cases.d/*"))
        return
    _, found = case(portal)
    assert (found.platforms, found.until) == ({"facebook"}, DAYS[1])
    path.unlink()


def test_a_platform_that_is_unknown_by_now_leaves_no_file(portal):
    with pytest.raises(CaseError, match="problems"):
        put(portal, replace(ASKED, platform="gone"))
    assert not list(portal.folder.glob("cases.d/*"))
    load(portal.config)


def test_a_folder_that_nobody_reads_is_told_of(portal):
    with pytest.raises(CaseError, match="include"):
        put_into(portal, "elsewhere")
    assert not list(portal.folder.glob("elsewhere/*"))


def test_a_folder_that_cannot_be_written_is_told_of(portal):
    (portal.folder / "file").write_text("")
    with pytest.raises(CaseError, match="cannot be written"):
        put_into(portal, "file")


def test_a_reader_that_fails_leaves_no_file(portal):
    async def broken(_):
        raise RuntimeError("no")

    object.__setattr__(portal.house, "load", broken)
    with pytest.raises(CaseError, match="RuntimeError"):
        put(portal)
    assert not list(portal.folder.glob("cases.d/*"))
