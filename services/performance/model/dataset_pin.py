"""Which revision of each dataset is current: by it the rows of a business date are found."""

from __future__ import annotations

from services.chassis.replicas.tables import DatasetPinReplica
from services.performance.model.base import Base


class DatasetPin(Base, DatasetPinReplica):
    """The current revision of a feed's business date."""

    __tablename__ = "dataset_pins"
