"""What this service keeps of others, by their events."""

from services.analytics.model.base import placed_models
from services.analytics.model.customer import Absence, Customer, Reach
from services.analytics.model.person import Person, Unit
from services.chassis.replicas.customers import Customers
from services.chassis.replicas.people import People

REPLICAS = (*People(Person, Unit, placed_models).subscriptions, *Customers(Customer, Reach, Absence).subscriptions)
