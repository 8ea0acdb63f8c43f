"""A contract's message classes: made once, by the thread that makes the contract, and never again."""

import gc
import weakref

from gateway.transcoding.contract import Contract, message_class
from tests.unit.gateway.trial import trial_contract


def references(descriptor, found):
    """Weak references to the classes of the message types that a message of this type may hold, by name."""
    if descriptor.full_name not in found:
        found[descriptor.full_name] = weakref.ref(message_class(descriptor))
        for field in descriptor.fields:
            if field.message_type is not None:
                references(field.message_type, found)


def test_a_message_class_lives_as_long_as_its_contract():
    contract, found = trial_contract(), {}
    for method in contract.methods():
        references(method.input_type, found)
        references(method.output_type, found)
    gc.collect()
    assert "google.protobuf.Timestamp" in found
    assert any(name.endswith("Entry") for name in found)
    assert [name for name, reference in found.items() if reference() is None] == []


def test_a_collection_in_the_midst_of_a_read_finds_no_class_to_make():
    pool, made = trial_contract().pool, []

    class MakesTheSameClass:
        def __init__(self):
            self.cycle = self

        def __del__(self):
            made.append(message_class(pool.FindMessageTypeByName("workbench.trial.v1.Book")))

    thresholds = gc.get_threshold()
    # What other tests have left is much, and each collection would go through it.
    gc.freeze()
    try:
        # The collector runs after so many allocations: somewhere in what would make the class.
        for allocations in range(20):
            gc.collect()
            MakesTheSameClass()
            gc.set_threshold(gc.get_count()[0] + allocations, *thresholds[1:])
            read = message_class(pool.FindMessageTypeByName("workbench.trial.v1.Book"))
            gc.set_threshold(*thresholds)
            gc.collect()
            assert made.pop() is read
            del read
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def test_the_generated_contract_is_read_once_per_process():
    assert Contract.load() is Contract.load()
