"""The bank's people: a head office, three branches with their outlets, and who holds which post in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.demonstration.draws import Draw
from deploy.demonstration.names import Name, chinese_name

OUTLETS_PER_BRANCH = 4
RELATIONSHIP_MANAGERS_PER_BRANCH = 20
# The first so many relationship managers of each branch can sign in.
SIGN_INS_PER_BRANCH = 2
HEAD_OFFICE_PATH = "/HO/"


@dataclass(frozen=True, slots=True)
class Division:
    """A county or district as ID cards and credit codes write it (GB/T 2260)."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch and where its customers come from.

    `early_divisions` are codes that were in force until 1990, `divisions` those since; each four, so that a number picks one.
    """

    code: str
    name: str
    city: Name
    area_code: str
    early_divisions: tuple[str, str, str, str]
    divisions: tuple[Division, Division, Division, Division]

    @property
    def path(self) -> str:
        """The path of the branch's unit."""
        return f"{HEAD_OFFICE_PATH}{self.code}/"

    def outlet_path(self, number: int) -> str:
        """The path of one of its outlets, counted from 1: `/HO/EAST/E01/`."""
        return f"{self.path}{self.code[0]}{number:02d}/"


BRANCHES = (
    Branch(
        "EAST", "东区分行", Name("杭州", "Hangzhou"), "0571", ("330122", "330123", "330124", "330127"),
        (
            Division("330106", Name("西湖区", "Xihu District")), Division("330102", Name("上城区", "Shangcheng District")),
            Division("330105", Name("拱墅区", "Gongshu District")), Division("330122", Name("桐庐县", "Tonglu County")),
        ),
    ),
    Branch(
        "WEST", "西区分行", Name("成都", "Chengdu"), "028", ("510121", "510122", "510321", "510421"),
        (
            Division("510104", Name("锦江区", "Jinjiang District")), Division("510105", Name("青羊区", "Qingyang District")),
            Division("510107", Name("武侯区", "Wuhou District")), Division("510108", Name("成华区", "Chenghua District")),
        ),
    ),
    Branch(
        "SOUTH", "南区分行", Name("广州", "Guangzhou"), "020", ("440121", "440122", "440125", "440126"),
        (
            Division("440104", Name("越秀区", "Yuexiu District")), Division("440106", Name("天河区", "Tianhe District")),
            Division("440105", Name("海珠区", "Haizhu District")), Division("440103", Name("荔湾区", "Liwan District")),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """One organisation unit 机构. `kind` is head_office, branch or outlet."""

    unit_id: str
    path: str
    code: str
    kind: str
    display_name: str
    # Empty for the head office.
    parent_path: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works for the bank. `login` is empty for those who have no sign-in."""

    person_id: str
    staff_number: str
    display_name: str
    latin_name: str
    login: str
    organisation_path: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is in a unit; `role` is one that identity knows."""

    post_id: str
    person_id: str
    role: str
    organisation_path: str


@dataclass(frozen=True, slots=True)
class FormerManager:
    """A relationship manager who has left, so many days after the bank's history begins; the books tell of the same people."""

    person: Person
    successor_staff_number: str
    left_after_days: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """Units with parents before their children, people, and one post for each."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    # Relationship managers who have left: others have their customers now.
    former_managers: tuple[FormerManager, ...] = ()

    def person(self, login: str) -> Person:
        """Who signs in so."""
        return next(person for person in self.people if person.login == login)

    def relationship_managers(self, branch: Branch) -> list[Person]:
        """A branch's relationship managers by staff number."""
        managers = {post.person_id for post in self.posts if post.role == RELATIONSHIP_MANAGER}
        return [
            person for person in self.people if person.person_id in managers and person.organisation_path.startswith(branch.path)
        ]


def demonstration_id(seed: int, place: str) -> str:
    """The id of a thing of the demonstration bank: the same for the same seed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"workbench:demonstration:{seed}:{place}"))


def make_organisation(seed: int) -> Organisation:
    """The bank's units, people and posts."""
    seats = list(_seats())
    people = tuple(_person(seed, seat) for seat in seats)
    posts = tuple(
        Post(demonstration_id(seed, f"post/{seat.staff_number}"), person.person_id, seat.role, seat.organisation_path)
        for seat, person in zip(seats, people, strict=True)
    )
    return Organisation(tuple(_units(seed)), people, posts, tuple(_former_managers(seed)))


RELATIONSHIP_MANAGER = "relationship_manager"
# Who left, by staff number, with whoever has their customers, and after how many days of the history.
_FORMER_MANAGERS = {"200091": ("200004", 130), "300091": ("300003", 330), "400091": ("400005", 560)}
_HEAD_OFFICE_ROLES = {
    "analyst.ho": "performance_analyst",
    "auditor.ho": "auditor",
    "operator.ho": "operator",
    "useradmin.ho": "user_administrator",
    # A grant needs a second person.
    "useradmin2.ho": "user_administrator",
    "steward.ho": "data_steward",
    "feeds.ho": "feed_operator",
    "product.ho": "product_manager",
    # Last: numbers of staff go by the order. A rule, a model, a closed month need a second person.
    "analyst2.ho": "performance_analyst",
}


@dataclass(frozen=True, slots=True)
class _Seat:
    """A place in the bank, before somebody sits in it."""

    login: str
    staff_number: str
    role: str
    organisation_path: str


def _units(seed: int) -> Iterator[Unit]:
    def unit(path: str, kind: str, display_name: str) -> Unit:
        above, code, _ = path.rsplit("/", 2)
        return Unit(demonstration_id(seed, f"unit{path}"), path, code, kind, display_name, f"{above}/" if above else "")

    yield unit(HEAD_OFFICE_PATH, "head_office", "总行")
    for branch in BRANCHES:
        yield unit(branch.path, "branch", branch.name)
        for number, division in enumerate(branch.divisions, start=1):
            yield unit(branch.outlet_path(number), "outlet", f"{branch.city.display}{division.name.display}网点")


def _seats() -> Iterator[_Seat]:
    for number, (login, role) in enumerate(_HEAD_OFFICE_ROLES.items(), start=1):
        yield _Seat(login, f"{100_000 + number}", role, HEAD_OFFICE_PATH)
    for branch_number, branch in enumerate(BRANCHES, start=2):
        suffix, first_number = branch.code.lower(), branch_number * 100_000
        yield _Seat(f"manager.{suffix}", f"{first_number}", "branch_manager", branch.path)
        for number in range(1, RELATIONSHIP_MANAGERS_PER_BRANCH + 1):
            login = f"rm{number}.{suffix}" if number <= SIGN_INS_PER_BRANCH else ""
            outlet_path = branch.outlet_path((number - 1) % OUTLETS_PER_BRANCH + 1)
            yield _Seat(login, f"{first_number + number}", RELATIONSHIP_MANAGER, outlet_path)


def _person(seed: int, seat: _Seat) -> Person:
    draw = Draw(seed, f"person/{seat.staff_number}")
    name = chinese_name(draw, male=bool(draw.below(2)))
    person_id = demonstration_id(seed, f"person/{seat.staff_number}")
    return Person(person_id, seat.staff_number, name.display, name.latin, seat.login, seat.organisation_path)


def _former_managers(seed: int) -> Iterator[FormerManager]:
    for staff_number, (successor, days) in _FORMER_MANAGERS.items():
        name = chinese_name(Draw(seed, f"left/{staff_number}"), male=True)
        path = BRANCHES[int(staff_number[0]) - 2].outlet_path(1)
        person_id = demonstration_id(seed, f"person/{staff_number}")
        yield FormerManager(Person(person_id, staff_number, name.display, name.latin, "", path), successor, days)
