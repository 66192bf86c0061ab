"""Is every address one of ours, with fields that have a bound?"""

from breaktime.portal.routes import ADDRESSES


def test_nothing_of_a_person_stands_in_an_address():
    assert all("{" not in one.path for one in ADDRESSES)


def test_every_field_has_a_bound():
    assert all(0 < field.longest <= 500 for one in ADDRESSES for field in one.all_fields)


def test_forms_have_a_token_and_pages_have_none():
    for one in ADDRESSES:
        names = {field.name for field in one.all_fields}
        assert ("token" in names) is (one.method == "POST")
