"""The document whole: paths with their operations, from the routes of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.openapi import answers, constraints
from gateway.openapi.examples import Examples
from gateway.openapi.schemas import Schemas, one_line, reachable
from gateway.transcoding.contract import Contract
from gateway.transcoding.fields import takes_text
from gateway.transcoding.names import camel_case
from gateway.transcoding.request import WHOLE_BODY
from gateway.transcoding.routes import Route, Routes
from gateway.transcoding.template import MANY, Variable

Schema = dict[str, Any]

DISTRIBUTION = "rm-workbench"
# HTTP methods that OpenAPI 3.1 has a place for.
_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"})
_NESTED_DEPTH_MAX = 2


def build_document(contract: Contract) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    routes = [route for route in Routes(contract) if route.http_method in _METHODS]
    answered = set().union(*(reachable(route.rpc.method.output_type) for route in routes))
    schemas = Schemas(contract, answered)
    paths: dict[str, Any] = {}
    operation_ids: dict[str, int] = {}
    for route in routes:
        operation = _Operation(contract, schemas, route)
        item = paths.setdefault(operation.path(), {})
        item[route.http_method.lower()] = operation.describe(_operation_id(route, operation_ids))
    components = {"Problem": answers.PROBLEM, **dict(sorted(schemas.components.items()))}
    _add_examples(paths, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "RM Workbench",
            "version": version(DISTRIBUTION),
            "description": "The platform on which a bank's relationship managers work. Made from the protos; do not edit.",
            "license": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
        },
        "servers": [{"url": "/"}],
        "tags": list(_tags(contract, routes)),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "headers": answers.HEADERS,
            "responses": answers.PROBLEM_RESPONSES,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


class _Operation:
    """One route as an operation."""

    def __init__(self, contract: Contract, schemas: Schemas, route: Route) -> None:
        self._contract, self._schemas, self._route = contract, schemas, route
        self._method = route.rpc.method
        self._request: Descriptor = self._method.input_type

    def path(self) -> str:
        """The path with a parameter for each segment that a variable leaves open."""
        template = self._route.template
        parts = [f"{{{_parameter(template.segments, variable, position)}}}" if variable and segment.startswith("*") else segment
                 for position, segment in enumerate(template.segments)
                 for variable in [template.variable_at(position)]]  # fmt: skip
        return "/" + "/".join(parts) + (f":{template.verb}" if template.verb else "")

    def describe(self, operation_id: str) -> Schema:
        """The operation object."""
        access = self._route.rpc.access
        comment = one_line(self._contract.comment(self._method.full_name))
        described: Schema = {
            "operationId": operation_id,
            "tags": [self._method.containing_service.name],
            "summary": comment.partition(". ")[0].partition("\n")[0].rstrip("."),
            "description": comment,
            "parameters": [*self._path_parameters(), *self._query_parameters(), *answers.header_parameters(self._route)],
            "x-permission": access.permission or ("open" if access.open else "signed_in"),
        }
        if access.open:
            described["security"] = []
        if self._route.body:
            content = answers.BYTES if self._route.takes_bytes else {"application/json": {"schema": self._body()}}
            described["requestBody"] = {"required": True, "content": content}
        described["responses"] = answers.responses(self._route, self._answer())
        return described

    def _path_parameters(self) -> Iterator[Schema]:
        template = self._route.template
        for position, segment in enumerate(template.segments):
            variable = template.variable_at(position)
            if variable is None or not segment.startswith("*"):
                continue
            field = _field(self._request, variable.field_path.split("."))
            whole = variable.end == variable.start + 1
            schema = self._schemas.field(field) if whole else {"type": "string", "minLength": 1}
            description = schema.pop("description", "") or one_line(self._contract.comment(field.full_name))
            schema.pop("readOnly", None)
            name = _parameter(template.segments, variable, position)
            if segment == MANY:
                description = f"{description} May hold slashes.".strip()
            elif schema["type"] == "string":
                # An empty segment, or one that a slash divides, is another path.
                schema["minLength"] = max(schema.get("minLength", 1), 1)
            yield _parameter_object(name, "path", schema, description, required=True)

    def _query_parameters(self) -> Iterator[Schema]:
        if self._route.body == WHOLE_BODY:
            return
        bound = {variable.field_path for variable in self._route.template.variables} | {self._route.body}
        for path, field in _text_fields(self._request, (), bound):
            schema = self._schemas.field(field)
            description = schema.pop("description", "")
            name = ".".join(path)
            yield _parameter_object(name, "query", schema, description, required=constraints.is_required(field))

    def _body(self) -> Schema:
        variables = {variable.field_path for variable in self._route.template.variables}
        if self._route.body == WHOLE_BODY:
            return (
                self._schemas.message(self._request, without=variables) if variables else self._schemas.reference(self._request)
            )
        field = self._request.fields_by_name[self._route.body]
        inner = {path.partition(".")[2] for path in variables if path.startswith(f"{field.name}.")}
        if field.message_type is None or field.is_repeated:
            return self._schemas.field(field)
        partial = self._route.http_method == "PATCH"
        if inner or partial:
            return self._schemas.message(field.message_type, without=inner, partial=partial)
        return self._schemas.reference(field.message_type)

    def _answer(self) -> Schema:
        if self._route.answers_bytes:
            return {}
        response = self._method.output_type
        if self._route.response_body:
            return self._schemas.field(response.fields_by_name[self._route.response_body])
        return self._schemas.reference(response)


def _text_fields(
    descriptor: Descriptor, above: tuple[str, ...], bound: set[str]
) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    for field in descriptor.fields:
        path = (*above, field.name)
        if ".".join(path) in bound:
            continue
        if takes_text(field):
            yield (*map(camel_case, above), field.json_name), field
        elif field.message_type is not None and not field.is_repeated and len(path) < _NESTED_DEPTH_MAX:
            yield from _text_fields(field.message_type, path, bound)


def _parameter_object(name: str, place: str, schema: Schema, description: str, *, required: bool) -> Schema:
    parameter: Schema = {"name": name, "in": place}
    if description:
        parameter["description"] = description
    if required:
        parameter["required"] = True
    return {**parameter, "schema": schema}


def _parameter(segments: tuple[str, ...], variable: Variable, position: int) -> str:
    """The last name of the variable's field; numbered where the variable leaves several segments open."""
    name = camel_case(variable.field_path.rpartition(".")[2])
    own = range(variable.start, len(segments) if variable.end is None else variable.end)
    still_open = [each for each in own if segments[each].startswith("*")]
    return name if len(still_open) == 1 else f"{name}{still_open.index(position) + 1}"


def _field(descriptor: Descriptor, names: list[str]) -> FieldDescriptor:
    for name in names[:-1]:
        descriptor = descriptor.fields_by_name[name].message_type
    return descriptor.fields_by_name[names[-1]]


def _operation_id(route: Route, used: dict[str, int]) -> str:
    method = route.rpc.method
    name = f"{method.containing_service.name}_{method.name}"
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def _tags(contract: Contract, routes: list[Route]) -> Iterator[Schema]:
    services = {route.rpc.method.containing_service.full_name: route.rpc.method.containing_service.name for route in routes}
    for full_name, name in sorted(services.items(), key=lambda entry: entry[1]):
        yield {"name": name, "description": one_line(contract.comment(full_name))}


def _add_examples(paths: dict[str, Any], components: dict[str, Schema]) -> None:
    examples = Examples(components)
    for item in paths.values():
        for operation in item.values():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for holder in (*bodies, operation["responses"]["200"]):
                if (media := holder["content"].get("application/json")) is not None:
                    media["example"] = examples.of(media["schema"])
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["example"] = examples.of(parameter["schema"], parameter["name"])
