"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.analytics.model.analysis import Analysis, CustomerMonth, StaleDay
from services.analytics.model.base import Base
from services.analytics.model.customer import Absence, Customer, Reach
from services.analytics.model.dataset_pin import DatasetPin
from services.analytics.model.departure import Departure, DepartureCustomer, DeparturePlan, DeparturePlanItem
from services.analytics.model.happening import Happening
from services.analytics.model.learned_model import Model, ModelDrift
from services.analytics.model.person import Person, Post, Unit
from services.analytics.model.signal import Signal, SignalMeasure
from services.analytics.model.signal_rule import SignalRuleVersion
from services.analytics.model.warning import CustomerWarning, WarningMove, WarningSignal

__all__ = [
    "Absence",
    "Analysis",
    "Base",
    "Customer",
    "CustomerMonth",
    "CustomerWarning",
    "DatasetPin",
    "Departure",
    "DepartureCustomer",
    "DeparturePlan",
    "DeparturePlanItem",
    "Happening",
    "Model",
    "ModelDrift",
    "Person",
    "Post",
    "Reach",
    "Signal",
    "SignalMeasure",
    "SignalRuleVersion",
    "StaleDay",
    "Unit",
    "WarningMove",
    "WarningSignal",
]
