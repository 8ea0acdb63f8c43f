"""A feed's TOML read backwards: from canonical rows to the lines of a file that the feed takes."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.kernel.money import FRACTION_DIGITS
from services.chassis.lake.schemas import Column, Type
from services.integration.model.feed_definition import ColumnRule, FeedDefinition

# What stands beside an amount that is not negative, by what stands beside one that is.
_POSITIVE = {"-": "+", "D": "C"}
# Of the bank's zone, in which its systems write times.
_ZONE_HOURS = 8
_RATE_DIGITS = {"percent": 6, "one": 8, "permille": 5, "basis_points": 4}


class Dialect:
    """How one feed's rows are written."""

    def __init__(self, definition: FeedDefinition) -> None:
        self._definition = definition
        self._schema = definition.schema_
        self._format = definition.format

    @property
    def columns(self) -> list[str]:
        """The columns of the file, in its order."""
        if self._format.columns:
            return list(self._format.columns)
        if self._format.fixed:
            return [column.name for column in self._format.fixed]
        named = [self._definition.date.column] if self._definition.date.source == "column" else []
        for rule in self._definition.columns.values():
            named += [*_sources(rule), *([rule.sign_column] if rule.sign_column else [])]
        return list(dict.fromkeys(named))

    def header(self) -> str:
        """The line above the rows; empty where the file has none."""
        if self._format.kind != "delimited" or not self._format.header:
            return ""
        return self._format.delimiter.join(f"{self._format.quote}{name}{self._format.quote}" for name in self.columns)

    def line(self) -> str:
        """The expression for a row's line."""
        values = {name: f"coalesce({self._text(name)}, '')" for name in self.columns}
        if self._format.kind == "json_lines":
            return f"json_object({', '.join(f'{quoted(name)}, {value}' for name, value in values.items())})::VARCHAR"
        if self._format.kind == "fixed":
            widths = {column.name: column.width for column in self._format.fixed}
            return " || ".join(_padded(value, widths[name]) for name, value in values.items())
        if quote := self._format.quote:
            doubled = f"{quoted(quote)}, {quoted(quote * 2)}"
            mark = quoted(quote)
            values = {name: f"{mark} || replace({value}, {doubled}) || {mark}" for name, value in values.items()}
        return f" || {quoted(self._format.delimiter)} || ".join(values.values())

    def _text(self, name: str) -> str:
        """The expression for the text of a column of the file."""
        rules = self._definition.columns
        if self._definition.date.source == "column" and name == self._definition.date.column:
            return f"strftime(business_date, {quoted(self._definition.date.format)})"
        for canonical, rule in rules.items():
            if rule.sign_column == name:
                negative = rule.negative[0]
                return f"CASE WHEN {canonical} < 0 THEN {quoted(negative)} ELSE {quoted(_POSITIVE[negative])} END"
        for canonical, rule in self._single_first():
            if name in _sources(rule):
                value = self._value(self._schema.column(canonical), rule)
                parts = _sources(rule)
                return value if len(parts) == 1 else f"split_part({value}, {quoted(rule.join)}, {parts.index(name) + 1})"
        return "''"

    def _single_first(self) -> Iterator[tuple[str, ColumnRule]]:
        return iter(sorted(self._definition.columns.items(), key=lambda each: len(_sources(each[1]))))

    def _value(self, column: Column, rule: ColumnRule) -> str:
        """The expression for the text of a canonical column."""
        name = column.name
        if column.type is Type.CODE and rule.codes:
            codes = self._definition.codes[rule.codes].items()
            return f"CASE {name} {' '.join(f'WHEN {quoted(code)} THEN {quoted(text)}' for text, code in codes)} END"
        written = {
            Type.MONEY: lambda: self._amount(column, rule),
            Type.RATE: lambda: _decimal(name, _RATE_DIGITS[rule.rate_unit]),
            Type.DATE: lambda: _day(name, rule),
            Type.TIME: lambda: _instant(name, rule),
            Type.FLAG: lambda: f"CASE WHEN {name} THEN {quoted(rule.true[0])} ELSE 'N' END",
        }
        return written.get(column.type, lambda: f"CAST({name} AS VARCHAR)")()

    def _amount(self, column: Column, rule: ColumnRule) -> str:
        amount = f"abs({column.name})" if rule.sign_column else column.name
        if rule.unit == "minor":
            return self._zeros(column, rule, amount)
        codes = ", ".join(quoted(code) for code, digits in FRACTION_DIGITS.items() if digits == 0)
        text = f"CASE WHEN {column.currency} IN ({codes}) THEN CAST({amount} AS VARCHAR) ELSE {_decimal(amount, 2)} END"
        if rule.grouping_mark:
            text = _grouped(text)
        return f"translate({text}, ',.', {quoted((rule.grouping_mark or ',') + rule.decimal_mark)})"

    def _zeros(self, column: Column, rule: ColumnRule, amount: str) -> str:
        """In a fixed width amounts have zeros before them, and their sign before these."""
        widths = {each.name: each.width for each in self._format.fixed}
        width = widths.get(_sources(rule)[0])
        if width is None:
            return f"CAST({amount} AS VARCHAR)"
        sign = f"CASE WHEN {column.name} < 0 THEN '-' ELSE '0' END"
        return f"{sign} || lpad(CAST(abs({column.name}) AS VARCHAR), {width - 1}, '0')"


def quoted(text: str) -> str:
    """The text as a literal of a statement."""
    return "'" + text.replace("'", "''") + "'"


def _sources(rule: ColumnRule) -> tuple[str, ...]:
    if not rule.source:
        return ()
    return (rule.source,) if isinstance(rule.source, str) else rule.source


def _decimal(value: str, digits: int) -> str:
    """A whole number with a point before its last digits."""
    power = 10**digits
    return (
        f"CASE WHEN {value} < 0 THEN '-' ELSE '' END || (abs({value}) // {power}) || '.' || "
        f"lpad(CAST(abs({value}) % {power} AS VARCHAR), {digits}, '0')"
    )


def _day(name: str, rule: ColumnRule) -> str:
    text = f"strftime({name}, {quoted(rule.format or '%Y-%m-%d')})"
    return f"coalesce({text}, {quoted(rule.empty[-1])})" if rule.empty else text


def _instant(name: str, rule: ColumnRule) -> str:
    local, zone = f"{name} + INTERVAL {_ZONE_HOURS} HOUR", f"+{_ZONE_HOURS:02}00"
    return f"strftime({local}, {quoted(rule.format.replace('%z', zone))})"


def _grouped(text: str) -> str:
    """Commas between thousands."""
    whole = f"split_part({text}, '.', 1)"
    backwards = f"rtrim(regexp_replace(reverse({whole}), '(\\d{{3}})', '\\1,', 'g'), ',')"
    fraction = f"CASE WHEN contains({text}, '.') THEN '.' || split_part({text}, '.', 2) ELSE '' END"
    return f"replace(reverse({backwards}), '-,', '-') || {fraction}"


def _padded(value: str, width: int) -> str:
    """Blanks behind it, counted in bytes of GBK, where a character that is not ASCII has two."""
    bytes_ = f"(length({value}) + (strlen({value}) - length({value})) // 2)"
    return f"({value} || repeat(' ', {width} - {bytes_}))"
