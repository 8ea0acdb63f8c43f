"""Query parameters to fields: `pageSize=10`, `kinds=A&kinds=B`, `filter.startTime=…`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.transcoding.fields import SetText, field_chain, takes_text, text_setter
from gateway.transcoding.misfit import Misfit
from services.chassis.kernel.errors import FieldViolation, InvalidInput

PARAMETERS_MAX = 200
# Levels of messages that a parameter's name may walk through.
PARAMETER_DEPTH_MAX = 4


class QueryReader:
    """Reads the parameters of one binding: every field that neither the path nor the body binds."""

    def __init__(self, descriptor: Descriptor, bound: frozenset[str], *, body_takes_all: bool) -> None:
        self._descriptor = descriptor
        self._bound = bound
        self._body_takes_all = body_takes_all
        self._known = {} if body_takes_all else self._top_level()

    def read(self, query: str, message: Any) -> None:
        """Sets the fields that the query names; raises InvalidInput for an unknown name, and Misfit for a value."""
        seen: set[str] = set()
        for name, text in _pairs(query):
            known = self._known.get(name) or self._nested(name)
            if known is None:
                raise _unknown(name)
            field, set_text = known
            path = field.full_name if "." not in name else name
            if not field.is_repeated and path in seen:
                raise Misfit("must be given once", path=name)
            seen.add(path)
            try:
                set_text(message, text)
            except Misfit as misfit:
                raise misfit.below(name) from None

    def _top_level(self) -> dict[str, tuple[FieldDescriptor, SetText]]:
        fields = [field for field in self._descriptor.fields if field.name not in self._bound and takes_text(field)]
        setters = {field.name: (field, text_setter([field])) for field in fields}
        return setters | {field.json_name: setters[field.name] for field in fields}

    def _nested(self, name: str) -> tuple[FieldDescriptor, SetText] | None:
        names = name.split(".")
        if self._body_takes_all or not 1 < len(names) <= PARAMETER_DEPTH_MAX:
            return None
        chain = field_chain(self._descriptor, names, json_names=True)
        if chain is None or not takes_text(chain[-1]):
            return None
        paths = {".".join(field.name for field in chain[:length]) for length in range(1, len(chain) + 1)}
        return None if paths & self._bound else (chain[-1], text_setter(chain))


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=PARAMETERS_MAX)
    except UnicodeDecodeError:
        raise InvalidInput("QUERY_INVALID", "The query is not valid UTF-8.") from None
    except ValueError:
        raise InvalidInput("QUERY_INVALID", f"The query has more than {PARAMETERS_MAX} parameters.") from None


def _unknown(name: str) -> InvalidInput:
    shown = name[:64] if name.isascii() and name.isprintable() else "[…]"
    violation = FieldViolation(shown, "is not a parameter of this route")
    return InvalidInput("QUERY_UNKNOWN", f"There is no query parameter {shown} here.", violations=(violation,))
