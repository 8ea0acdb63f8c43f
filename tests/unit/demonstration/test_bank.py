"""The demonstration bank: the same for a seed, well formed, unique, and spread as a bank is."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from itertools import islice

import pytest
from stdnum.cn import ric, uscc
from workbench.customer.v1 import customer_pb2

from deploy.demonstration.bank import SIGN_INS, Bank
from deploy.demonstration.customers import Kind, Tier
from deploy.demonstration.draws import Draw, Permutation

# Of the first 1,000 customers of seed 1. It changes only where the bank is meant to change, and then every load does.
DIGEST_OF_SEED_1 = "f372363270197099e8be50e0d57ab9f0f88382a1b52dae25ac05fb45736c6d31"
SAMPLE = 5_000

_DIGEST = """
import hashlib
from deploy.demonstration.bank import Bank
bank = Bank(seed=1)
print(hashlib.sha256(repr([bank.organisation, *bank.customers.between(0, 1_000)]).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def bank():
    return Bank(seed=1)


@pytest.fixture(scope="module")
def customers(bank):
    return list(bank.customers.between(0, SAMPLE))


def test_a_seed_gives_the_same_bank_bit_for_bit(bank):
    made = repr([bank.organisation, *bank.customers.between(0, 1_000)])
    assert hashlib.sha256(made.encode()).hexdigest() == DIGEST_OF_SEED_1


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_bank_does_not_depend_on_the_hash_seed_of_the_process(hash_seed):
    command = [sys.executable, "-c", _DIGEST]
    made = subprocess.run(command, env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == DIGEST_OF_SEED_1


def test_a_customer_is_the_same_whatever_the_size(bank, customers):
    assert list(bank.customers.between(4_000, 4_010)) == customers[4_000:4_010]


def test_another_seed_gives_another_bank(customers):
    other = list(Bank(seed=2).customers.between(0, 100))
    assert not {c.identifier for c in other if c.identifier} & {c.identifier for c in customers}
    assert other[0].lead_person_id not in {c.lead_person_id for c in customers}


def test_customers_are_made_one_by_one(bank):
    endless = bank.customers.between(0, 10_000_000)
    assert len(list(islice(endless, 3))) == 3


def test_identifiers_are_valid_and_unique(customers):
    for customer in customers:
        check = ric if customer.kind == Kind.RETAIL else uscc
        assert not customer.identifier or check.is_valid(customer.identifier), customer
    identifiers = [c.identifier for c in customers if c.identifier]
    assert len(set(identifiers)) == len(identifiers)
    assert len(identifiers) > 0.98 * SAMPLE


def test_records_are_as_rich_as_a_banks(customers):
    of_people = [c.record for c in customers if c.kind == Kind.RETAIL]
    of_companies = [c.record for c in customers if c.kind == Kind.CORPORATE]
    assert all(record["addresses"] and record["birth_or_founding_date"] and record["documents"] for record in of_people)
    assert all(record["industry_code"] and record["contact_points"] and record["size"] for record in of_companies)
    states = Counter(c.record["state"] for c in customers)
    assert states["CUSTOMER_STATE_ACTIVE"] > 0.85 * SAMPLE
    assert len(states) == 4
    answers = Counter(c.record["consents"][-1]["state"] for c in customers)
    assert set(answers) == {f"CONSENT_STATE_{said}" for said in ("GRANTED", "REFUSED", "WITHDRAWN")}
    assert {c.identifier[6:14] for c in customers if c.kind == Kind.RETAIL and c.identifier} == {
        c.record["birth_or_founding_date"].replace("-", "") for c in customers if c.kind == Kind.RETAIL and c.identifier
    }


def test_customer_numbers_ascend(customers):
    numbers = [c.customer_number for c in customers]
    assert numbers == sorted(set(numbers))


def test_only_foreigners_have_no_identifier(customers):
    without = [c for c in customers if not c.identifier]
    assert without
    assert all(c.display_name == c.latin_name for c in without)


def test_kinds_and_tiers_are_numbered_as_the_contract_numbers_them():
    for ours, theirs in ((Kind, customer_pb2.CustomerKind), (Tier, customer_pb2.CustomerTier)):
        prefix = f"CUSTOMER_{ours.__name__.upper()}_"
        assert {prefix + item.name: item.value for item in ours} == {k: v for k, v in theirs.items() if v}


def test_portfolios_are_skewed_and_the_named_ones_decent(bank):
    led = Counter(c.lead_person_id for c in bank.customers.between(0, 2_000))
    for login in ("rm1.east", "rm2.east", "rm1.west"):
        assert led[bank.organisation.person(login).person_id] > 60
    assert max(led.values()) > 5 * min(led.values())
    assert len(led) == 60


def test_every_sign_in_is_a_person_with_one_post(bank):
    posts = Counter(post.person_id for post in bank.organisation.posts)
    assert all(posts[bank.organisation.person(sign_in.login).person_id] == 1 for sign_in in SIGN_INS)


def test_the_tree_has_parents_before_children_and_unique_codes(bank):
    seen = {""}
    for unit in bank.organisation.units:
        assert unit.parent_path in seen
        seen.add(unit.path)
    assert len({unit.code for unit in bank.organisation.units}) == len(bank.organisation.units) == 16


def test_people_sit_where_their_customers_are(bank, customers):
    path_of = {person.person_id: person.organisation_path for person in bank.organisation.people}
    assert all(path_of[c.lead_person_id] == c.organisation_path for c in customers)


def test_a_permutation_repeats_nothing_and_ends():
    permutation = Permutation.of(1_000, Draw(1, "test"))
    assert sorted(map(permutation, range(1_000))) == list(range(1_000))
    with pytest.raises(IndexError):
        permutation(1_000)
