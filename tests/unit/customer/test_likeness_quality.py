"""How many duplicates likeness finds, and how many of what it finds are some: real names, misspelt with a seed."""

import gzip
import random
from contextlib import closing
from itertools import combinations

import opencc
import openpyxl
import pytest

from services.customer.rules.blocking import block_keys
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.likeness import LIKELY, Traits, likeness

CUSTOMERS, DUPLICATES = 20_000, 4_000
TRADITIONAL = opencc.OpenCC("s2t")
TRADES = ("电子科技", "贸易", "建筑工程", "食品", "物流", "文化传媒", "医疗器械", "农业发展")
CITIES = ("杭州", "宁波", "上海", "苏州", "温州")
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
GIVEN = (
    "伟强磊军杰涛明超刚平辉鹏建国志文海宇浩博俊峰天毅凯晨睿泽航斌波芳娜敏静丽艳娟霞秀英玲婷雪慧莹洁梅琳颖欣怡佳雅梦琪思雨诗涵萱倩"
)
# What sounds alike, as a clerk hears it.
HOMOPHONES = dict(
    zip("伟静颖磊辉涛丽怡宇峰华泰源盛福达宏佳美恒金鑫", "玮婧莹雷晖韬莉宜雨锋桦太元胜富大洪嘉镁衡今新", strict=True)
)


@pytest.fixture(scope="module")
def chance():
    return random.Random(20_260_101)


def measured(customers, true_pairs):
    """Recall and precision over the pairs that share a block or a number, as a scan compares them."""
    blocks = {}
    for place, customer in enumerate(customers):
        keys = {*block_keys(customer), *((name, value) for name, values in customer.keys.items() for value in values)}
        for key in keys:
            blocks.setdefault(key, []).append(place)
    compared = {pair for members in blocks.values() for pair in combinations(members, 2)}
    found = {(a, b) for a, b in compared if likeness(customers[a], customers[b]).score >= LIKELY}
    right = len(found & true_pairs)
    return right / len(true_pairs), right / len(found), len(compared)


def misheard(chance, name):
    """One character for another of the same sound, or the traditional writing where none is at hand."""
    places = [place for place, character in enumerate(name) if character in HOMOPHONES]
    if not places:
        return TRADITIONAL.convert(name)
    place = chance.choice(places)
    return name[:place] + HOMOPHONES[name[place]] + name[place + 1 :]


def pairs_of(customers, again):
    return [*customers, *again.values()], {(place, len(customers) + number) for number, place in enumerate(again)}


def test_people_who_come_twice_are_found(chance, shared_data):
    with closing(openpyxl.load_workbook(shared_data / "cn_reference/names/Chinese_Family_Name_1k.xlsx", read_only=True)) as book:
        families, weights = zip(*list(book.active.iter_rows(min_row=2, values_only=True)), strict=True)

    def somebody(number):
        name = chance.choices(families, weights)[0] + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2, 2))))
        date = f"{chance.randint(1950, 2005)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        return Traits(CustomerKind.RETAIL, (name,), {"phone": frozenset({str(number)})}, date)

    def comes_again(person):
        name = chance.choice((lambda: misheard(chance, person.names[0]), lambda: person.names[0]))()
        # Half of them have changed their telephone, one of ten gave another date.
        keys = person.keys if chance.random() < 0.5 else {"phone": frozenset({name + "2"})}
        date = person.birth_or_founding_date if chance.random() < 0.9 else "1999-09-09"
        return Traits(person.kind, (name,), keys, date)

    people = [somebody(number) for number in range(CUSTOMERS)]
    again = {place: comes_again(people[place]) for place in chance.sample(range(CUSTOMERS), DUPLICATES)}
    recall, precision, compared = measured(*pairs_of(people, again))
    print(f"people: recall {recall:.3f}, precision {precision:.3f}, {compared} pairs compared")
    # Who has another telephone and another date is not to be found: one of twenty.
    assert recall > 0.93
    assert precision > 0.97


def test_companies_that_come_twice_are_found(chance, shared_data):
    text = gzip.decompress((shared_data / "cn_reference/names/Company-Shorter-Form_28W.txt.gz").read_bytes()).decode("utf-8-sig")
    marks = [mark for mark in text.splitlines()[3:] if 2 <= len(mark) <= 6]

    def registered(number):
        city, mark, trade, form = chance.choice(CITIES), chance.choice(marks), chance.choice(TRADES), chance.choice(FORMS)
        return city, mark, trade, form, str(number)

    def customer(city, mark, trade, form, phone):
        return Traits(CustomerKind.CORPORATE, (f"{city}{mark}{trade}{form}",), {"phone": frozenset({phone})})

    def comes_again(city, mark, trade, form, phone):
        phone = phone if chance.random() < 0.7 else f"{phone}-2"
        ways = (
            (f"{mark}{trade}({city}){form}", phone),
            (f"{city}{misheard(chance, mark)}{trade}{form}", phone),
            (f"{city}市{mark}{trade}{chance.choice(FORMS)}", phone),
            (TRADITIONAL.convert(f"{city}{mark}{trade}{form}"), phone),
            (f"{mark}{trade}", phone),
            (f"{city} {mark} {trade} {form}", phone),
        )
        name, kept = chance.choice(ways)
        return Traits(CustomerKind.CORPORATE, (name,), {"phone": frozenset({kept})})

    records = [registered(number) for number in range(CUSTOMERS)]
    again = {place: comes_again(*records[place]) for place in chance.sample(range(CUSTOMERS), DUPLICATES)}
    recall, precision, compared = measured(*pairs_of([customer(*record) for record in records], again))
    print(f"companies: recall {recall:.3f}, precision {precision:.3f}, {compared} pairs compared")
    assert recall > 0.85
    assert precision > 0.97
