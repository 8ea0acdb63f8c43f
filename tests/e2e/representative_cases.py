"""What schemathesis loads as its hooks: of all requests that the coverage phase makes, those that stand for the others are sent.

What breaks the contract is refused by code that goes by the field alone, by its kind and its limits, whatever the method. So one
method meets all that can be wrong with a field of that name and these limits, and every other method that has such a field meets
the first fault of each sort. The same holds of what keeps the contract, where it is not sent in full.
"""

import schemathesis
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario

from tests.e2e import path_lengths  # noqa: F401 - its hooks as well

_owners = {}
_met = set()


@schemathesis.hook
def filter_case(context, case):
    """Whether the case is sent."""
    data = case.meta.phase.data
    if not isinstance(data, CoveragePhaseData):
        return True
    operation = context.operation.label
    sort = (case.meta.generation.mode, data.scenario, data.parameter_location)
    owner = _owners.setdefault((*sort, _field(case, data), data.description.rpartition(": ")[2]), operation)
    first = (operation, *sort) not in _met
    _met.add((operation, *sort))
    return first or owner == operation


def _field(case, data):
    if data.scenario is CoverageScenario.UNSPECIFIED_HTTP_METHOD:
        return case.method
    _, inside, name = (data.location or "").rpartition("/properties/")
    return name if inside else data.parameter
