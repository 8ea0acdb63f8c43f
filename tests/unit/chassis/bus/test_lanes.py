"""Deliveries of one subject one after the other, of different subjects side by side."""

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.bus.lanes import Lanes


def test_a_lane_is_shut_while_its_first_is_in_hand():
    lanes = Lanes()
    for subject, delivery in (("a", 1), ("a", 2), ("b", 3)):
        lanes.add(subject, delivery)
    assert [lanes.take(), lanes.take(), lanes.take()] == [("a", 1), ("b", 3), None]
    lanes.done("a")
    assert [lanes.take(), lanes.take()] == [("a", 2), None]


@given(st.lists(st.sampled_from("abc")), st.randoms(use_true_random=False))
def test_whatever_ends_first_each_subject_keeps_its_order_and_nothing_is_left(subjects, chance):
    lanes, in_hand, taken = Lanes(), [], []
    waiting = list(enumerate(subjects))
    while len(taken) < len(subjects) or in_hand:
        if waiting and chance.random() < 0.5:
            number, subject = waiting.pop(0)
            lanes.add(subject, number)
        elif following := lanes.take():
            in_hand.append(following[0])
            taken.append(following)
        elif in_hand:
            lanes.done(in_hand.pop(chance.randrange(len(in_hand))))
    for subject in "abc":
        own = [number for each, number in taken if each == subject]
        assert own == sorted(own)
    assert lanes.take() is None
