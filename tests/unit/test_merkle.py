"""Hash trees against a plain re-computation of the standards' rules."""

from hashlib import new, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.crypto.merkle import HashTree, climb, combined


def naive_root(digest: str, nodes: list[bytes]) -> bytes:
    """The root by recursion over pairs, written without a look at the tree under test."""
    if len(nodes) == 1:
        return nodes[0]
    above = []
    for at in range(0, len(nodes), 2):
        pair = sorted(nodes[at : at + 2])
        above.append(new(digest, b"".join(pair)).digest() if len(pair) == 2 else pair[0])
    return naive_root(digest, above)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("count", [*range(1, 18), 100])
def test_root_and_every_path_agree_with_the_rules(digest: str, count: int) -> None:
    """The root is the rules' root, and the reduced tree of every leaf leads to it."""
    leaves = [new(digest, b"%d" % number).digest() for number in range(count)]
    tree = HashTree(digest, leaves)
    assert tree.root == naive_root(digest, leaves)
    assert all(climb(digest, leaf, tree.path(at)) == tree.root for at, leaf in enumerate(leaves))


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40), st.data())
def test_no_other_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    """A changed leaf leads somewhere else with the path of the leaf that it replaces."""
    tree, at = HashTree("sha256", leaves), data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda each: each not in leaves))
    assert climb("sha256", other, tree.path(at)) != tree.root


def test_paths_are_as_short_as_the_tree_is_low() -> None:
    """A thousand leaves need at most ten siblings; the odd one at the end needs fewer."""
    tree = HashTree("sha256", [sha256(b"%d" % number).digest() for number in range(1025)])
    assert len(tree.path(0)) == 11
    assert len(tree.path(1024)) == 1


def test_a_single_member_stands_for_itself() -> None:
    """A group of one is not digested again; the order of several does not matter."""
    assert combined("sha256", [b"a" * 32]) == b"a" * 32
    assert combined("sha256", [b"b" * 32, b"a" * 32]) == sha256(b"a" * 32 + b"b" * 32).digest()


@pytest.mark.parametrize("leaves", [[], [b"short"], [b"a" * 32, b"b" * 48]])
def test_leaves_of_another_size_are_refused(leaves: list[bytes]) -> None:
    """A tree is over digests of its own algorithm, and at least one."""
    with pytest.raises(ValueError, match="digests of its own"):
        HashTree("sha256", leaves)
