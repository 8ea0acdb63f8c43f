"""Writes a deal with all that it was shared by as one text, and reads it back: who computes it again comes to the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from services.performance.rules.attribution.deals import AgreedBand, Deal, Journey, Member, Terms, Touch
from services.performance.rules.attribution.kinds import SchemeKind
from services.performance.rules.attribution.parameters import Parameters


def frozen(kind: SchemeKind, parameters: Parameters, deal: Deal) -> str:
    """The text: JSON, alike for whatever is alike."""
    kept = asdict(deal) | {
        "members": [asdict(each) for each in sorted(deal.members, key=lambda each: each.person_id)],
        "touches": [
            asdict(each) for each in sorted(deal.touches, key=lambda each: (each.touch_time, each.resource, each.person_id))
        ],
    }
    return json.dumps(
        {"kind": int(kind), "parameters": asdict(parameters), "deal": kept},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=_as_text,
    )


def thawed(text: str) -> tuple[SchemeKind, Parameters, Deal]:
    """What a text was written of."""
    kept = json.loads(text)
    deal = kept["deal"]
    deal["close_date"] = date.fromisoformat(deal["close_date"])
    deal["members"] = [Member(**each) for each in deal["members"]]
    deal["touches"] = [_touch(each) for each in deal["touches"]]
    deal["journeys"] = [Journey(**each) for each in deal["journeys"]]
    deal["terms"] = terms_of(deal["terms"])
    return SchemeKind(kept["kind"]), Parameters.of(kept["parameters"]), Deal(**deal)


def digest(text: str) -> str:
    """SHA-256 of the text."""
    return hashlib.sha256(text.encode()).hexdigest()


def terms_of(kept: Mapping[str, Any]) -> Terms:
    """Terms from what `dataclasses.asdict` makes of them."""
    values = dict(kept)
    values["bands"] = [AgreedBand(**each) for each in values.get("bands", ())]
    former = values.get("former_owner")
    values["former_owner"] = Member(**former) if former else None
    return Terms(**values)


def _touch(kept: Mapping[str, Any]) -> Touch:
    moment, day = datetime.fromisoformat(kept["touch_time"]), date.fromisoformat(kept["business_date"])
    return Touch(**{**kept, "touch_time": moment, "business_date": day})


def _as_text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value.isoformat())
