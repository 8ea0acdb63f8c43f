"""A feed's columns as one statement: raw rows in, typed rows out, each with its first fault or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.money import fraction_digits
from services.chassis.lake.schemas import Column, Type
from services.integration.engine import expressions, lookups
from services.integration.engine.expressions import fits, quoted
from services.integration.engine.reading.rows import sources_of
from services.integration.model.feed_definition import ColumnRule, FeedDefinition, Range

_RATE_DIGITS = {"one": 8, "percent": 6, "permille": 5, "basis_points": 4}
_BLANKS = "chr(32) || chr(9)"
DATE_COLUMN = "row_date"


@dataclass(frozen=True, slots=True)
class _Fault:
    """When a row is at fault, why, and in which canonical column; `reason` is a literal, or a case between several."""

    condition: str
    reason: str
    column: str

    @property
    def case(self) -> str:
        """As a branch of the statement's case; what tells reasons apart is looked at for bad rows alone."""
        return f"WHEN {self.condition} THEN {self.reason} || {quoted(f' {self.column}')}"


class TypedRows:
    """The statement for one feed and the columns of one file."""

    def __init__(self, definition: FeedDefinition, file_columns: Sequence[str], zone: str) -> None:
        self._definition = definition
        self._schema = definition.schema_
        self._places = {name: f"c{place}" for place, name in reversed(list(enumerate(file_columns)))}
        self._zone = zone
        self._by_column = definition.date.source == "column"

    def statement(self, relation: str) -> str:
        """Answers `line`, the schema's columns, `row_date` where dates come by column, and `fault`: `REASON column` or NULL."""
        columns = [column for column in self._schema.columns if column.name in self._definition.columns]
        texts = [f"{self._text(column)} AS {_t(column.name)}" for column in columns]
        texts += [f"{self._one(rule.sign_column)} AS {_s(name)}" for name, rule in self._signed()]
        texts += [f"{self._one(r.plus_months)} AS {_m(name)}" for name, r in self._definition.columns.items() if r.plus_months]
        values = [f"{self._value(column)} AS {column.name}" for column in columns if column.type is not Type.MONEY]
        amounts = [f"{self._amount(column)} AS {column.name}" for column in columns if column.type is Type.MONEY]
        if self._by_column:
            texts.append(f"{self._one(self._definition.date.column)} AS {_t(DATE_COLUMN)}")
            rule = self._definition.date
            values.append(f"{expressions.day(_t(DATE_COLUMN), rule.format, rule.century_pivot)} AS {DATE_COLUMN}")
        absent = [
            f"NULL::{c.type.engine_type} AS {c.name}" for c in self._schema.columns if c.name not in self._definition.columns
        ]
        faults = " ".join(fault.case for fault in self._faults(columns))
        looked_up = lookups.looked_up(self._definition, f"SELECT {', '.join(['line', *texts])} FROM {relation}")
        answered = ["line", *self._schema.names, *([DATE_COLUMN] if self._by_column else [])]
        return (
            f"SELECT {', '.join(answered)}, CASE {faults or 'WHEN false THEN NULL'} END AS fault FROM ("
            f"SELECT {', '.join(['*', *amounts, *absent])} FROM ("
            f"SELECT {', '.join(['*', *values])} FROM ("
            f"{looked_up})))"
        )

    def _text(self, column: Column) -> str:
        """The column's text without blanks at its ends; NULL where it stands for nothing."""
        rule = self._definition.columns[column.name]
        sources = sources_of(rule)
        if not sources:
            return quoted(rule.value) if rule.value else "NULL::VARCHAR"
        parts = [self._one(name, rule.empty) for name in sources]
        text = parts[0] if len(parts) == 1 else f"NULLIF(concat_ws({', '.join([quoted(rule.join), *parts])}), '')"
        return f"({quoted(rule.prefix)} || {text})" if rule.prefix else text

    def _one(self, name: str, empty: Sequence[str] = ()) -> str:
        trimmed = f"trim({self._places[name]}, {_BLANKS})"
        if not empty:
            return f"NULLIF({trimmed}, '')"
        return f"(CASE WHEN {trimmed} NOT IN {expressions.listed(['', *(text.strip() for text in empty)])} THEN {trimmed} END)"

    def _value(self, column: Column) -> str:  # noqa: PLR0911 - one for each type
        rule, text = self._definition.columns[column.name], _t(column.name)
        match column.type:
            case Type.CODE | Type.TEXT if rule.codes:
                return expressions.code(text, self._definition.codes[rule.codes])
            case Type.CODE:
                return expressions.among(text, column.codes)
            case Type.DATE:
                value = expressions.day(text, rule.format, rule.century_pivot, rule.raised_month)
                return expressions.later(value, _m(column.name)) if rule.plus_months else value
            case Type.TIME:
                return expressions.instant(text, rule.format, rule.zone or self._zone)
            case Type.RATE | Type.INTEGER:
                return expressions.scaled(self._plain(column), self._digits(column))
            case Type.FLAG:
                return expressions.flag(text, rule.true)
        return text

    def _amount(self, column: Column) -> str:
        rule = self._definition.columns[column.name]
        value = expressions.scaled(self._plain(column), self._digits(column), rounds=rule.excess_digits == "round")
        if not rule.sign_column:
            return value
        return f"(CASE WHEN {_s(column.name)} IN {expressions.listed(rule.negative)} THEN -{value} ELSE {value} END)"

    def _plain(self, column: Column) -> str:
        rule = self._definition.columns[column.name]
        return expressions.with_plain_marks(_t(column.name), rule.decimal_mark, rule.grouping_mark)

    def _digits(self, column: Column) -> int | str:
        rule = self._definition.columns[column.name]
        if column.type is Type.RATE:
            return _RATE_DIGITS[rule.rate_unit]
        if column.type is Type.INTEGER or rule.unit == "minor":
            return 0
        currency = self._definition.columns.get(column.currency)
        if currency is not None and currency.value and not sources_of(currency):
            return fraction_digits(currency.value)
        return expressions.digits_of(column.currency)

    def _signed(self) -> Iterator[tuple[str, ColumnRule]]:
        return ((name, rule) for name, rule in self._definition.columns.items() if rule.sign_column)

    def _faults(self, columns: Sequence[Column]) -> Iterator[_Fault]:
        if self._by_column:
            missing = f"CASE WHEN {_t(DATE_COLUMN)} IS NULL THEN 'BUSINESS_DATE_MISSING' ELSE 'BUSINESS_DATE_INVALID' END"
            yield _Fault(f"{DATE_COLUMN} IS NULL", missing, "")
        for column in columns:
            text = _t(column.name)
            if self._definition.columns[column.name].lookup:
                yield _Fault(f"{lookups.asked(column.name)} IS NOT NULL AND {text} IS NULL", "'LOOKUP_FAILED'", column.name)
            if column.required:
                yield _Fault(f"{column.name} IS NULL AND {text} IS NULL", "'VALUE_MISSING'", column.name)
            if column.type is not Type.TEXT or self._definition.columns[column.name].codes:
                yield _Fault(f"{column.name} IS NULL AND {text} IS NOT NULL", self._reason(column), column.name)
            yield from self._doubts(column)
            yield from (f for r in self._definition.checks.ranges if r.column == column.name for f in _range_faults(column, r))

    def _reason(self, column: Column) -> str:
        """Why a text is no value of the column."""
        if column.type in (Type.CODE, Type.TEXT):
            return "'CODE_UNKNOWN'"
        if column.type not in (Type.MONEY, Type.RATE, Type.INTEGER):
            return quoted(f"{column.type.name}_INVALID")
        kind = {Type.MONEY: "AMOUNT", Type.RATE: "RATE", Type.INTEGER: "NUMBER"}[column.type]
        plain = self._plain(column)
        cases = [f"WHEN NOT {fits(plain, expressions.PLAIN_NUMBER)} THEN '{kind}_INVALID'"]
        if column.type is not Type.MONEY or self._definition.columns[column.name].excess_digits == "refuse":
            cases.append(f"WHEN {expressions.excess(plain, self._digits(column))} THEN '{kind}_TOO_FINE'")
        return f"CASE {' '.join(cases)} ELSE '{kind}_TOO_LARGE' END"

    def _doubts(self, column: Column) -> Iterator[_Fault]:
        """When a text that is a value all the same cannot be taken for one."""
        text = _t(column.name)
        if column.type is Type.MONEY:
            named = column.currency in self._definition.columns
            yield _Fault(
                f"{text} IS NOT NULL AND {f'{column.currency} IS NULL' if named else 'true'}", "'CURRENCY_MISSING'", column.name
            )
            if self._definition.columns[column.name].sign_column:
                yield _Fault(f"{text} IS NOT NULL AND {_s(column.name)} IS NULL", "'SIGN_MISSING'", column.name)
        if column.name in {each.currency for each in self._schema.columns if each.type is Type.MONEY}:
            yield _Fault(f"NOT {fits(column.name, expressions.CURRENCY)}", "'CURRENCY_INVALID'", column.name)


def _range_faults(column: Column, bounds: Range) -> Iterator[_Fault]:
    for bound, comparison in ((bounds.least, "<"), (bounds.greatest, ">")):
        if bound:
            yield _Fault(f"{column.name} {comparison} {_literal(column, bound)}", "'OUT_OF_RANGE'", column.name)


def _literal(column: Column, bound: str) -> str:
    if column.type in (Type.MONEY, Type.RATE, Type.INTEGER):
        try:
            return str(int(bound))
        except ValueError:
            raise InvalidInput("FEED_FAULTY", f"[[checks.ranges]] {column.name}: {bound} is no whole number.") from None
    return f"{quoted(bound)}::{column.type.engine_type}"


def _t(name: str) -> str:
    return f"text_{name}"


def _m(name: str) -> str:
    return f"months_{name}"


def _s(name: str) -> str:
    return f"sign_{name}"
