"""Addresses: where a customer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.chassis.words.texts import refusal, tidy_text
from services.customer.rules.divisions import division_name
from services.customer.rules.identifiers import HOME_COUNTRY

LINE_LENGTH_MAX = 300


def tidy_address(address: Mapping[str, Any], field: str) -> dict[str, Any]:
    """An address as it is kept, its division named; raises InvalidInput ADDRESS_INVALID or TEXT_INVALID, naming the field."""
    country_code, code = address.get("country_code", ""), address.get("division_code", "")
    tidy = {
        "country_code": country_code,
        "division_code": code,
        "line": tidy_text(address.get("line", ""), f"{field}.line", LINE_LENGTH_MAX),
        "postal_code": address.get("postal_code", "").strip(),
        "division_name": _division(code, country_code, f"{field}.division_code"),
    }
    if not code and not tidy["line"]:
        raise refusal("ADDRESS_INVALID", "The address says nothing.", f"{field}.line", "A line, or at least a division.")
    return {"kind": address["kind"]} | {name: value for name, value in tidy.items() if value}


def _division(code: str, country_code: str, field: str) -> str:
    if not code:
        return ""
    if (country_code or HOME_COUNTRY) != HOME_COUNTRY:
        raise refusal("ADDRESS_INVALID", "The address is in another country.", field, "A division code is of China's divisions.")
    name = division_name(code)
    if not name:
        fault = "A code of GB/T 2260 行政区划代码 that is, or was once, in force."
        raise refusal("ADDRESS_INVALID", "There never was such a division.", field, fault)
    return name
