"""Whose the demonstration bank's customers are: it follows from the seed, and gives nothing twice."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from workbench.performance.v1 import share_pb2

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import Span
from deploy.demonstration.shares.claims import Claims, fading
from deploy.demonstration.shares.loading import claims_of_all
from deploy.demonstration.shares.possessions import accounts_of
from deploy.demonstration.working_days.lives import Lives
from services.chassis.kernel.money import Money
from services.performance.rules.claims import Asked, ClaimKind, divide
from services.performance.rules.shares import ObjectKind, find_excess

CUSTOMERS, LAST = 600, date(2026, 11, 25)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder, first = tmp_path_factory.mktemp("books"), Span.until(LAST).first
    lives = Lives(Bank(), CUSTOMERS, first, folder)
    accounts = accounts_of(Bank(), CUSTOMERS, first, folder)
    return lives, accounts, list(claims_of_all(lives, accounts))


def parts_of(row):
    def money(amount):
        return Money.parse(amount.amount, amount.currency_code) if amount.amount else None

    asked = [
        Asked(part.staff_number, part.basis_points, money(part.from_amount), money(part.to_amount), money(part.fixed_amount))
        for part in row.parts
    ]
    end = date.fromisoformat(row.end_date) if row.end_date else None
    return divide(ObjectKind(row.object_kind), ClaimKind(row.kind), asked, date.fromisoformat(row.start_date), end).parts


def test_it_is_the_same_for_a_seed(made, tmp_path):
    lives, accounts, rows = made
    again = Lives(Bank(), CUSTOMERS, lives.first, tmp_path)
    assert list(claims_of_all(again, accounts_of(Bank(), CUSTOMERS, lives.first, tmp_path))) == rows
    assert accounts


def test_no_number_comes_twice_and_nothing_is_given_away_twice(made):
    _, _, rows = made
    assert len({row.import_number for row in rows}) == len(rows)
    by_object = defaultdict(list)
    for row in rows:
        by_object[row.customer_number, row.object_number].extend(parts_of(row))
    assert not [key for key, parts in by_object.items() if find_excess((), parts)]


def test_nearly_every_customer_with_an_account_is_somebodys_and_some_are_not(made):
    lives, accounts, rows = made
    claimed = {row.customer_number for row in rows if row.object_kind == share_pb2.OBJECT_KIND_CUSTOMER}
    assert 0.9 * len(accounts) < len(claimed) < len(accounts)
    assert claimed <= accounts.keys()
    pool = [life for life in lives.between(0, len(lives)) if Claims(lives).is_pool(life)]
    assert {life.customer.customer_number for life in pool} == accounts.keys() - claimed


def test_each_way_of_sharing_is_there(made):
    _, _, rows = made
    kinds = Counter(ClaimKind(row.kind) for row in rows if row.object_kind == share_pb2.OBJECT_KIND_ACCOUNT)
    assert set(kinds) == {ClaimKind.FIXED_AND_RATIO, ClaimKind.AMOUNT_BAND}
    shared = [
        row for row in rows if row.object_kind == share_pb2.OBJECT_KIND_CUSTOMER and len(row.parts) > 1 and not row.end_date
    ]
    assert 0.05 * len(rows) < len(shared) < 0.2 * len(rows)


def test_a_former_managers_share_fades_by_the_quarter_and_nothing_is_left_out(made):
    lives, _, rows = made
    organisation = lives.bank.organisation
    former = organisation.former_managers[0]
    successor = next(each for each in organisation.people if each.staff_number == former.successor_staff_number)
    steps = list(fading(former, successor, date(2020, 1, 1), lives.first))
    own = [step.parts.get(former.person.staff_number, 0) for step in steps]
    assert own == [10_000, 10_000, 7_000, 4_000, 0]
    assert all(sum(step.parts.values()) == 10_000 for step in steps)
    assert steps[1].start_date == lives.first + timedelta(former.left_after_days)
    for before, after in pairwise(steps):
        assert after.start_date == before.end_date + timedelta(1)
    assert steps[-1].end_date is None
    named = {part.staff_number for row in rows for part in row.parts}
    assert {each.person.staff_number for each in organisation.former_managers} <= named


def test_the_banks_sign_ins_have_something_to_claim(made):
    lives, _, _ = made
    claims = Claims(lives)
    leads = Counter(claims.lead(life).login for life in lives.between(0, len(lives)) if claims.is_pool(life))
    assert leads["rm1.east"] or leads["rm2.east"]
