"""A process from start to stop: settings, databases, bus, server; ready only when all of it is; stopped in reverse.

`python -m services.customer serve` answers calls and publishes events, `… work` handles events and runs timers, `… migrate`
brings the database up to date. At a branch one process does all of it for all services (`deploy.host`).
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import grpc
import structlog
from workbench.integration.v1 import events_pb2

from services.chassis import announcing, keys, operations, start, telemetry
from services.chassis.bus import green
from services.chassis.bus.embedded import EmbeddedBus, EmbeddedParking
from services.chassis.bus.holds import forget_lost
from services.chassis.bus.port import Parking
from services.chassis.db import audit, idempotency, migrations
from services.chassis.db.business_dates import BANK_CALENDAR
from services.chassis.db.engine import create_engine
from services.chassis.db.measuring import measured
from services.chassis.db.session import Database, FileLimits, UnitOfWork
from services.chassis.engines.expressions import keep_statements_in
from services.chassis.files import serving as file_serving
from services.chassis.files import storage
from services.chassis.inbox.table import forget_handled
from services.chassis.lake.lake import Lake
from services.chassis.longwork import asking
from services.chassis.longwork import serving as operation_serving
from services.chassis.longwork.runner import Runner
from services.chassis.outbox.relay import Relay
from services.chassis.outbox.table import forget_published
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.server import Hosted, Server
from services.chassis.service import Service, Subscription, Timer
from services.chassis.settings import DeploymentSettings, SettingsFault, load, parse_section

_log = structlog.get_logger(__name__)

OPERATIONS = {
    "workbench.operations.v1.AuditService": operations,
    "workbench.operations.v1.EventService": operations,
    "workbench.operations.v1.FileService": file_serving,
    "workbench.operations.v1.OperationService": operation_serving,
}


def _seal(work: UnitOfWork) -> None:
    if sealed := audit.seal(work.session, work.now):
        _log.info("audit_sealed", service=work.database.service_name, records=sealed)


def _forget(work: UnitOfWork) -> None:
    idempotency.forget_old(work.session, work.now)
    forget_published(work.session, work.now)
    forget_handled(work.session, work.now)
    forget_lost(work.session, work.now)
    asking.forget_ended(work.session, work.now)
    storage.forget_expired(work.session, work.now)


def _open_business_date(work: UnitOfWork, event: events_pb2.BusinessDateOpened) -> None:
    if event.calendar == BANK_CALENDAR:
        work.open_business_date(date.fromisoformat(event.business_date))


# Who announces business dates. Where a deployment is without it, the date is the clock's in the bank's zone.
CALENDAR_SERVICE = "integration"

# What every service follows beside its own subscriptions.
CHASSIS_SUBSCRIPTIONS = (Subscription(events_pb2.BusinessDateOpened, _open_business_date),)

# What every service does beside its own timers.
CHASSIS_TIMERS = (
    Timer("audit.seal", audit.SEAL_EVERY_SECONDS, _seal),
    Timer("chassis.forget", 3_600.0, _forget),
)


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    """The command line of one service."""
    (command,) = (sys.argv[1:] if arguments is None else arguments) or ("serve",)
    commands: dict[str, Callable[[Service, DeploymentSettings], None]] = {"serve": serve, "work": work, "migrate": migrate}
    if command not in commands:
        raise SystemExit(f"{command}: no such command; there are {', '.join(commands)}.")
    try:
        settings = load()
    except SettingsFault as fault:
        raise SystemExit(fault.message) from None
    telemetry.start_logging(f"{service.name}.{command}", settings.telemetry.log_level)
    commands[command](service, settings)


def serve(service: Service, settings: DeploymentSettings) -> None:
    """Answers calls and publishes events until a signal comes."""
    # The broker's client is imported where there is a broker: a branch does not carry it.
    from services.chassis.bus.rabbit import RabbitPublisher

    placement = settings.services[service.name]
    with ExitStack() as stack:
        database = open_database(service, settings, stack)
        migrations.require_current(database.engine, service.package)
        publisher = RabbitPublisher(settings.amqp_url.get_secret_value(), settings.tls)
        database.parking = parking(service, settings)
        start_process(service.name, placement.metrics_port, settings)
        stack.enter_context(publisher)
        stack.enter_context(Relay(database, publisher))
        stack.enter_context(Runner(database, following(service).works))
        stack.enter_context(measured(database, service.measure))
        run_server({service.name: hosted(service, database)}, placement.address, settings, stack)
        wait_for_signal()


def work(service: Service, settings: DeploymentSettings) -> None:
    """Handles events and runs timers until a signal comes; the process serves no calls."""
    if not green.is_green():
        green.start_green(service.package)
    from services.chassis.bus.worker import run_worker

    with ExitStack() as stack:
        database = open_database(service, settings, stack)
        migrations.require_current(database.engine, service.package)
        start_process(f"{service.name}.work", 0, settings)
        whole = following(service)
        run_worker(whole, database, settings.amqp_url.get_secret_value(), whole.timers, tls=settings.tls)


def migrate(service: Service, settings: DeploymentSettings) -> None:
    """Brings the service's database, and its queues where there is a broker, up to date."""
    changed = prepare(service, settings)
    _log.info("migrated" if changed else "already_current", service=service.name)


def prepare(service: Service, settings: DeploymentSettings) -> bool:
    """What must stand before any process of the deployment publishes; answers whether the database changed."""
    with ExitStack() as stack:
        changed = migrations.migrate(open_database(service, settings, stack).engine, service.package)
    if settings.bus == "rabbitmq":
        from services.chassis.bus.topology import declare_queues

        declare_queues(following(service), settings.amqp_url.get_secret_value(), settings.tls)
    return changed


def serve_together(services: Sequence[Service], settings: DeploymentSettings) -> None:
    """A branch: all services in this process, on one address, their events over the embedded bus."""
    with ExitStack() as stack:
        databases = {service.name: open_database(service, settings, stack) for service in services}
        make_current = migrations.migrate if settings.migrate_at_start else migrations.require_current
        for service in services:
            make_current(databases[service.name].engine, service.package)
        start_process("services", settings.services[services[0].name].metrics_port, settings)
        bus = EmbeddedBus({each.name: (databases[each.name], following(each).subscriptions) for each in services})
        for service in services:
            database = databases[service.name]
            database.parking = parking(service, settings)
            bus.add_timers(database, following(service).timers)
        stack.enter_context(bus)
        for database in databases.values():
            stack.enter_context(Relay(database, bus))
        for service in services:
            stack.enter_context(Runner(databases[service.name], following(service).works))
            stack.enter_context(measured(databases[service.name], service.measure))
        all_hosted = {service.name: hosted(service, databases[service.name]) for service in services}
        for address in {settings.services[service.name].address for service in services}:
            run_server(all_hosted, address, settings, stack)
        wait_for_signal()


def open_database(service: Service, settings: DeploymentSettings, stack: ExitStack) -> Database:
    """The service's database, closed with the stack; SettingsFault where its settings do not fit."""
    placement = settings.services[service.name]
    url = placement.database_url.get_secret_value()
    if not url:
        name = f"WORKBENCH_{service.name.upper()}_DATABASE_URL"
        raise SettingsFault(f"services.{service.name}.database_url ({name}): set it to a postgresql+psycopg:// address.")
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    keys.use_data_keys(keys.DataKeys.load(settings.secrets / keys.DATA_KEYS_FILE))
    engine = create_engine(url)
    stack.callback(engine.dispose)
    own = parse_section(service.settings, placement.own, f"services.{service.name}.own")
    limits = FileLimits(settings.files.bytes_max, settings.files.kept_hours)
    zone = settings.bank_time_zone
    keep_statements_in(settings.statements)
    lake = Lake(settings.lake_root, memory_mb_max=settings.lake.memory_mb_max, threads=settings.lake.threads)
    calendar = settings.services.get(CALENDAR_SERVICE)
    return Database(
        engine,
        service.name,
        settings=own,
        bank_time_zone=zone,
        follows_calendar=calendar is not None and calendar.run != "absent",
        files=limits,
        lake=lake,
        on_record=service.on_record,
    )


def following(service: Service) -> Service:
    """The service with what every service follows and does."""
    return replace(
        service,
        subscriptions=CHASSIS_SUBSCRIPTIONS + announcing.subscriptions_of(service) + service.subscriptions,
        timers=CHASSIS_TIMERS + announcing.timers_of(service) + service.timers,
        works=announcing.works_of(service) + service.works,
    )


def parking(service: Service, settings: DeploymentSettings) -> Parking:
    """Where the service's events are that it could not handle."""
    if settings.bus == "rabbitmq":
        from services.chassis.bus.rabbit_parking import RabbitParking

        return RabbitParking(settings.amqp_url.get_secret_value(), service.name)
    return EmbeddedParking()


def hosted(service: Service, database: Database) -> Hosted:
    """The service as a server hosts it, with what every service serves of itself."""
    return Hosted({**service.rpcs, **OPERATIONS}, database)


def start_process(name: str, metrics_port: int, settings: DeploymentSettings) -> None:
    """What a process tells of itself."""
    telemetry.start_metrics(metrics_port)
    telemetry.start_tracing(name, settings.telemetry.otlp_endpoint)
    start.started()


def run_server(all_hosted: dict[str, Hosted], address: str, settings: DeploymentSettings, stack: ExitStack) -> None:
    """Starts a server that stops, drained, before anything that was started earlier."""
    if address.startswith("unix:"):
        Path(address.removeprefix("unix:")).parent.mkdir(parents=True, exist_ok=True)
    ring = keys.KeyRing.load(settings.secrets / keys.PUBLIC_KEYS_FILE)
    server = Server(all_hosted, Admission(ring), threads=settings.rpc_threads)
    port = server.start(address, server_credentials(settings))
    stack.callback(server.stop)
    _log.info("serving", services=sorted(all_hosted), address=address, port=port)


def server_credentials(settings: DeploymentSettings) -> grpc.ServerCredentials | None:
    """Mutual TLS where the deployment has certificates."""
    tls = settings.tls
    if not (tls.certificate and tls.key and tls.authority):
        return None
    pair = (tls.key.read_bytes(), tls.certificate.read_bytes())
    return grpc.ssl_server_credentials([pair], tls.authority.read_bytes(), require_client_auth=True)


def channel_credentials(settings: DeploymentSettings) -> grpc.ChannelCredentials | None:
    """The client's side of the same."""
    tls = settings.tls
    if not (tls.certificate and tls.key and tls.authority):
        return None
    return grpc.ssl_channel_credentials(tls.authority.read_bytes(), tls.key.read_bytes(), tls.certificate.read_bytes())


def wait_for_signal() -> None:
    """Returns at SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    stop.wait()
    _log.info("stopping")
