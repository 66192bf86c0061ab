"""A gateway may end at any moment of an approval: nothing is open without a record, or lost."""

import asyncio
from datetime import date

import pytest

from breaktime.audit import DayFiles, Recorder
from breaktime.audit.pseudonyms import Pseudonyms
from breaktime.core.decide import Reason, decide
from breaktime.core.request import Request
from breaktime.ledger import LedgerError, RequestState
from breaktime.portal.recovery import recover, recover_of
from support.portal import BEN, MEG

GOOD = {"platform": "facebook", "purpose": "Foster carers", "until": "2026-12-18"}


class GatewayEndsError(BaseException):
    """The process is gone."""


def asked(portal):
    before = portal.ledger.requests.of(BEN)
    assert portal.post("/cases/request", BEN, **GOOD).status == 303
    (new,) = set(portal.ledger.requests.of(BEN)) - set(before)
    return new.id


def approve(portal, request):
    return portal.post(
        "/requests/decide", MEG, request=request, answer="approve", until="2026-11-30"
    )


def opened(portal):
    ask = Request(names=("www.facebook.com",), path="/", person=BEN, client="10.0.0.5")
    return decide(portal.state.policy, ask, portal.now).reason is Reason.BUSINESS_CASE


def recorded(portal):
    files = (portal.folder / "audit").glob("*.jsonl")
    return sum(file.read_text().count('"case-approved"') for file in files)


def start_again(portal, ledger=None, name="gateway"):
    """Do what a gateway does when it starts, and load what is in the files then."""
    cases, audit = portal.folder / "cases.d", portal.folder / "audit"
    asking = ledger or portal.house.ledger
    finished = asyncio.run(recover(cases, audit, portal.now, asking, name))
    portal.reload()
    return finished


def end_at(portal, monkeypatch, step):
    """Let the gateway end at a step of an approval."""

    def gone(*_, **__):
        raise GatewayEndsError

    if step == "before the record":
        object.__setattr__(portal.house, "record", gone)
    elif step == "before it is in force":
        monkeypatch.setattr("breaktime.portal.case_file.Prepared.put_in_force", gone)
    elif step == "before the reload":
        object.__setattr__(portal.house, "reload", gone)


@pytest.mark.parametrize(
    ("step", "in_force"),
    [
        ("before the record", False),
        ("before it is in force", True),
        ("before the reload", True),
    ],
)
def test_an_approval_that_is_interrupted_is_in_force_and_recorded_or_neither(
    portal, monkeypatch, step, in_force
):
    request = asked(portal)
    record = portal.house.record
    end_at(portal, monkeypatch, step)
    with pytest.raises(GatewayEndsError):
        approve(portal, request)
    portal.reload()
    assert not opened(portal) or recorded(portal)
    monkeypatch.undo()

    object.__setattr__(portal.house, "record", record)
    object.__setattr__(portal.house, "reload", portal.reload)
    start_again(portal)

    assert opened(portal) is in_force
    assert recorded(portal) == in_force
    state = portal.ledger.requests.find(request).state
    assert state is (RequestState.APPROVED if in_force else RequestState.OPEN)
    if not in_force:
        assert approve(portal, request).status == 303
        assert opened(portal)
        assert recorded(portal) == 1
    assert portal.ledger.requests.untold("gateway") == ()
    left = [one.name for one in (portal.folder / "cases.d").iterdir()]
    assert left == [f"portal-BC-{date(2026, 1, 1):%Y}-{request.upper()}.yaml"]


def test_an_approval_that_is_recorded_by_pseudonym_is_found(portal, monkeypatch, tmp_path):
    portal.recorder.close()
    files = DayFiles(portal.folder / "audit", "gateway")
    portal.recorder = Recorder(files, "gateway", hide=Pseudonyms(tmp_path / "keys").hide)
    request = asked(portal)
    end_at(portal, monkeypatch, "before it is in force")
    with pytest.raises(GatewayEndsError):
        approve(portal, request)
    monkeypatch.undo()
    (file,) = (portal.folder / "audit").glob("*.jsonl")
    assert f'"{BEN}"' not in file.read_text()

    assert start_again(portal)
    assert opened(portal)
    assert portal.ledger.requests.find(request).state is RequestState.APPROVED


def gone_after(portal, call, *, written):
    """Let the gateway end when something is in the ledger, before or after it is recorded."""
    record = portal.house.record

    def gone(one):
        if written:
            portal.put(one)
        raise GatewayEndsError

    object.__setattr__(portal.house, "record", gone)
    with pytest.raises(GatewayEndsError):
        call()
    object.__setattr__(portal.house, "record", record)


@pytest.mark.parametrize("written", [False, True])
def test_a_request_that_nobody_was_told_of_is_kept_if_it_is_recorded(portal, written):
    gone_after(portal, lambda: portal.post("/cases/request", BEN, **GOOD), written=written)
    assert len(portal.ledger.requests.waiting()) == 1
    start_again(portal, name="other")
    assert len(portal.ledger.requests.waiting()) == 1  # that is for its own gateway to say
    start_again(portal)
    assert len(portal.ledger.requests.waiting()) == written
    assert portal.ledger.requests.untold("gateway") == ()


@pytest.mark.parametrize("written", [False, True])
def test_a_refusal_that_nobody_was_told_of_stands_if_it_is_recorded(portal, written):
    request = asked(portal)
    form = {"request": request, "answer": "decline", "until": "2026-11-30"}
    gone_after(portal, lambda: portal.post("/requests/decide", MEG, **form), written=written)
    assert portal.ledger.requests.find(request).state is RequestState.DECLINED
    start_again(portal)
    state = RequestState.DECLINED if written else RequestState.OPEN
    assert portal.ledger.requests.find(request).state is state
    assert portal.ledger.requests.untold("gateway") == ()


def test_an_approval_of_which_there_is_no_file_yet_is_open_again(portal, monkeypatch):
    request = asked(portal)

    async def gone(*_):
        raise GatewayEndsError

    monkeypatch.setattr("breaktime.portal.requests.prepare", gone)
    with pytest.raises(GatewayEndsError):
        approve(portal, request)
    monkeypatch.undo()
    assert portal.ledger.requests.find(request).state is RequestState.APPROVED
    start_again(portal)
    assert portal.ledger.requests.find(request).state is RequestState.OPEN


def test_what_is_recorded_is_not_looked_for(portal):
    request = asked(portal)
    for file in (portal.folder / "audit").glob("*.jsonl"):
        file.write_bytes(b"")
    start_again(portal)
    assert portal.ledger.requests.find(request) is not None


def test_without_the_ledger_it_waits_for_the_next_start(portal, monkeypatch):
    request = asked(portal)
    end_at(portal, monkeypatch, "before the record")
    with pytest.raises(GatewayEndsError):
        approve(portal, request)

    async def down(_):
        raise LedgerError("no")

    assert not start_again(portal, down)
    assert portal.ledger.requests.find(request).state is RequestState.APPROVED
    assert list((portal.folder / "cases.d").iterdir())
    assert not opened(portal)
    start_again(portal)
    assert portal.ledger.requests.find(request).state is RequestState.OPEN


def interrupted(portal, monkeypatch, worker, step):
    """Let one worker end at a step of an approval, and everything work for the others."""
    record, reload = portal.house.record, portal.house.reload
    object.__setattr__(portal.house, "name", worker)
    request = asked(portal)
    end_at(portal, monkeypatch, step)
    with pytest.raises(GatewayEndsError):
        approve(portal, request)
    monkeypatch.undo()
    object.__setattr__(portal.house, "record", record)
    object.__setattr__(portal.house, "reload", reload)
    return request


@pytest.mark.parametrize(
    ("step", "in_force"), [("before the record", False), ("before it is in force", True)]
)
def test_what_one_worker_had_begun_is_settled_and_what_another_does_goes_on(
    portal, monkeypatch, step, in_force
):
    hers = interrupted(portal, monkeypatch, "gateway/1", step)
    other = interrupted(portal, monkeypatch, "gateway/10", "before the record")
    cases, audit = portal.folder / "cases.d", portal.folder / "audit"

    def settle(worker):
        return asyncio.run(recover_of(cases, audit, portal.now, portal.house.ledger, worker))

    assert settle("gateway/1") is in_force
    portal.reload()

    states = [portal.ledger.requests.find(request).state for request in (hers, other)]
    assert states == [
        RequestState.APPROVED if in_force else RequestState.OPEN,
        RequestState.APPROVED,
    ]
    assert opened(portal) is in_force
    assert portal.ledger.requests.untold("gateway/1") == ()
    assert [one.id for one in portal.ledger.requests.untold("gateway/10")] == [other]
    assert (cases / f".portal-BC-2026-{other.upper()}.yaml.approved").exists()
    assert settle("gateway/1") is False
    start_again(portal)  # the whole gateway: what its workers had begun, too
    assert portal.ledger.requests.find(other).state is RequestState.OPEN


def test_an_approval_is_known_by_who_makes_it_until_it_is_in_force(portal, monkeypatch):
    interrupted(portal, monkeypatch, "gateway/1", "before it is in force")

    assert recorded(portal) == 1
    assert len(portal.ledger.requests.untold("gateway/1")) == 1


def test_a_folder_with_nothing_of_ours_in_it_is_left_alone(portal):
    folder = portal.folder / "cases.d"
    folder.mkdir()
    (folder / ".portal-x.yaml.approved").write_text("- no case")
    (folder / ".portal-y.yaml.approved").write_bytes(b"\xff")
    assert not start_again(portal)
    assert len(list(folder.iterdir())) == 2
