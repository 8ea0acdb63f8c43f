"""Where an analysis's files are, for whoever reads what was found: charts, signals, warnings, departures, training.

`<lake>/.analytics/analyses/<as of>/<number>/` has what was found of all customers, and `<lake>/.analytics/days/<month>/<key>/`
the customers' days of a month, where the key tells one set of inputs from another: what was made from the same is shared. A
folder has its name only once all of it is on the disk, and is never changed. It stands beside the datasets, not among them: what
is not in its manifest the integration service clears away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from services.analytics.model.analysis import Analysis
from services.analytics.rules.analyses import AnalysisKind
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.lake.lake import Lake

ROOT = ".analytics"
CUSTOMER_DAYS = "customer_days.parquet"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one analysis; each is sorted by `customer_number`, with the columns of `engine.tables`."""

    folder: Path
    # The customers' days by the first day of their month: also months further back than the analysis itself looked.
    months: Mapping[date, Path]

    @property
    def customers(self) -> Path:
        """Whoever was a customer when it was made, by the records that stand."""
        return self.folder / "customers.parquet"

    @property
    def accounts(self) -> Path:
        """Their accounts, as they stood."""
        return self.folder / "accounts.parquet"

    @property
    def happenings(self) -> Path:
        """What happened around them up to then."""
        return self.folder / "happenings.parquet"

    @property
    def features(self) -> Path:
        """One row of features each."""
        return self.folder / "features.parquet"

    @property
    def signals(self) -> Path:
        """The signs that are there."""
        return self.folder / "signals.parquet"

    @property
    def scores(self) -> Path:
        """One score each."""
        return self.folder / "scores.parquet"

    @property
    def relations(self) -> Path:
        """Who of the bank knows them."""
        return self.folder / "relations.parquet"

    def days(self, start_date: date | None = None, end_date: date | None = None) -> list[Path]:
        """Files of customers' days of the months from one day to another, the earliest first; all where no day is given.

        They hold whole months, the last one up to the analysis's date: whoever wants fewer days filters by `day`.
        """
        first = start_date.replace(day=1) if start_date else date.min
        return [self.months[month] for month in sorted(self.months) if first <= month <= (end_date or date.max)]


def current(work: UnitOfWork) -> Analysis | None:
    """The latest date's analysis that ended well; None before the first."""
    found = select(Analysis).where(Analysis.current, Analysis.kind == AnalysisKind.REGULAR)
    return work.session.scalar(found.order_by(Analysis.as_of_date.desc()).limit(1))


def files_of(work: UnitOfWork, analysis: Analysis) -> Files:
    """The analysis's files, with the days of all months that any analysis has read up to its date."""
    lake = work.database.lake
    months: dict[date, Path] = {}
    read = select(Analysis.as_of_date, Analysis.inputs).where(Analysis.current, Analysis.as_of_date < analysis.as_of_date)
    earlier = [inputs for _, inputs in work.session.execute(read.order_by(Analysis.as_of_date))]
    for inputs in (*earlier, analysis.inputs):
        for month, key in inputs.get("months", {}).items():
            first = date.fromisoformat(f"{month}-01")
            months[first] = month_folder(lake, first, key) / CUSTOMER_DAYS
    return Files(folder(lake, analysis), {month: path for month, path in months.items() if path.exists()})


def history_dates(work: UnitOfWork) -> list[date]:
    """The ends of months of which there are features, the earliest first: what a model learns from."""
    return sorted(_month_ends(work))


def history(work: UnitOfWork, as_of_dates: Iterable[date]) -> list[Path]:
    """The features as of those dates, each a file, in the order asked; raises NotFound ANALYSIS_MISSING.

    They are made by themselves, month by month backwards, once the latest day is through: `history_dates` says which are there.
    """
    found, wanted = _month_ends(work), list(as_of_dates)
    missing = [day.isoformat() for day in wanted if day not in found]
    if missing:
        told = {"asOfDates": ",".join(missing)}
        raise NotFound("ANALYSIS_MISSING", "Of one of these dates there is no analysis, or none any more.", metadata=told)
    return [found[day] for day in wanted]


def folder(lake: Lake, analysis: Analysis) -> Path:
    """Where the analysis's files are, or will be."""
    return lake.root / ROOT / "analyses" / analysis.as_of_date.isoformat() / str(analysis.number)


def month_folder(lake: Lake, month: date, key: str) -> Path:
    """Where the customers' days of a month are that were made from inputs of that key."""
    return lake.root / ROOT / "days" / f"{month:%Y-%m}" / key


def _month_ends(work: UnitOfWork) -> dict[date, Path]:
    """Features by the date that they are of."""
    lake = work.database.lake
    analyses = work.session.scalars(select(Analysis).where(Analysis.current, Analysis.month_end, Analysis.remove_time.is_(None)))
    paths = {each.as_of_date: Files(folder(lake, each), {}).features for each in analyses}
    return {day: path for day, path in paths.items() if path.exists()}
