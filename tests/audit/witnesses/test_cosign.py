"""The key with which a gateway says that it has seen a checkpoint."""

import pytest

from breaktime.audit.statement import Statement
from breaktime.audit.witnesses.cosign import NAME, WitnessKey, is_cosigned

SEEN = Statement("gw-a/1f0c9e1b7a445d0c", 7, "a" * 64)


def test_it_is_made_once_and_only_for_us(tmp_path):
    folder = tmp_path / "keys"
    key = WitnessKey.of(folder)

    assert WitnessKey.of(folder).public == key.public
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_it_signs_is_one_checkpoint_of_one_log(tmp_path):
    key, other = WitnessKey.of(tmp_path), WitnessKey.of(tmp_path / "other")
    signature = key.sign(SEEN)

    assert is_cosigned(SEEN, signature, key.public)
    assert not is_cosigned(SEEN, signature, other.public)
    assert not is_cosigned(SEEN, signature[:-2], key.public)
    assert not is_cosigned(SEEN, signature, "00")
    for changed in (
        Statement(SEEN.origin, 8, SEEN.hash),
        Statement("gw-b/1", 7, SEEN.hash),
        Statement(SEEN.origin, 7, "b" * 64),
    ):
        assert not is_cosigned(changed, signature, key.public)


@pytest.mark.parametrize("text", ["", "ab", "x" * 64])
def test_a_file_without_a_key_is_told(tmp_path, text):
    (tmp_path / NAME).write_text(text)

    with pytest.raises(OSError, match="holds no key"):
        WitnessKey.of(tmp_path)
