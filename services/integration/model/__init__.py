"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.integration.model.base import Base
from services.integration.model.calendar import BusinessDateOpening, CalendarDay
from services.integration.model.dataset import Dataset
from services.integration.model.feed_run import FeedRun, LandedFile, QuarantinedRow
from services.integration.model.watch import FeedDate, FeedWatch, FoundFile

__all__ = [
    "Base",
    "BusinessDateOpening",
    "CalendarDay",
    "Dataset",
    "FeedDate",
    "FeedRun",
    "FeedWatch",
    "FoundFile",
    "LandedFile",
    "QuarantinedRow",
]
