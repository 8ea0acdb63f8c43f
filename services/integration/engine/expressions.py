"""From text to values, in the engine's language: exact, or nothing.

Each function is given an expression for a text, without blanks at its ends and NULL where it is empty, and answers an expression
that is NULL where the text does not stand for a value. No binary fraction is ever made of a text: digits are moved as digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.money import FRACTION_DIGITS

PLAIN_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
CURRENCY = "[A-Z]{3}"
# What a whole number of 64 bits holds on both sides of zero.
NUMBER_MAX = 2**63 - 1
_ISO_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})"
# What each directive of strptime may stand for; a number of one digit only where nothing else tells where it ends.
_DIRECTIVES = {
    "Y": ("[0-9]{4}", "[0-9]{4}"),
    "y": ("[0-9]{2}", "[0-9]{2}"),
    "m": ("[0-9]{2}", "[0-9]{1,2}"),
    "d": ("[0-9]{2}", "[0-9]{1,2}"),
    "H": ("([01][0-9]|2[0-3])", "([01]?[0-9]|2[0-3])"),
    "M": ("[0-5][0-9]", "[0-5]?[0-9]"),
    "S": ("[0-5][0-9]", "[0-5]?[0-9]"),
    "f": ("[0-9]{6}", "[0-9]{1,6}"),
    "b": ("[A-Za-z]{3}", "[A-Za-z]{3}"),
    "B": ("[A-Za-z]{3,9}", "[A-Za-z]{3,9}"),
    "z": (r"[+-][0-9]{2}:?[0-9]{2}", r"[+-][0-9]{2}:?[0-9]{2}"),
}


def quoted(text: str) -> str:
    """The text as a literal: the one place where a value goes into a statement."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """The texts as a list of literals; one that no text equals where there are none."""
    return "(" + (", ".join(map(quoted, texts)) or "NULL") + ")"


def fits(text: str, pattern: str) -> str:
    """Whether the whole text is as the pattern says."""
    return f"regexp_full_match({text}, {quoted(pattern)})"


def digits_of(currency: str) -> str:
    """How many digits the minor unit of the currency has that the expression answers."""
    by_digits: dict[int, list[str]] = {}
    for code, digits in FRACTION_DIGITS.items():
        by_digits.setdefault(digits, []).append(code)
    cases = " ".join(f"WHEN {currency} IN {listed(codes)} THEN {digits}" for digits, codes in by_digits.items())
    return f"(CASE {cases} ELSE 2 END)"


def with_plain_marks(text: str, decimal_mark: str, grouping_mark: str) -> str:
    """The number with a point and no groups; a text that is no number where its marks stand elsewhere than they may."""
    if decimal_mark == "." and not grouping_mark:
        return text
    decimal, group = re.escape(decimal_mark), re.escape(grouping_mark)
    whole = f"([0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]*)" if grouping_mark else "[0-9]*"
    plain = f"replace({text}, {quoted(grouping_mark)}, '')" if grouping_mark else text
    if decimal_mark != ".":
        plain = f"replace({plain}, {quoted(decimal_mark)}, '.')"
    return f"(CASE WHEN {fits(text, f'[+-]?{whole}({decimal}[0-9]*)?')} THEN {plain} WHEN {text} IS NOT NULL THEN '?' END)"


def scaled(text: str, digits: int | str, *, rounds: bool = False) -> str:
    """The plain number times ten to the power of `digits` (a number, or an expression), as a whole number.

    NULL where a digit other than zero would be lost, unless it `rounds` (half to even), and where it has more than 64 bits.
    """
    usual = digits if isinstance(digits, int) else 2
    point = rf"(\.[0-9]{{1,{usual}}})?" if usual else ""
    # What nearly all numbers are: they, and the product, fit a decimal that the engine counts with at once.
    quick = fits(text, f"-?[0-9]{{1,{18 - 2 * usual}}}{point}") + ("" if isinstance(digits, int) else f" AND {digits} = 2")
    value = f"CAST(CAST({text} AS DECIMAL(18, {usual})) * {10**usual} AS BIGINT)"
    general = _rounded(text, digits) if rounds else _exact(text, digits)
    return f"(CASE WHEN {quick} THEN {value} WHEN {fits(text, PLAIN_NUMBER)} THEN NULLIF({general}, -{NUMBER_MAX} - 1) END)"


def excess(text: str, digits: int | str) -> str:
    """Whether a plain number has digits below that power which are not zeros."""
    return f"(trim({_below(text, digits)}, '0') <> '')"


def code(text: str, codes: Mapping[str, str]) -> str:
    """What the map makes of the text; of an empty one what it has for the empty text."""
    cases = " ".join(f"WHEN {quoted(source)} THEN {quoted(target)}" for source, target in codes.items() if source)
    empty = f" WHEN {text} IS NULL THEN {quoted(codes[''])}" if "" in codes else ""
    mapped = f"(CASE {text} {cases} END)" if cases else "NULL"
    return f"(CASE WHEN {text} IS NOT NULL THEN {mapped}{empty} END)"


def among(text: str, codes: Iterable[str]) -> str:
    """The text where it is one of those."""
    return f"(CASE WHEN {text} IN {listed(codes)} THEN {text} END)"


def flag(text: str, true: Iterable[str]) -> str:
    """Whether the text means yes."""
    return f"(CASE WHEN {text} IS NOT NULL THEN {text} IN {listed(true)} END)"


def day(text: str, format_: str, century_pivot: int | None, raised_month: int = 0) -> str:
    """The date; a month above `raised_month` counts without it. Raises InvalidInput FEED_FAULTY where the format says none."""
    format_ = format_ or "%Y-%m-%d"
    pattern, places = _pattern(format_, groups=True)
    if "y" in places and century_pivot is None:
        raise _faulty(f"{format_}: a year of two digits needs century_pivot.")
    if not {"m", "d"} <= places.keys() or not {"Y", "y"} & places.keys():
        if "b" in places or "B" in places:
            return _checked(f"TRY_CAST(try_strptime({text}, {quoted(format_)}) AS DATE)", fits(text, pattern))
        raise _faulty(f"{format_} says no day, month or year.")
    order = "-".join(f"\\{places[name]}" for name in ("Y" if "Y" in places else "y", "m", "d"))
    iso = f"regexp_replace({text}, {quoted(pattern)}, {quoted(order)})"
    if "Y" not in places:
        short = f"regexp_extract({text}, {quoted(pattern)}, {places['y']})"
        iso = f"(CASE WHEN {short} >= {quoted(f'{century_pivot:02d}')} THEN '19' ELSE '20' END) || {iso}"
    if raised_month:
        iso = _lowered_month(iso, raised_month)
    return _checked(f"TRY_CAST({iso} AS DATE)", fits(text, pattern))


def instant(text: str, format_: str, zone: str) -> str:
    """The instant, in UTC; of a text that names no zone in the one given."""
    if not format_:
        local = f"timezone('UTC', timezone({quoted(zone)}, TRY_CAST({text} AS TIMESTAMP)))"
        zoned = f"timezone('UTC', TRY_CAST({text} AS TIMESTAMPTZ))"
        return f"(CASE WHEN {fits(text, _ISO_TIME)} THEN {local} WHEN {fits(text, _ISO_TIME + _ZONE)} THEN {zoned} END)"
    pattern, places = _pattern(format_, groups=False)
    if "y" in places:
        raise _faulty(f"{format_}: a time needs a year of four digits.")
    parsed = f"try_strptime({text}, {quoted(format_)})"
    moment = parsed if "z" in places else f"timezone({quoted(zone)}, {parsed})"
    return f"(CASE WHEN {fits(text, pattern)} THEN timezone('UTC', {moment}) END)"


def later(day_: str, months: str) -> str:
    """The day so many months after another; NULL where the text is no number of months."""
    return f"CAST({day_} + to_months(CASE WHEN {fits(months, '[0-9]{1,4}')} THEN TRY_CAST({months} AS INTEGER) END) AS DATE)"


def _lowered_month(iso: str, raised_month: int) -> str:
    month = f"TRY_CAST(split_part({iso}, '-', 2) AS INTEGER)"
    lowered = f"regexp_replace({iso}, '-[0-9]+-', '-' || lpad(CAST({month} - {raised_month} AS VARCHAR), 2, '0') || '-')"
    return f"(CASE WHEN {month} > {raised_month} THEN {lowered} ELSE {iso} END)"


def _checked(value: str, condition: str) -> str:
    # The year 0 is the engine's, and nobody else's.
    return f"(CASE WHEN {condition} AND year({value}) BETWEEN 1 AND 9999 THEN {value} END)"


def _pattern(format_: str, *, groups: bool) -> tuple[str, dict[str, int]]:
    """The format as a pattern, and the number of the group of each directive."""
    steps = re.findall(r"%(.)|([^%]+)", format_)
    if any(directive and directive not in _DIRECTIVES for directive, _ in steps) or format_.endswith("%"):
        raise _faulty(f"{format_}: dates and times may have {', '.join('%' + name for name in _DIRECTIVES)}.")
    pattern, places = "", {}
    for place, (directive, literal) in enumerate(steps):
        if literal:
            pattern += re.escape(literal)
            continue
        if directive in places:
            raise _faulty(f"{format_} says %{directive} twice.")
        alone = not any(steps[near][0] for near in (place - 1, place + 1) if 0 <= near < len(steps))
        shape = _DIRECTIVES[directive][alone]
        places[directive] = len(places) + 1
        pattern += f"({shape.replace('(', '(?:')})" if groups else shape
    return pattern, places


def _exact(text: str, digits: int | str) -> str:
    kept = _kept(text, digits)
    return f"(CASE WHEN NOT {excess(text, digits)} THEN TRY_CAST({_sign(text)} || {kept} AS BIGINT) END)"


def _rounded(text: str, digits: int | str) -> str:
    kept, below = _kept(text, digits), _below(text, digits)
    up = (
        f"(CASE WHEN left({below}, 1) > '5' OR (left({below}, 1) = '5' AND "
        f"(trim(substr({below}, 2), '0') <> '' OR right({kept}, 1) IN ('1', '3', '5', '7', '9'))) THEN 1 ELSE 0 END)"
    )
    # Of more than 38 digits the cast makes nothing; the largest of them leaves room for one more.
    sign = f"(CASE WHEN {_sign(text)} = '-' THEN -1 ELSE 1 END)"
    return f"TRY_CAST({sign} * (TRY_CAST({kept} AS DECIMAL(37, 0))::HUGEINT + {up}) AS BIGINT)"


def _unsigned(text: str) -> str:
    return f"ltrim({text}, '+-')"


def _sign(text: str) -> str:
    return f"(CASE WHEN starts_with({text}, '-') THEN '-' ELSE '' END)"


def _kept(text: str, digits: int | str) -> str:
    fraction = f"split_part({_unsigned(text)}, '.', 2)"
    return f"('0' || split_part({_unsigned(text)}, '.', 1) || left(rpad({fraction}, {digits}, '0'), {digits}))"


def _below(text: str, digits: int | str) -> str:
    return f"substr(split_part({_unsigned(text)}, '.', 2), {digits} + 1)"


def _faulty(text: str) -> InvalidInput:
    return InvalidInput("FEED_FAULTY", text)
