"""By what an analysis judges customers, and what takes in its judgement: signals, models and warnings are other rooms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.model.analysis import Analysis
from services.analytics.usecases.analyses.keeping import Files
from services.chassis.db.session import UnitOfWork

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.rules.signals import SignalRule


def rules(work: UnitOfWork) -> tuple[SignalRule, ...]:
    """The rules of signals that are in force."""
    from services.analytics.usecases.signals import rules

    return tuple(rules.rules_in_force(work))


def model(work: UnitOfWork) -> tuple[str, Path | None]:
    """The model that scores and where it is; an empty id where rules rank."""
    from services.analytics.usecases.models import championing

    champion = championing.champion(work)
    return (champion.model_id, championing.folder_of(work.database.lake, champion.model_id)) if champion else ("", None)


def take(work: UnitOfWork, connection: DuckDBPyConnection, files: Files, analysis: Analysis, after: str) -> str:
    """Takes in one portion of the signs; answers where to go on, and is empty at the end."""
    from services.analytics.usecases.signals import taking

    return taking.take_signals(work, connection, files, analysis.as_of_date, after=after)


def warn(work: UnitOfWork, connection: DuckDBPyConnection, files: Files, analysis: Analysis, after: str) -> str:
    """Raises one portion of the warnings; answers where to go on, and is empty at the end."""
    from services.analytics.usecases.warnings import raising

    return raising.raise_warnings(work, connection, files, analysis, after=after)
