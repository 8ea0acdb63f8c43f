"""The contract as the gateway reads it: services, their options and their comments, from the descriptor set."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf import descriptor_pb2, message_factory
from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from workbench.options.v1 import options_pb2

# Only services of this package are the product's own; the descriptor set holds imports as well.
PACKAGE_PREFIX = "workbench."
# `workbench.customer.v1.CustomerService` belongs to the service `customer`.
_SERVICE_SEGMENT = 1


class ContractFault(Exception):
    """The contract contradicts itself; the gateway does not start with it."""


@dataclass(frozen=True)
class Contract:
    """A descriptor set in a pool of its own, so that two contracts never meet in one process; threads may share it."""

    files: descriptor_pb2.FileDescriptorSet
    pool: DescriptorPool
    # Every message class of the pool, made by the thread that makes the contract and held with it. Left to itself, protobuf
    # makes a class when a value first needs it, holds it nowhere but in a cycle, and makes it again after the next collection.
    # Two threads that make one class at once, while a collection runs, leave a freed object in its cache (as of 7.36): the
    # process crashes there, or at whatever comes to lie at that address later.
    classes: tuple[type[Message], ...] = field(repr=False)

    @classmethod
    def load(cls, path: Path | None = None) -> Contract:
        """Reads the descriptor set at the path; without one, answers the set generated beside the package `workbench`.

        That one is read once per process, and is never freed while a thread may hold one of its messages.
        """
        return _generated() if path is None else cls.of(descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()))

    @classmethod
    def of(cls, files: descriptor_pb2.FileDescriptorSet) -> Contract:
        """The contract of a set in which each file stands after those that it imports, as protoc writes them."""
        pool = DescriptorPool()
        for file in files.file:
            pool.Add(file)
        names = (name for file in files.file for name in _message_names(file.package, file.message_type))
        return cls(files, pool, tuple(message_class(pool.FindMessageTypeByName(name)) for name in names))

    def services(self) -> Iterator[ServiceDescriptor]:
        """The product's own services in the order of their names."""
        names = sorted(
            f"{file.package}.{service.name}"
            for file in self.files.file
            if f"{file.package}.".startswith(PACKAGE_PREFIX)
            for service in file.service
        )
        return (self.pool.FindServiceByName(name) for name in names)

    def methods(self) -> Iterator[MethodDescriptor]:
        """Every RPC of those services."""
        return (method for service in self.services() for method in service.methods)

    def comment(self, full_name: str) -> str:
        """The comment that stands before the element of that name in its proto; empty where none does."""
        return self._comments.get(full_name, "")

    @cached_property
    def _comments(self) -> dict[str, str]:
        return {
            name: location.leading_comments.strip()
            for file in self.files.file
            for location in file.source_code_info.location
            if location.leading_comments and (name := _name_at(file, list(location.path)))
        }


def http_rule(method: MethodDescriptor) -> HttpRule | None:
    """The method's `google.api.http` option; None for one that only services call."""
    options = method.GetOptions()
    return options.Extensions[annotations_pb2.http] if options.HasExtension(annotations_pb2.http) else None


def access_of(method: MethodDescriptor) -> options_pb2.Access:
    """Who may call the method; raises ContractFault where the contract does not say."""
    options = method.GetOptions()
    if not options.HasExtension(options_pb2.access):
        raise ContractFault(f"{method.full_name} has no (workbench.options.v1.access)")
    access = options.Extensions[options_pb2.access]
    if not (access.permission or access.open or access.signed_in):
        raise ContractFault(f"{method.full_name} says neither a permission nor open nor signed_in")
    return access


def service_of(method: MethodDescriptor) -> str:
    """The deployed service that serves the method: `customer` for `workbench.customer.v1.CustomerService`."""
    return str(method.full_name.split(".")[_SERVICE_SEGMENT])


def message_class(descriptor: Descriptor) -> type[Message]:
    """The Python class of a message type, of the pool that the descriptor is in."""
    return message_factory.GetMessageClass(descriptor)


@cache
def _generated() -> Contract:
    return Contract.load(_generated_path())


def _message_names(scope: str, messages: Iterable[descriptor_pb2.DescriptorProto]) -> Iterator[str]:
    """The full names of the messages of a scope and of those within them, entries of maps among them."""
    for message in messages:
        name = f"{scope}.{message.name}" if scope else message.name
        yield name
        yield from _message_names(name, message.nested_type)


def _generated_path() -> Path:
    spec = importlib.util.find_spec("workbench")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (path := Path(folder) / "contract.binpb").exists():
            return path
    raise ContractFault("The generated contract is missing: run `make build/.ready`.")


def _name_at(file: descriptor_pb2.FileDescriptorProto, path: list[int]) -> str:
    """The full name of the element at a source path: pairs of a field number in the descriptor and an index in it."""
    element: Any = file
    names = [file.package] if file.package else []
    for number, index in zip(path[::2], path[1::2], strict=False):
        field = element.DESCRIPTOR.fields_by_number[number]
        if not field.is_repeated or field.message_type is None:
            return ""
        element = getattr(element, field.name)[index]
        if not hasattr(element, "name"):
            return ""
        names.append(element.name)
    return ".".join(names) if len(path) % 2 == 0 else ""
