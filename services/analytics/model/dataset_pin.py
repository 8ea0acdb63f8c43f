"""Which revision of each dataset is current: by it the rows of a business date are found."""

from __future__ import annotations

from services.analytics.model.base import Base
from services.chassis.replicas.tables import DatasetPinReplica


class DatasetPin(Base, DatasetPinReplica):
    """The current revision of a feed's business date."""

    __tablename__ = "dataset_pins"
