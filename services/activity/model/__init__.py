"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.activity.model.appointment import Appointment, AppointmentParticipant, CalendarFeed
from services.activity.model.bank_day import BankDay
from services.activity.model.base import Base
from services.activity.model.contact import AttachmentContent, Contact, ContactAttachment, ContactColleague, ContactVersion
from services.activity.model.customer import Absence, Customer, MergeMove, Reach
from services.activity.model.hand_over import HandOverReport
from services.activity.model.notification import Notification
from services.activity.model.person import Person, Post, Unit
from services.activity.model.task import Task, TaskPolicy, TaskStep

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentParticipant",
    "AttachmentContent",
    "BankDay",
    "Base",
    "CalendarFeed",
    "Contact",
    "ContactAttachment",
    "ContactColleague",
    "ContactVersion",
    "Customer",
    "HandOverReport",
    "MergeMove",
    "Notification",
    "Person",
    "Post",
    "Reach",
    "Task",
    "TaskPolicy",
    "TaskStep",
    "Unit",
]
