"""The day of the demo: every scene right, and a wrong one seen."""

from dataclasses import replace

import pytest

from breaktime.core.decide import Reason
from breaktime.demo import story
from breaktime.demo.stage import PEOPLE, DemoError
from breaktime.demo.story import SCENES, play

pytestmark = pytest.mark.e2e


def test_every_scene_has_somebody_and_a_reason_that_exists():
    assert {scene.who for scene in SCENES} <= PEOPLE.keys()
    assert {scene.reason for scene in SCENES} - {None} <= {reason.value for reason in Reason}
    assert sorted(scene.at for scene in SCENES) == [scene.at for scene in SCENES]


def test_the_day_goes_as_it_should():
    told = []
    assert play(told.append) == 0
    text = "\n".join(told)
    for scene in SCENES:
        assert f"{scene.at}  {scene.who} asks for {scene.url}  ({scene.why})" in text
    assert "THIS IS NOT WHAT SHOULD HAVE HAPPENED" not in text
    assert told[-1].startswith(f"{len(SCENES)} of {len(SCENES)} scenes went as they should")
    (refused, *_) = [line for line in told if "refused:" in line]
    assert "12:00" in refused, "the refusal says when the site opens"


WRONG = {
    "another status": {"status": 403},
    "another reason": {"reason": "business_case"},
    "no record": {"reason": None},
    "another certificate": {"issuer": "nobody"},
}


def test_each_scene_that_goes_wrong_is_seen(monkeypatch):
    scene = SCENES[1]
    scenes = [scene, *(replace(scene, **change) for change in WRONG.values())]
    monkeypatch.setattr(story, "SCENES", scenes)
    told = []
    assert play(told.append) == len(WRONG)
    assert told.count("       THIS IS NOT WHAT SHOULD HAVE HAPPENED") == len(WRONG)
    assert told[-1].startswith(f"1 of {len(scenes)} scenes")


@pytest.mark.parametrize("fault", [ConnectionResetError("gone"), story.HTTPException("odd")])
def test_a_gateway_that_does_not_answer_is_said(monkeypatch, fault):
    def visit(*_):
        raise fault

    monkeypatch.setattr(story, "visit", visit)
    with pytest.raises(DemoError, match="the gateway did not answer"):
        play(lambda _: None)
