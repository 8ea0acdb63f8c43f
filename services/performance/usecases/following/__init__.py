"""What this service keeps of others, by their events."""

from services.chassis.replicas.customers import Customers
from services.chassis.replicas.people import People
from services.performance.model.base import placed_models
from services.performance.model.customer import Absence, Customer, Reach
from services.performance.model.person import Person, Unit

REPLICAS = (*People(Person, Unit, placed_models).subscriptions, *Customers(Customer, Reach, Absence).subscriptions)
