"""An office whose managers hand over."""

from __future__ import annotations

import pytest

from services.chassis.kernel.caller import Scope
from services.customer.usecases.settings import CustomerSettings
from tests.component.customer.conftest import Town
from tests.component.customer.hand_overs.acts import (
    APPROVES,
    TRANSFERS,
)
from tests.component.customer.test_supporting import clock, today  # noqa: F401 - fixtures


@pytest.fixture
def office(service):
    """A town whose managers hand over, and a head office that does for all, and approves."""
    town = Town(service)
    town.manager_east = town.colleague(TRANSFERS, Scope(organisation_paths=(f"{town.root}EAST/",)))
    town.second = town.colleague(APPROVES, Scope(organisation_paths=(f"{town.root}EAST/",)))
    town.head = town.colleague(TRANSFERS, Scope(organisation_paths=(town.root,)))
    town.checker = town.colleague((*TRANSFERS, *APPROVES), Scope(organisation_paths=(town.root,)))
    return town


@pytest.fixture
def second_person_from(service, monkeypatch):
    def set_to(customers):
        monkeypatch.setattr(service.database, "settings", CustomerSettings(hand_over_second_person_from=customers))

    return set_to
