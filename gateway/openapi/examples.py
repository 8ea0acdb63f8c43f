"""An example for each schema: the same at each build, and one that fits the schema (a test says so for the contract).

A comment that says "such as `CNY`" gives the example of its field; else the field's name and limits choose from the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SUCH_AS = re.compile(r"such as `([^`]+)`")
_UUID = "0199c0de-0000-7000-8000-000000000001"
_BY_FORMAT = {
    "date-time": "2026-01-31T08:00:00Z",
    "date": "2026-01-31",
    "uuid": _UUID,
    "email": "rm1@bank.example",
    "uri": "https://bank.example/",
    "byte": "AA==",
    "int64": "1",
    "uint64": "1",
    "password": "correct horse battery",
}
# By the name of the field in JSON, then in general; the first that fits the limits is taken.
_BY_NAME = {
    "displayName": "王小明",
    "customerNumber": "C-000123",
    "staffNumber": "100123",
    "identifier": "11010119900307793X",
    "phone": "13800138000",
    "login": "zhang.wei",
    "organisationPath": "/HO/EAST/E01/",
    "reason": "Moved to another branch",
    "purpose": "Called the customer back",
    "service": "customer",
    "etag": "3",
    "updateMask": "displayName",
    "resource": f"customers/{_UUID}",
    "digestTimes": "08:30",
}
_GENERAL = ("", "example", "EXAMPLE", _UUID, "2026-01-31", "123456", "1.00", "a", "A", "1", "a" * 16, "1" * 32, "a" * 64)


class Examples:
    """Makes examples of schemas that may refer to components."""

    def __init__(self, components: Mapping[str, dict[str, Any]]) -> None:
        self._components = components

    def of(self, schema: Mapping[str, Any], name: str = "", within: frozenset[str] = frozenset()) -> Any:
        """An example of a schema; `name` is the field that holds it. None for a component that is within itself."""
        if (reference := schema.get("$ref")) is not None:
            if reference in within:
                return None
            whole = {**self._components[reference.rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}}
            return self.of(whole, name, within | {reference})
        if "enum" in schema:
            # The first value of an enum means: not said.
            return schema["enum"][min(1, len(schema["enum"]) - 1)]
        return self._of_type(schema, name, within)

    def _of_type(self, schema: Mapping[str, Any], name: str, within: frozenset[str]) -> Any:
        kind = schema.get("type")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                return self._object(schema, within)
            case "array":
                item = self.of(schema.get("items", {}), name, within)
                return [item] * max(1, schema.get("minItems", 1)) if item is not None else []
            case "string":
                return next((text for text in _candidates(schema, name) if fits(text, schema)), "")
            case "integer" | "number":
                return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        return "example"

    def _object(self, schema: Mapping[str, Any], within: frozenset[str]) -> dict[str, Any]:
        examples = {name: self.of(each, name, within) for name, each in schema.get("properties", {}).items()}
        kept = {name: example for name, example in examples.items() if example is not None}
        if isinstance(schema.get("additionalProperties"), dict):
            kept["example"] = self.of(schema["additionalProperties"], "", within)
        return kept


def fits(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether a text keeps the schema's limits."""
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    return "pattern" not in schema or re.search(schema["pattern"], text) is not None


def _candidates(schema: Mapping[str, Any], name: str) -> Iterator[str]:
    yield from _SUCH_AS.findall(schema.get("description", ""))
    formats = [schema.get("format", ""), *(each.get("format", "") for each in schema.get("anyOf", ()))]
    yield from (_BY_FORMAT[each] for each in formats if each in _BY_FORMAT)
    if name in _BY_NAME:
        yield _BY_NAME[name]
    if name.endswith(("Id", "Ids")):
        yield _UUID
    yield from _GENERAL
