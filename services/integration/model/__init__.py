"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.integration.model.base import Base
from services.integration.model.dataset import Dataset
from services.integration.model.feed_run import FeedRun, LandedFile, QuarantinedRow

__all__ = ["Base", "Dataset", "FeedRun", "LandedFile", "QuarantinedRow"]
