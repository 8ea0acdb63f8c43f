"""What counts as leaving in this bank, by its settings: for models, and for the truth of signs and warnings."""

from __future__ import annotations

from services.analytics.rules.leaving import Leaving
from services.chassis.db.session import UnitOfWork


def leaving(work: UnitOfWork) -> Leaving:
    """The definition, with the bank's numbers."""
    settings = work.settings
    horizon = settings.leaving_horizon_days
    return Leaving(
        horizon_days=horizon,
        kept_fraction=settings.leaving_kept_fraction,
        assets_min=settings.leaving_assets_min,
        flow_silence_days=max(1, horizon * 2 // 3),
        days_before_min=max(1, horizon // 3),
        recent_days=min(7, horizon),
    )
