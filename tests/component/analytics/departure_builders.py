"""Analyses for tests of departures: their files as an analysis writes them, and the row by which the service knows of them."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, select, update

from services.analytics.model import Analysis, Departure, DepartureCustomer, DeparturePlan, DeparturePlanItem, Happening
from services.analytics.rules.analyses import AnalysisState
from services.analytics.rules.departures import DepartureState
from services.analytics.rules.happenings import HappeningKind
from services.analytics.usecases.analyses import keeping
from services.chassis.longwork.table import ENDED, Operation
from tests.component.books import clear
from tests.unit.analytics.dependence_builders import write
from tests.unit.analytics.feature_rows import write_features

AS_OF = date(2026, 11, 25)
PATIENCE_SECONDS = 60


def ago(days):
    return AS_OF - timedelta(days=days)


@dataclass
class Branch:
    """Customers of a town and what binds them to whom; `analyse` makes an analysis of it."""

    town: object
    customers: list = field(default_factory=list)
    relations: list = field(default_factory=list)

    def __post_init__(self):
        clear(self.town)
        shutil.rmtree(self.town.service.database.lake.root / keeping.ROOT, ignore_errors=True)
        with self.town.service.database.transaction() as work:
            for model in (Departure, DepartureCustomer, DeparturePlan, DeparturePlanItem):
                work.session.execute(delete(model))

    def customer(self, lead, balance, *ties, loan=0, open_date=None):
        """A customer with ties: who, how many contacts, which share, since how many days."""
        customer_id = self.town.customer(lead)
        number = customer_id[:12]
        about = {"customer_id": customer_id, "customer_number": number}
        self.customers.append(
            about
            | {
                "lead_person_id": lead.person_id,
                "organisation_path": lead.organisation_path,
                "open_date": open_date or ago(1_000),
            }
            | {"balance": balance, "loan": loan}
        )
        for person, contacts, share_e4, days in ties:
            self.relations.append(
                about
                | {"person_id": person.person_id, "contact_count": contacts, "share_e4": share_e4, "is_lead": person is lead}
                | {"first_date": ago(days), "last_date": ago(1) if contacts else None}
            )
        return customer_id

    def analyse(self, as_of_date=AS_OF, days=()):
        """Makes the analysis of a date the current one; `days` are rows of customers' days."""
        database = self.town.service.database
        months = {}
        for month in sorted({row["day"].replace(day=1) for row in days}):
            months[f"{month:%Y-%m}"] = key = f"{as_of_date:%Y%m%d}-test"
            folder = keeping.month_folder(database.lake, month, key)
            folder.mkdir(parents=True)
            _write_days([row for row in days if row["day"].replace(day=1) == month], folder / "customer_days.parquet")
        with database.transaction() as work:
            work.session.execute(update(Analysis).where(Analysis.as_of_date == as_of_date).values(current=False))
            made = work.session.scalars(select(Analysis.number).where(Analysis.as_of_date == as_of_date)).all()
            analysis = Analysis(
                analysis_id=work.new_id(),
                as_of_date=as_of_date,
                number=len(made) + 1,
                state=AnalysisState.SUCCEEDED.value,
                current=True,
                inputs={"months": months},
                create_time=work.now,
            )
            work.session.add(analysis)
        self._write_files(keeping.folder(database.lake, analysis))

    def _write_files(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        balances = [
            {name: row[name] for name in ("customer_id", "customer_number")}
            | {"assets_now": row["balance"], "assets_30": row["balance"], "loan_now": row["loan"]}
            for row in self.customers
        ]
        write_features(balances, folder / "features.parquet")
        write("customers", sorted(self.customers, key=lambda row: row["customer_number"]), folder / "customers.parquet")
        write("relations", sorted(self.relations, key=lambda row: row["customer_number"]), folder / "relations.parquet")

    def meet(self, customer_id, person, *others, day=None):
        """Somebody meets a customer."""
        with self.town.service.database.transaction() as work:
            work.session.add(
                Happening(
                    source=f"contacts/{work.new_id()}",
                    customer_id=customer_id,
                    origin_customer_id=customer_id,
                    kind=HappeningKind.CONTACT.value,
                    start_date=day or work.business_date,
                    person_id=person.person_id,
                    other_person_ids=[each.person_id for each in others],
                    update_time=work.now,
                )
            )

    def read(self, model, *conditions):
        with self.town.service.database.transaction(read_only=True) as work:
            return work.session.scalars(select(model).where(*conditions)).all()

    def settle(self):
        """Lets the service foresee and measure what it can."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            self.town.run_timer("departures.look")
            if not self.read(Operation, Operation.state.not_in(ENDED)):
                return self.read(Departure)
            time.sleep(0.02)
        return pytest.fail("Departures did not come to an end.")


def _write_days(rows, path):
    columns = {
        "customer_number": pa.string(),
        "day": pa.date32(),
        "deposit": pa.int64(),
        "term": pa.int64(),
        "wealth": pa.int64(),
    }
    pq.write_table(pa.table({name: pa.array([row.get(name, 0) for row in rows], type_) for name, type_ in columns.items()}), path)


__all__ = ["AS_OF", "Branch", "DepartureState", "ago"]
