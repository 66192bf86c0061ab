"""Who has looked at somebody's records: told to that person, and to nobody else."""

from breaktime.audit.readings import Reading, Reveal, note_reading, note_reveal
from breaktime.portal.looked import about
from support.portal import ADA, BEN, NOON

WORD = "pbx4t7mzq2hd6wkr5n3a"


def note(portal, selection, person=None):
    note_reading(portal.folder / "audit", Reading(NOON, "h.reader", "log", selection, person))


def test_whoever_asked_for_somebody_by_name_is_shown_to_them(portal):
    (portal.folder / "audit").mkdir(exist_ok=True)
    note(portal, f"person {ADA} or x.y, team finance")
    note(portal, "everything", ADA)
    page = portal.get("/records").text
    assert "12:00: Somebody read records of you. By h.reader." in page
    assert "12:00: All your records were handed out. By h.reader." in page
    assert "h.reader" not in portal.get("/records", BEN).text


def test_a_look_at_everything_is_about_nobody(portal):
    (portal.folder / "audit").mkdir(exist_ok=True)
    note(portal, "everything")
    note(portal, f"person {ADA}.else, team person {ADA}")
    assert "h.reader" not in portal.get("/records").text


def test_a_reveal_is_shown_unless_the_case_is_one_they_are_not_told_of(tmp_path):
    for case in ("HR-1", "HR-2"):
        note_reveal(tmp_path, Reveal(NOON, "h.reader", case, WORD, "second"))
    found = list(about(tmp_path, {ADA, WORD}, {"HR-2"}))
    assert [line["breaktime"]["concern"]["case"] for line in found] == ["HR-1"]
    assert list(about(tmp_path, {BEN}, set())) == []


def test_notes_that_cannot_be_read_are_not_called_empty(portal):
    folder = portal.folder / "audit" / "readings" / "readings.jsonl"
    folder.mkdir(parents=True)
    assert "cannot be read at the moment" in portal.get("/records").text
