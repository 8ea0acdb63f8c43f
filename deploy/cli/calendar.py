"""`workbench calendar`: the bank's business date, and which days are business days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from deploy.cli.console import console, databases, operator

if TYPE_CHECKING:
    from services.chassis.db.session import UnitOfWork

application = typer.Typer(no_args_is_help=True, help="The bank's business date and its calendar.")

Start = Annotated[str, typer.Option("--from", help="The first day, YYYY-MM-DD; the business date where it is not given.")]
End = Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD; a month later where it is not given.")]


class BankDay(Enum):
    """What the bank says of a day."""

    WORKED = "worked"
    OFF = "off"
    ORDINARY = "ordinary"


@application.command("show")
def show(start: Start = "", end: End = "") -> None:
    """Show the business date, and the days that are not as their weekday says."""
    from services.integration.model.calendar import DaySource
    from services.integration.usecases import calendar

    table = Table("day", "", "business day", "name", "by")
    with _transaction("calendar show", read_only=True) as work:
        opening = calendar.current_opening(work)
        for day in calendar.listed(work, start, end):
            if day.source != DaySource.WEEK:
                by, worked = DaySource(day.source).name.lower(), "yes" if day.business_day else "no"
                table.add_row(str(day.calendar_date), f"{day.calendar_date:%a}", worked, day.name, by)
        date, zone = work.business_date, work.database.bank_time_zone
    console.print(f"Business date: {date}" if opening else f"No business date was opened yet; it is {date} in {zone}.")
    if opening:
        previous = f", after {opening.previous_business_date}" if opening.previous_business_date else ""
        console.print(f"Opened {opening.open_time:%Y-%m-%d %H:%M:%S} UTC{previous}.")
    console.print(table)


@application.command("load")
def load(
    files: Annotated[
        list[Path], typer.Argument(help="A year's holidays, as github.com/NateScarlet/holiday-cn has them: 2026.json")
    ],
) -> None:
    """Take in years' holidays and make-up workdays, in place of those that were there for the year."""
    from workbench.integration.v1 import calendar_service_pb2

    from services.integration.usecases import calendar

    for file in files:
        year, days = _holidays(file)
        with _transaction("LoadHolidays") as work:
            told = [calendar_service_pb2.Holiday(date=day["date"], name=day["name"], is_off_day=day["isOffDay"]) for day in days]
            off, worked = calendar.load_holidays(work, year, told)
            work.audit()
        console.print(f"{year}: {off} days off, {worked} days of weekends that are worked.")


@application.command("set")
def set_day(
    day: Annotated[str, typer.Argument(help="The day, YYYY-MM-DD.")],
    kind: Annotated[BankDay, typer.Argument(help="Whether the bank works on it; `ordinary` takes back what was said.")],
    name: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Say of a day whether the bank works on it, against its weekday and against holidays."""
    from workbench.integration.v1 import calendar_service_pb2

    from services.integration.usecases import calendar

    number = calendar_service_pb2.BankDayKind.Value(f"BANK_DAY_KIND_{kind.name}")
    with _transaction("SetCalendarDays") as work:
        (said,) = calendar.set_days(work, [calendar_service_pb2.BankDay(calendar_date=day, kind=number, name=name)])
        work.resource = f"calendarDays/{day}"
        work.audit()
    console.print(f"{said.calendar_date} is {'a business day' if said.business_day else 'no business day'}.")


@application.command("open")
def open_date(business_date: Annotated[str, typer.Argument(help="The date that begins, YYYY-MM-DD.")]) -> None:
    """Open a business date, at the core system's end of day; dates in between that were missed open first."""
    from services.integration.usecases import calendar

    with _transaction("OpenBusinessDate") as work:
        opened = calendar.open_by_call(work, business_date)
        work.audit()
    console.print(f"Business date: {opened}")


def _holidays(file: Path) -> tuple[int, list[dict[str, Any]]]:
    from services.chassis.kernel.errors import InvalidInput

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        days = [{"date": str(day["date"]), "name": str(day["name"]), "isOffDay": bool(day["isOffDay"])} for day in told["days"]]
        return int(told["year"]), days
    except OSError as error:
        raise InvalidInput("HOLIDAYS_UNREADABLE", f"{file}: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(
            "HOLIDAYS_UNREADABLE", f'{file}: not a year\'s holidays: {{"year": …, "days": [{{"date": …}}]}}.'
        ) from None


@contextmanager
def _transaction(method: str, *, read_only: bool = False) -> Iterator[UnitOfWork]:
    from services.chassis.db.session import Call
    from services.chassis.kernel.errors import NotDeployed

    with databases("integration") as found:
        if "integration" not in found:
            raise NotDeployed("SERVICE_NOT_DEPLOYED", "Integration does not run here.")
        with found["integration"].transaction(operator(), Call(method), read_only=read_only) as work:
            yield work
