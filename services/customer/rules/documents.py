"""Papers of a customer, known by the hash of their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.words.texts import refusal, shows_something, tidy_text
from services.customer.rules.dates import tidy_date

TITLE_LENGTH_MAX = 200
LOCATION_LENGTH_MAX = 500


def tidy_documents(documents: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    """The papers as they are kept; raises InvalidInput DOCUMENT_INVALID where one comes twice or has no title that is seen."""
    seen: set[str] = set()
    tidy = []
    for place, document in enumerate(documents):
        here = f"{field}[{place}]"
        if document["sha256"] in seen:
            raise refusal("DOCUMENT_INVALID", "The same paper comes twice.", f"{here}.sha256", "Each paper once.")
        seen.add(document["sha256"])
        tidy.append(_tidy(document, here))
    return tidy


def _tidy(document: Mapping[str, Any], field: str) -> dict[str, Any]:
    title = tidy_text(document["title"], f"{field}.title", TITLE_LENGTH_MAX)
    if not shows_something(title):
        raise refusal("DOCUMENT_INVALID", "The paper has no title.", f"{field}.title", "At least one character that is seen.")
    tidy_date(document.get("document_date", ""), f"{field}.document_date")
    location = tidy_text(document.get("location", ""), f"{field}.location", LOCATION_LENGTH_MAX)
    further = dict(document) | {"title": title, "location": location}
    return {name: value for name, value in further.items() if value}
