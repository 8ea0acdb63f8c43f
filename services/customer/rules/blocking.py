"""Which customers are compared at all: those that share a block.

A million customers are half a billion pairs of each; nearly all of them share nothing. The blocks follow from the weights in
`likeness`: whatever reaches `LIKELY` without a shared number (identifier, telephone and e-mail are found by their own keys)
shares one of these:

- of people a reading and a birth date, a reading and an address, or a birth date and an address;
- of organisations how the name is read without form and region, or, of long names, one half of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from services.customer.rules.kinds import CustomerKind
from services.customer.rules.likeness import Traits, fold_line, forms
from services.customer.rules.name_forms import NameForms

# Further names and addresses than these make no blocks: whoever has more has the first ones too.
NAMES_MAX = 4
ADDRESSES_MAX = 3
# In one block each customer is compared with so many of its neighbours by name. A block that is larger says little.
NEIGHBOURS_MAX = 50

# A mark of so many letters can be misspelt and still be like enough.
_LONG_MARK = 5
_HALF = 4
_STREET_BEGINNING = 6


def block_keys(traits: Traits) -> frozenset[str]:
    """The blocks of a customer, as text that says what is shared; to be kept hashed, for it holds personal data."""
    if traits.kind == CustomerKind.RETAIL:
        return frozenset(f"p|{key}" for key in _person_keys(traits))
    return frozenset(f"o{traits.kind}|{key}" for key in _organisation_keys(traits))


def _person_keys(traits: Traits) -> Iterator[str]:
    readings = {reading for each in _names(traits) for reading in each.like_readings}
    places = set(_places(traits.addresses[:ADDRESSES_MAX]))
    if date := traits.birth_or_founding_date:
        yield from (f"d|{date}|{reading}" for reading in readings)
        yield from (f"p|{date}|{place}" for place in places)
    yield from (f"a|{place}|{reading}" for place in places for reading in readings)


def _organisation_keys(traits: Traits) -> Iterator[str]:
    for each in _names(traits):
        yield from (f"r|{reading}" for reading in each.like_readings)
        if len(each.mark) >= _LONG_MARK:
            yield f"h|{each.mark[:_HALF]}"
            yield f"t|{each.mark[-_HALF:]}"


def _names(traits: Traits) -> Iterable[NameForms]:
    return (forms(traits.kind, name) for name in traits.names[:NAMES_MAX])


def _places(addresses: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What two writings of one address share: its numbers, or the beginning of a line without any."""
    for _, line in addresses:
        folded = fold_line(line)
        if numbers := re.findall(r"[0-9]+", folded):
            yield ".".join(numbers)
        elif folded:
            yield folded[:_STREET_BEGINNING]
