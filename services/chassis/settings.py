"""Settings: a profile (TOML) and over it the environment (`WORKBENCH_…`), typed and checked once, every fault at once.

The name of a setting in the environment is its path in the profile: `[gateway] deadline_ms` is `WORKBENCH_GATEWAY_DEADLINE_MS`,
`[services.customer] database_url` is `WORKBENCH_CUSTOMER_DATABASE_URL`. `{home}` in a value stands for the state folder.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from services.chassis.kernel.errors import WorkbenchError

PREFIX = "WORKBENCH_"
PROFILES = Path(__file__).parents[2] / "deploy" / "profiles"
# The names that are not the path of a setting: where to look, and the two that `make up` is steered by.
SPECIAL_NAMES = ("WORKBENCH_HOME", "WORKBENCH_PROFILE", "WORKBENCH_PORT")


class SettingsFault(WorkbenchError):
    """Settings that cannot be used; the text has every fault with its name and remedy."""

    def __init__(self, text: str) -> None:
        super().__init__("SETTINGS_FAULTY", text)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TlsSettings(_Model):
    """Certificates of a process; all three set turn on mutual TLS between processes."""

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None


class PlacementSettings(_Model):
    """Where one service is: run here, reached elsewhere, or absent from this deployment."""

    run: Literal["here", "remote", "absent"] = "here"
    # `host:port` or `unix:/path`: where it listens if it runs here, where it is reached if it does not.
    address: str = ""
    database_url: SecretStr = SecretStr("")
    metrics_port: int = Field(default=0, ge=0, le=65_535)
    # The service's own settings; checked against the model that the service names.
    own: dict[str, Any] = Field(default_factory=dict)


class TelemetrySettings(_Model):
    """Logs, and where traces go."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # An OTLP endpoint such as `http://127.0.0.1:4317`; empty for no traces.
    otlp_endpoint: str = ""


class FileSettings(_Model):
    """Files that services keep for a while: uploads, and results of long work."""

    bytes_max: int = Field(default=64 * 1024 * 1024, ge=1_024, le=1024 * 1024 * 1024)
    kept_hours: int = Field(default=72, ge=1, le=24 * 365)


class LakeSettings(_Model):
    """The datasets, and what the engine that reads and writes them may take of this machine, in each process."""

    # A folder of this machine, or one that all machines of the deployment share; `{home}/lake` where none is named.
    root: Path | None = None
    # Where statements are kept once they are compiled, for the processes that start later; `{home}/statements`.
    statements: Path | None = None
    memory_mb_max: int = Field(default=320, ge=128, le=1_048_576)
    threads: int = Field(default=2, ge=1, le=256)


class DeploymentSettings(_Model):
    """A whole deployment, as each of its processes reads it."""

    profile: str
    home: Path
    bank_time_zone: str = "Asia/Shanghai"
    bus: Literal["embedded", "rabbitmq"] = "embedded"
    amqp_url: SecretStr = SecretStr("")
    # Whether a process brings its databases up to date as it starts; elsewhere `workbench migrate` does, once for all copies.
    migrate_at_start: bool = False
    # Whether the first start fills the bank with demonstration data and sign-ins.
    demonstration: bool = False
    rpc_threads: int = Field(default=16, ge=4, le=256)
    services: dict[str, PlacementSettings]
    # The gateway's settings, as the gateway's own model reads them.
    gateway: dict[str, Any] = Field(default_factory=dict)
    telemetry: TelemetrySettings = TelemetrySettings()
    tls: TlsSettings = TlsSettings()
    files: FileSettings = FileSettings()
    lake: LakeSettings = LakeSettings()

    @property
    def lake_root(self) -> Path:
        """The folder of the datasets."""
        return self.lake.root or self.home / "lake"

    @property
    def statements(self) -> Path:
        """The folder of statements that are compiled."""
        return self.lake.statements or self.home / "statements"

    @property
    def secrets(self) -> Path:
        """The folder of the deployment's keys."""
        return self.home / "secrets"

    def running_here(self) -> list[str]:
        """The names of the services that this deployment runs itself."""
        return [name for name, placement in self.services.items() if placement.run == "here"]


def load(profile: str = "", environment: Mapping[str, str] | None = None) -> DeploymentSettings:
    """Reads the profile (a name or a path) and the environment; raises SettingsFault with every fault found."""
    environment = os.environ if environment is None else environment
    profile = profile or environment.get("WORKBENCH_PROFILE", "branch")
    path = Path(profile) if profile.endswith(".toml") else PROFILES / f"{profile}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in PROFILES.glob("*.toml")))
        raise SettingsFault(f"There is no profile {profile}. Known profiles: {known}; or give the path of a .toml file.")
    home = Path(environment.get("WORKBENCH_HOME") or "var").resolve()
    tree = {"profile": path.stem, "home": str(home), **tomllib.loads(path.read_text(encoding="utf-8"))}
    faults = list(_apply_environment(tree, environment))
    try:
        settings = DeploymentSettings.model_validate(_with_home(tree, str(home)))
    except ValidationError as error:
        faults += describe_faults(error)
    if faults:
        raise SettingsFault(_report(faults))
    return settings


def parse_section(model: type[BaseModel], values: Mapping[str, Any], path: str) -> Any:
    """Reads one section with the model of its owner; raises SettingsFault with every fault found."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsFault(_report(describe_faults(error, path))) from None


def describe_faults(error: ValidationError, path: str = "") -> list[str]:
    """One line per fault: the setting, its name in the environment, and what would fit; never the value."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        steps = [*filter(None, path.split(".")), *(str(step) for step in fault["loc"])]
        lines.append(f"{'.'.join(steps)} ({_environment_name(steps)}): {fault['msg']}")
    return lines


def _report(faults: list[str]) -> str:
    return "\n".join(["These settings need mending:", *(f"  - {fault}" for fault in faults)])


def _with_home(value: Any, home: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_home(item, home) for key, item in value.items()}
    return value.replace("{home}", home) if isinstance(value, str) else value


def _apply_environment(tree: dict[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Puts the environment's values into the tree; yields a fault for each name that can name no setting."""
    services = list(tree.get("services", {}))
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in SPECIAL_NAMES:
            continue
        path = _place(name.removeprefix(PREFIX).lower(), services)
        if path is None:
            near = difflib.get_close_matches(name, map(_environment_name, _known_places(services)), n=1)
            yield f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else "; unset it.")
            continue
        *parents, last = path
        section = tree
        for parent in parents:
            section = section.setdefault(parent, {})
        section[last] = environment[name]
    if port := environment.get("WORKBENCH_PORT"):
        tree.setdefault("gateway", {})["port"] = port


def _place(name: str, services: list[str]) -> list[str] | None:
    """The path of the setting with that name in the environment.

    Whatever begins with `gateway_` or with a service's name belongs to the gateway or that service, whose own model knows what
    it knows.
    """
    for path in _known_places(services):
        if _environment_name(path) == PREFIX + name.upper():
            return path
    owner, _, own = name.partition("_")
    if owner == "gateway" and own:
        return ["gateway", own]
    return ["services", owner, "own", own] if owner in services and own else None


def _known_places(services: list[str]) -> Iterator[list[str]]:
    nested = {"telemetry": TelemetrySettings, "tls": TlsSettings, "files": FileSettings, "lake": LakeSettings}
    for name in DeploymentSettings.model_fields:
        if name in nested:
            yield from ([name, field] for field in nested[name].model_fields)
        elif name not in ("profile", "home", "services", "gateway"):
            yield [name]
    for service in services:
        yield from (["services", service, field] for field in PlacementSettings.model_fields if field != "own")


def _environment_name(path: list[str]) -> str:
    return PREFIX + "_".join(step for step in path if step not in ("services", "own")).upper()
