"""The tree is that of RFC 6962, and ways through it lead where they should."""

from hashlib import sha256

import pytest

from breaktime.audit.merkle import EMPTY, Tree, leaf_of, node_of, path_of, root_above

LEAVES = [leaf_of(b"%d" % number) for number in range(70)]


def defined(leaves):
    """As RFC 6962, section 2.1 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + defined(leaves[:half]) + defined(leaves[half:])).digest()


def test_a_line_is_no_pair():
    assert leaf_of(b"") == sha256(b"\x00").digest()
    assert node_of(EMPTY, EMPTY) != leaf_of(EMPTY + EMPTY)


def test_roots():
    tree = Tree()
    for count in range(len(LEAVES)):
        assert (tree.count, tree.root()) == (count, defined(LEAVES[:count]))
        tree.add(LEAVES[count])


def test_each_way_leads_to_the_root():
    for count in range(1, len(LEAVES)):
        for index in range(count):
            path = path_of(LEAVES[:count], index)
            assert root_above(LEAVES[index], index, count, path) == defined(LEAVES[:count])


def test_no_other_way_does():
    """From another place, for another count, with a hash more, less, or changed."""
    for count in range(2, 20):
        root = defined(LEAVES[:count])
        for index in range(count):
            path = path_of(LEAVES[:count], index)
            for other in set(range(-1, count + 2)) - {index}:
                assert root_above(LEAVES[index], other, count, path) != root
            assert root_above(LEAVES[index], index, count, path[:-1]) is None
            assert root_above(LEAVES[index], index, count, [*path, root]) is None
            for place in range(len(path)):
                changed = [*path[:place], EMPTY, *path[place + 1 :]]
                assert root_above(LEAVES[index], index, count, changed) != root


@pytest.mark.parametrize(("index", "count"), [(0, 0), (-1, 1), (1, 1), (5, 5)])
def test_no_such_place(index, count):
    assert root_above(EMPTY, index, count, []) is None
