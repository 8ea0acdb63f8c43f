"""What this service keeps of others, by their events; and what becomes of its own rows as theirs change."""

from services.activity.model.base import placed_models
from services.activity.model.customer import Absence, Customer, Reach
from services.activity.model.person import Person, Unit
from services.chassis.replicas.customers import Customers
from services.chassis.replicas.people import People

REPLICAS = (*People(Person, Unit, placed_models).subscriptions, *Customers(Customer, Reach, Absence).subscriptions)
