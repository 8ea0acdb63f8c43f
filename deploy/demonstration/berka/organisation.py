"""The bank's organisation, derived from its districts: the one step that a feed cannot say, for a region is no row of any file.

What is derived is written as files that feeds then take in, like any other. Units: the bank, its regions (A3) in the order of
their names, their districts (A1, A2). Posts: two for the bank, and one for each region that looks after its districts' clients.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from deploy.demonstration.berka.files import open_file

ROOT_CODE = "BERKA"
ROOT_NAME = "PKDD'99 bank (Berka)"
ORG_UNITS, EMPLOYEES = "org_units.csv", "employees.csv"
RELATIONSHIP_MANAGER, MANAGER, STEWARD = "RM", "MANAGER", "STEWARD"
_ROLES = {RELATIONSHIP_MANAGER: "relationship_manager", MANAGER: "branch_manager", STEWARD: "data_steward"}


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation unit, as its feed has it."""

    unit_number: str
    parent_unit_number: str
    kind: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post, and the sign-in that whoever tries the bank has for it. It has no person's name: the data set has none."""

    staff_number: str
    display_name: str
    unit_number: str
    post_code: str
    login: str

    @property
    def role(self) -> str:
        """What identity calls it."""
        return _ROLES[self.post_code]


@dataclass(frozen=True, slots=True)
class Organisation:
    """Units with parents before their children, and posts."""

    units: tuple[Unit, ...]
    posts: tuple[Post, ...]


def organisation_of(districts: Path, head_office: str) -> Organisation:
    """What the file of districts makes of the bank, below the unit of that number."""
    with open_file(districts) as file:
        rows = csv.reader((line.decode("ascii") for line in file), delimiter=";")
        below = [(number, name, region) for number, name, region, *_ in rows][1:]
    regions = [(region, number) for number, region in enumerate(sorted({region for _, _, region in below}), start=1)]
    code_of = {region: f"{ROOT_CODE}R{number}" for region, number in regions}
    units = [Unit(ROOT_CODE, head_office, "BRANCH", ROOT_NAME)]
    units += [Unit(code, ROOT_CODE, "BRANCH", region) for region, code in code_of.items()]
    units += [Unit(f"{ROOT_CODE}{number}", code_of[region], "SUB_BRANCH", name) for number, name, region in below]
    posts = [
        Post(f"{ROOT_CODE}-M", "Manager of the PKDD'99 bank", ROOT_CODE, MANAGER, "manager.berka"),
        Post(f"{ROOT_CODE}-S", "Data steward of the PKDD'99 bank", ROOT_CODE, STEWARD, "steward.berka"),
    ]
    posts += [
        Post(
            f"{ROOT_CODE}-R{number}",
            f"Relationship manager, {region}",
            code_of[region],
            RELATIONSHIP_MANAGER,
            f"rm{number}.berka",
        )
        for region, number in regions
    ]
    return Organisation(tuple(units), tuple(posts))


def write_files(organisation: Organisation, folder: Path) -> dict[str, Path]:
    """Writes the organisation as the files of its feeds; answers them by feed, what others refer to first."""
    units, posts = folder / ORG_UNITS, folder / EMPLOYEES
    _write(units, ("unit_number", "parent_unit_number", "kind", "display_name"), organisation.units)
    _write(posts, ("staff_number", "display_name", "unit_number", "post_code"), organisation.posts)
    return {"berka.org-units": units, "berka.employees": posts}


def _write(path: Path, columns: tuple[str, ...], rows: tuple[Unit, ...] | tuple[Post, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows([getattr(row, name) for name in columns] for row in rows)
