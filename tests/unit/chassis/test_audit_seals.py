"""The Merkle tree tells every difference between lists of records."""

import hashlib

from hypothesis import assume, given
from hypothesis import strategies as st

from services.chassis.db.audit import merkle_root

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=40)


@given(LEAVES, LEAVES)
def test_different_records_have_different_roots(one, other):
    assume(one != other)
    assert merkle_root(one) != merkle_root(other)


def test_root_of_one_record_is_the_record():
    leaf = hashlib.sha256(b"record").digest()
    assert merkle_root([leaf]) == leaf.hex()


def test_root_of_two_is_the_hash_over_both():
    left, right = hashlib.sha256(b"l").digest(), hashlib.sha256(b"r").digest()
    assert merkle_root([left, right]) == hashlib.sha256(b"\1" + left + right).hexdigest()
