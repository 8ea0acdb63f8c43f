"""Paths to what is bound to them: a tree of segments, walked once per request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from gateway.transcoding.template import MANY, ONE, Template

Bound = TypeVar("Bound")


class _Node(Generic[Bound]):
    __slots__ = ("bound", "literals", "many", "one")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[Bound]] = {}
        self.one: _Node[Bound] | None = None
        self.many: _Node[Bound] | None = None
        # By verb, then by HTTP method.
        self.bound: dict[str, dict[str, Bound]] = {}


class Trie(Generic[Bound]):
    """What is bound to a template and an HTTP method. A literal is preferred to `*`, and `*` to `**`."""

    def __init__(self) -> None:
        self._root: _Node[Bound] = _Node()

    def bind(self, template: Template, http_method: str, bound: Bound) -> Bound | None:
        """Binds; answers what was bound there before, which then stays."""
        node = self._root
        for segment in template.segments:
            node = _child(node, segment)
        methods = node.bound.setdefault(template.verb, {})
        if http_method in methods:
            return methods[http_method]
        methods[http_method] = bound
        return None

    def find(self, path: str) -> tuple[Mapping[str, Bound] | None, Sequence[str]]:
        """What is bound to a path, by HTTP method, with the path's segments (less the verb); None where nothing is."""
        segments = path.split("/")
        del segments[0]
        last, colon, verb = segments[-1].rpartition(":") if segments else ("", "", "")
        if colon:
            with_verb = [*segments[:-1], last]
            found = _walk(self._root, with_verb, 0, verb)
            if found is not None:
                return found, with_verb
        return _walk(self._root, segments, 0, ""), segments


def _child(node: _Node[Bound], segment: str) -> _Node[Bound]:
    if segment == ONE:
        node.one = node.one or _Node()
        return node.one
    if segment == MANY:
        node.many = node.many or _Node()
        return node.many
    return node.literals.setdefault(segment, _Node())


def _walk(node: _Node[Bound], segments: Sequence[str], position: int, verb: str) -> Mapping[str, Bound] | None:
    if position == len(segments):
        # `**` matches an empty rest as well.
        return node.bound.get(verb) or (node.many.bound.get(verb) if node.many else None)
    segment = segments[position]
    literal = node.literals.get(segment)
    if literal is not None and (found := _walk(literal, segments, position + 1, verb)) is not None:
        return found
    if node.one is not None and segment and (found := _walk(node.one, segments, position + 1, verb)) is not None:
        return found
    return node.many.bound.get(verb) if node.many else None
