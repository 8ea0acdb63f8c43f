"""A page token says after which row to go on, and is good for the query that made it only."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PageToken, page_size

KEYS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=3).map(tuple)


@given(KEYS, st.text())
def test_token_reads_back_for_its_query(keys, query):
    assert PageToken.decode(PageToken(keys).encode(query), query, keys=len(keys)) == PageToken(keys)


@given(KEYS)
def test_token_of_another_query_is_refused(keys):
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        PageToken.decode(PageToken(keys).encode("kind=1"), "kind=2", keys=len(keys))


@given(st.one_of(st.text(min_size=1), st.binary(min_size=1).map(lambda b: base64.urlsafe_b64encode(b).decode())))
def test_forged_token_is_refused(text):
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        PageToken.decode(text, "query", keys=1)


def test_nul_in_a_token_is_refused_before_it_meets_a_database():
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        PageToken.decode(PageToken(("a\0",)).encode("q"), "q", keys=1)


def test_half_a_surrogate_pair_in_a_token_is_refused_before_it_meets_a_database():
    payload = base64.urlsafe_b64decode(PageToken(("a",)).encode("q") + "==").replace(b'"a"', b'"\\ud800"')
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        PageToken.decode(base64.urlsafe_b64encode(payload).decode().rstrip("="), "q", keys=1)


def test_page_size_has_a_default_and_a_maximum():
    assert page_size(0) == PAGE_SIZE_DEFAULT
    assert page_size(7) == 7
    assert page_size(10**9) == PAGE_SIZE_MAX
    with pytest.raises(InvalidInput, match="PAGE_SIZE_INVALID"):
        page_size(-1)
