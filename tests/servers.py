"""PostgreSQL, RabbitMQ and OpenSSH for a test run: started on free ports in a temporary folder, and stopped again.

Fault tests may `kill()` a server, as a crash would, and `start()` it again with the same port and data. Parallel runs do not
meet: every port, folder and node name is a run's own. What is missing is installed where that is allowed (root, apt-get);
otherwise the run fails and says what to install.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
POLL_SECONDS = 0.05
VIRTUAL_HOSTS = 16

# Of no seed that parallel runs could share.
_ports = random.SystemRandom()


class ServerMissing(Exception):
    """A server is not installed and may not be installed here; the text has the remedy."""


class PostgreSQL:
    """One PostgreSQL server; its role `workbench` owns what it creates and is no superuser, as in a deployment."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._durable = durable
        self._bin = _found("postgresql", lambda: _latest(Path("/usr/lib/postgresql").glob("*/bin/initdb"))).parent
        self._account = _account("postgres")
        self._data = folder / "data"
        self._log = folder / "postgresql.log"
        self._databases = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        folder.mkdir()
        _give(folder, self._account)
        self._run(
            "initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    def start(self) -> None:
        """Returns once it answers."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "64MB"}
        if not self._durable:
            # Nor does it keep a gigabyte of log, which each copy of a database adds to.
            options |= {"fsync": "off", "full_page_writes": "off", "max_wal_size": "128MB", "min_wal_size": "32MB"}
        arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        self._process = _spawn([str(self._bin / "postgres"), "-D", str(self._data), *arguments], self._log, self._account)
        _wait_until(self._answers, self._process, self._log)

    def stop(self) -> None:
        """As an operator stops it: open connections are cut."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As a crash: nothing is flushed, and the next start recovers from the log of writes."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stops it and starts it again."""
        self.stop()
        self.start()

    def create_database(self, template: str = "template1") -> str:
        """The URL of a new database: an empty one, or a copy of the one at that URL, which nobody is connected to."""
        name = f"test_{next(self._databases)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER workbench TEMPLATE {template.rpartition('/')[2]}")
        return f"postgresql+psycopg://workbench@127.0.0.1:{self.port}/{name}"

    def create_role(self) -> None:
        """Makes the role that owns the databases; once, after the first start."""
        with self._connect() as connection:
            connection.execute("CREATE ROLE workbench LOGIN")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(STOP_SECONDS_MAX)

    def _run(self, program: str, *arguments: str) -> None:
        with self._log.open("ab") as log:
            subprocess.run([str(self._bin / program), *arguments], check=True, stdout=log, stderr=log, **self._account)


class RabbitMQ:
    """One RabbitMQ node with a number of empty virtual hosts, made at its first start."""

    def __init__(self, folder: Path) -> None:
        self._program = _found("rabbitmq-server", lambda: _latest(Path("/usr/lib/rabbitmq/bin").glob("rabbitmq-server")))
        self._account = _account("rabbitmq")
        self._folder = folder
        self._log = folder / "rabbitmq.log"
        self._hosts = iter(range(VIRTUAL_HOSTS))
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self._distribution_port, self._epmd_port = free_port(), free_port(), free_port()
        folder.mkdir()
        self._configure()
        for path in (folder, *folder.iterdir()):
            _give(path, self._account)

    def start(self) -> None:
        """Returns once it answers."""
        self._process = _spawn([str(self._program)], self._log, self._account, self._environment())
        _wait_until(self._answers, self._process, self._log)

    def stop(self) -> None:
        """As an operator stops it: clients are told, queues are closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a crash."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stops it and starts it again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Ends it for good, with the name server that Erlang started for it; nobody wants the data any more."""
        self.kill()
        environment = {**os.environ, "ERL_EPMD_PORT": str(self._epmd_port)}
        subprocess.run(["epmd", "-kill"], env=environment, check=False, capture_output=True)

    def virtual_host(self) -> str:
        """The URL of a virtual host that nobody has used; a test with its own service names needs none of its own."""
        number = next(self._hosts, None)
        if number is None:
            raise RuntimeError(f"All {VIRTUAL_HOSTS} virtual hosts are taken; raise VIRTUAL_HOSTS.")
        return self._url(f"test-{number}")

    def _url(self, host: str) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{host}"

    def _configure(self) -> None:
        hosts = [f"test-{number}" for number in range(VIRTUAL_HOSTS)]
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [{"name": "guest", "password": "guest", "tags": ["administrator"]}],
            "vhosts": [{"name": host} for host in hosts],
            "permissions": [{"user": "guest", "vhost": host, **everything} for host in hosts],
        }
        (self._folder / "definitions.json").write_text(json.dumps(definitions), encoding="utf-8")
        settings = {
            "listeners.tcp.1": f"127.0.0.1:{self.port}",
            "load_definitions": self._folder / "definitions.json",
            "log.console": "true",
            "log.console.level": "warning",
            "disk_free_limit.absolute": "50MB",
            "vm_memory_high_watermark.absolute": "1GB",
            # The default keeps half a gigabyte of log in memory before it writes segments.
            "raft.wal_max_size_bytes": "33554432",
        }
        text = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self._folder / "rabbitmq.conf").write_text(text, encoding="utf-8")
        (self._folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        own = {
            "HOME": self._folder,
            "RABBITMQ_NODENAME": f"workbench-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": self._distribution_port,
            "ERL_EPMD_PORT": self._epmd_port,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": self._folder / "none",
            "RABBITMQ_CONFIG_FILE": self._folder / "rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self._folder / "enabled_plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": self._folder / "config",
            "RABBITMQ_MNESIA_BASE": self._folder / "mnesia",
            "RABBITMQ_LOG_BASE": self._folder,
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": self._folder / "pid",
        }
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **{name: str(value) for name, value in own.items()}}

    def _answers(self) -> bool:
        # Not by a client, which would log each refusal as an error.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(connection.recv(1))
        except OSError:
            return False

    def _end(self, number: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, number)
            self._process.wait(STOP_SECONDS_MAX)


class OpenSSH:
    """One sshd with a host key of its own, that serves files by SFTP and nothing else, to whoever runs the tests."""

    def __init__(self, folder: Path) -> None:
        self._program = _found("openssh-server", lambda: _latest(Path("/usr/sbin").glob("sshd")))
        self._folder = folder
        self._log = folder / "sshd.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        folder.mkdir()
        for name in ("host", "user"):
            self._run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}",
            "HostKey": folder / "host",
            "AuthorizedKeysFile": folder / "user.pub",
            "PidFile": "none",
            "UsePAM": "no",
            "StrictModes": "no",
            "PasswordAuthentication": "no",
            "PermitRootLogin": "yes",
            "Subsystem": "sftp internal-sftp",
            "ForceCommand": "internal-sftp",
        }
        self._command = [str(self._program), "-f", str(folder / "sshd_config")]
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (folder / "sshd_config").write_text(text, encoding="utf-8")

    @property
    def private_key(self) -> str:
        """Of the one user."""
        return (self._folder / "user").read_text(encoding="utf-8")

    def known_hosts(self, key: Path | None = None) -> str:
        """The line by which this server is known, with its own key or another one."""
        public = (key or self._folder / "host.pub").read_text(encoding="utf-8").split()
        return f"[127.0.0.1]:{self.port} {public[0]} {public[1]}\n"

    @property
    def other_key(self) -> Path:
        """A key that is not the server's."""
        return self._folder / "user.pub"

    def start(self) -> None:
        """Returns once it answers."""
        if os.geteuid() == 0:
            # Where Debian's sshd, run by root, locks up its unprivileged half.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        # Newer ones let a client wait that was refused before; older ones do not know the word.
        patient = ["-o", "PerSourcePenalties=no"]
        knows = subprocess.run([*self._command, *patient, "-t"], check=False, capture_output=True).returncode == 0
        self._process = _spawn([*self._command, *(patient if knows else ()), "-D", "-e"], self._log, {})
        _wait_until(self._answers, self._process, self._log)

    def stop(self) -> None:
        """Ends it, and whatever connection is open."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_SECONDS_MAX)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            return False

    def _run(self, *command: str) -> None:
        with self._log.open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log)


@contextmanager
def openssh() -> Iterator[OpenSSH]:
    """A running sshd that ends, and leaves nothing behind, with the block."""
    with _folder() as folder:
        server = OpenSSH(folder / "openssh")
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def postgresql(*, durable: bool = True) -> Iterator[PostgreSQL]:
    """A running PostgreSQL that ends, and leaves nothing behind, with the block; not durable, it does not wait for the disk."""
    with _folder() as folder:
        server = PostgreSQL(folder / "postgresql", durable=durable)
        try:
            server.start()
            server.create_role()
            yield server
        finally:
            server.kill()


@contextmanager
def rabbitmq() -> Iterator[RabbitMQ]:
    """A running RabbitMQ that ends, and leaves nothing behind, with the block."""
    with _folder() as folder:
        server = RabbitMQ(folder / "rabbitmq")
        try:
            server.start()
            yield server
        finally:
            server.close()


def free_port() -> int:
    """A port of the loopback interface that nothing uses.

    It lies below those that the system hands to outgoing connections, one of which could take it before its server does.
    """
    while True:
        port = _ports.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="workbench-test-", ignore_cleanup_errors=True) as name:
        # The servers' own accounts must be able to enter.
        Path(name).chmod(0o755)
        yield Path(name)


def _account(name: str) -> dict[str, object]:
    """Whom a server runs as: itself where we are root, since PostgreSQL refuses root; otherwise whoever we are."""
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}


def _give(path: Path, account: dict[str, object]) -> None:
    if account:
        shutil.chown(path, account["user"], account["group"])


def _spawn(
    command: list[str], log: Path, account: dict[str, object], environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, cwd=log.parent, start_new_session=True, **account
        )


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(encoding="utf-8", errors="replace")[-3_000:]
            raise RuntimeError(f"{process.args[0]} did not start:\n{tail}")
        time.sleep(POLL_SECONDS)


def _latest(paths: Iterator[Path]) -> Path | None:
    return max(paths, key=lambda path: [int(part) for part in path.parts if part.isdigit()], default=None)


# What compiles a program for hours to come, and collects its garbage on many processors, takes longer than a test's few seconds.
JAVA_SETTINGS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def java() -> Path:
    """The Java that Spark runs on; every one that is started from here on is made for a short life."""
    os.environ["JAVA_TOOL_OPTIONS"] = JAVA_SETTINGS
    return _found("default-jre-headless", lambda: _latest(Path("/usr/bin").glob("java")))


def _found(package: str, find: Callable[[], Path | None]) -> Path:
    """The program, installed first where it is missing and may be; ServerMissing otherwise."""
    with _one_installation_at_a_time():
        return _found_or_installed(package, find)


@contextmanager
def _one_installation_at_a_time() -> Iterator[None]:
    """The processes of a run share the machine's packages."""
    with (Path(tempfile.gettempdir()) / "workbench-test-installation.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _found_or_installed(package: str, find: Callable[[], Path | None]) -> Path:
    program = find()
    if program is None:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise ServerMissing(f"{package} is needed for the tests: sudo apt-get install {package}")
        _install(package)
        program = find()
    if program is None:
        raise ServerMissing(f"{package} is installed, but not where Debian and Ubuntu put it.")
    return program


def _install(package: str) -> None:
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        # Debian's way of saying: install the service, and do not start it.
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], env=environment, check=True)
    except subprocess.CalledProcessError as error:
        raise ServerMissing(f"apt-get could not install {package}; what it said stands above.") from error
    finally:
        if ours:
            policy.unlink()
