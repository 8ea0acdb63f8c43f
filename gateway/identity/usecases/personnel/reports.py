"""What came of a snapshot, as an administrator reads it: how many of each, and some of each kind of fault by their numbers."""

from __future__ import annotations

from typing import Any

EXAMPLES_MAX = 20


class Report:
    """Counts and findings; kept as JSON between the steps. Holds numbers of units and staff, and no name."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        self._counts: dict[str, int] = dict((kept or {}).get("counts", {}))
        self._findings: dict[str, dict[str, Any]] = dict((kept or {}).get("findings", {}))

    def count(self, what: str, how_many: int = 1) -> None:
        """So many more were `created`, `changed`, `moved`, `disabled`."""
        if how_many:
            self._counts[what] = self._counts.get(what, 0) + how_many

    def find(self, reason: str, *numbers: str) -> None:
        """Something that somebody should look at, by the numbers that it concerns."""
        if not numbers:
            return
        found = self._findings.get(reason, {"count": 0, "examples": []})
        examples = [*found["examples"], *numbers][:EXAMPLES_MAX]
        self._findings[reason] = {"count": found["count"] + len(numbers), "examples": examples}

    def of(self, what: str) -> int:
        """How many were."""
        return self._counts.get(what, 0)

    def kept(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"counts": self._counts, "findings": self._findings}

    def __str__(self) -> str:
        told = [f"{count} {what}" for what, count in sorted(self._counts.items())]
        told += [f"{found['count']} {reason}" for reason, found in sorted(self._findings.items())]
        return ", ".join(told) or "nothing changed"
