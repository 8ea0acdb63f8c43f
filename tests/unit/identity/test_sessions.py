"""Of a session: no access token that a change should stop outlives it, whatever the clocks of the machines say."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.model.session import Session, SignInMethod

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
# Each act on another machine, whose clock is up to five seconds off.
acts = st.lists(st.tuples(st.sampled_from(["refresh", "void"]), st.integers(-5_000_000, 5_000_000)), max_size=30)


def opened(now=NOW):
    return Session.opened("s", "p", SignInMethod.PASSWORD, remote_address="", now=now, idle=IDLE, longest=LONGEST)


@given(acts)
def test_a_token_works_exactly_if_nothing_changed_after_it(steps):
    session = opened()
    tokens = [(session.refresh_time, 0)]
    changes = 0
    for act, skew_microseconds in steps:
        now = NOW + timedelta(microseconds=skew_microseconds)
        if act == "refresh":
            session.refresh(now=now, idle=IDLE)
            tokens.append((session.refresh_time, changes))
        else:
            session.void_tokens(now)
            changes += 1
    for issued, changes_before in tokens:
        void = session.tokens_void_time is not None and issued <= session.tokens_void_time
        assert void == (changes_before < changes)


@given(st.lists(st.integers(0, 7_199), max_size=40))
def test_a_session_that_is_kept_busy_still_ends(pauses):
    session, now = opened(), NOW
    for seconds in pauses:
        now += timedelta(seconds=seconds)
        if not session.open_at(now):
            assert now >= session.end_time
            return
        session.refresh(now=now, idle=IDLE)
        assert session.expire_time <= NOW + LONGEST
    assert session.generation == len(pauses) + 1


def test_a_closed_session_is_closed_for_good():
    session = opened()
    session.close("SIGNED_OUT", NOW)
    assert not session.open_at(NOW)
    assert session.tokens_void_time >= session.refresh_time
