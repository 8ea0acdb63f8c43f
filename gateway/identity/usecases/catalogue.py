"""The catalogue: every permission that the suite asks for, whichever services this process knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2
from workbench.options.v1 import options_pb2

from gateway.identity.rules.roles import Duty

_DUTIES = {
    options_pb2.DUTY_BUSINESS: frozenset({Duty.BUSINESS}),
    options_pb2.DUTY_SYSTEM: frozenset({Duty.SYSTEM}),
    options_pb2.DUTY_EITHER: frozenset(Duty),
}

# Pages of the gateway that are no method of the contract.
_PAGES = {"operations.metrics.read": (frozenset({Duty.SYSTEM}), ("GET /metrics",))}


@dataclass(frozen=True, slots=True)
class PermissionEntry:
    """One permission: which duties may hold it, and which methods it opens."""

    permission: str
    duties: frozenset[Duty]
    methods: list[str] = field(default_factory=list)


@cache
def catalogue() -> dict[str, PermissionEntry]:
    """The permissions by name, in order of their names."""
    entries = {name: PermissionEntry(name, duties, list(opened)) for name, (duties, opened) in _PAGES.items()}
    for full_name, access in _declared():
        if access.permission:
            entry = entries.setdefault(access.permission, PermissionEntry(access.permission, _DUTIES[access.duty]))
            entry.methods.append(full_name)
    return dict(sorted(entries.items()))


def _declared() -> list[tuple[str, Any]]:
    contract = Path(options_pb2.__file__).parents[2] / "contract.binpb"
    files = descriptor_pb2.FileDescriptorSet.FromString(contract.read_bytes())
    return [
        (f"{file.package}.{service.name}/{method.name}", method.options.Extensions[options_pb2.access])
        for file in files.file
        for service in file.service
        for method in service.method
    ]
