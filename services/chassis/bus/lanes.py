"""Which delivery may be handled next: those of one subject one after the other, those of different subjects side by side."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

Delivery = TypeVar("Delivery")


class Lanes(Generic[Delivery]):
    """One lane per subject. Not for use by several threads: the worker's greenlets switch only where they wait."""

    def __init__(self) -> None:
        # A subject is here while something of it waits or is being handled.
        self._lanes: dict[str, deque[Delivery]] = {}
        self._ready: deque[str] = deque()

    def add(self, subject: str, delivery: Delivery) -> None:
        """Puts the delivery behind what its subject has."""
        if subject not in self._lanes:
            self._lanes[subject] = deque()
            self._ready.append(subject)
        self._lanes[subject].append(delivery)

    def take(self) -> tuple[str, Delivery] | None:
        """The next delivery whose subject has none in hand; its lane is shut until `done`."""
        if not self._ready:
            return None
        subject = self._ready.popleft()
        return subject, self._lanes[subject].popleft()

    def done(self, subject: str) -> None:
        """The delivery in hand is dealt with."""
        if self._lanes[subject]:
            self._ready.append(subject)
        else:
            del self._lanes[subject]
