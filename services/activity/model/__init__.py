"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.activity.model.base import Base
from services.activity.model.customer import Absence, Customer, MergeMove, Reach
from services.activity.model.hand_over import HandOverReport
from services.activity.model.notification import Digest, Notification, NotificationPreferences
from services.activity.model.person import Person, Post, Unit

__all__ = [
    "Absence",
    "Base",
    "Customer",
    "Digest",
    "HandOverReport",
    "MergeMove",
    "Notification",
    "NotificationPreferences",
    "Person",
    "Post",
    "Reach",
    "Unit",
]
