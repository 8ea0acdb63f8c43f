"""A feed as data: where its files come from, how they are written, what their columns mean, and what must hold of them.

One TOML file is one feed. A pack is a folder of such files: a system's, or a whole bank's dialect. Adding one needs no code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from services.chassis.kernel.errors import InvalidInput
from services.chassis.lake.schemas import SCHEMAS, Schema, Type
from services.chassis.settings import describe_faults

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$", max_length=64)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Identity(_Model):
    """`[feed]`: what it is."""

    name: Name
    title: str
    # The canonical dataset that it fills, and the system whose numbers its keys are.
    dataset: str
    source_system: Name


class Source(_Model):
    """`[source]`: where files come from. Whatever is said here, a file can be pushed through the API as well."""

    kind: Literal["folder", "sftp", "http", "sql", "push"] = "push"
    # folder: a folder of this machine; `{inbox}` stands for the deployment's. sftp, http: the address of the folder. sql: the
    # database's, as SQLAlchemy has it, without a password.
    location: str = ""
    # The name of a date's file: `{date:%Y%m%d}` stands for the business date, `*` and `?` as in a shell, `/` for folders below.
    file: str = ""
    # A second file whose presence says that the first is complete; `{file}` stands for the first one's name.
    ready_file: str = ""
    # sql: the query, with `:business_date`. The result is read as a table whose columns are its own.
    query: str = ""
    # sql: a query that answers a row once the date is complete.
    ready_query: str = ""
    # The name of the secret that opens the source: a setting of the deployment, never a value.
    secret: str = ""


class FixedColumn(_Model):
    """One column of a fixed-width format: in bytes of the file's own encoding, the first at 1."""

    name: str
    start: int = Field(ge=1, le=100_000)
    width: int = Field(ge=1, le=100_000)


class Format(_Model):
    """`[format]`: how a file is written."""

    kind: Literal[
        "delimited", "fixed", "json_lines", "xml", "xlsx", "parquet", "swift_mt", "iso20022", "cnaps2", "ofx", "bai2"
    ]  # fmt: skip
    # As Python names it: utf-8, utf-16, gb18030, gbk, big5, cp037, cp1141, …
    encoding: str = "utf-8"
    # any: as the file's first bytes say, packed or not.
    compression: Literal["", "gzip", "zip", "any"] = ""
    # delimited: any text, such as `,`, `|+|` or `\\u001b`; no quote for files that never quote.
    delimiter: str = Field(default=",", min_length=1, max_length=8)
    quote: str = Field(default="", max_length=1)
    header: bool = True
    # Lines before the header, and lines at the end that are no rows (trailers, totals).
    skip_lines: int = Field(default=0, ge=0, le=1_000)
    trailer_lines: int = Field(default=0, ge=0, le=100)
    # The names of the columns, in the file's order, of a file without a header.
    columns: tuple[str, ...] = ()
    fixed: tuple[FixedColumn, ...] = ()
    # xml: the element that is a row, as a path such as `Document/Rows/Row`; its children and attributes are columns.
    row_element: str = ""
    # xlsx: the sheet; the first where empty.
    sheet: str = ""
    # messages: what of a message is a row, such as `transactions` or `balances`; see the format.
    records: str = ""


class BusinessDateRule(_Model):
    """`[date]`: which business date rows are of. A run for a date takes no rows of another one, unless dates come by column."""

    # file_name: what `{date:…}` matched; column: each row says its own, and a file may hold many dates; run: what was asked for.
    source: Literal["file_name", "column", "run"] = "file_name"
    column: str = ""
    format: str = "%Y-%m-%d"
    # column: from which year of two digits on it is 19xx.
    century_pivot: int | None = Field(default=None, ge=0, le=99)


class Lookup(_Model):
    """`[lookups.<name>]`: what a value leads to in a dataset of the same source system, such as an account to its owner."""

    # The canonical dataset, as it stands on the business date; of a file of many dates as it stands at last.
    dataset: str
    # The column in which the value is sought, and the one that is taken from the row. A value with several answers has none.
    key: str
    value: str
    # What else must hold of the row.
    where: Mapping[str, str] = Field(default_factory=dict)


class ColumnRule(_Model):
    """`[columns.<canonical>]`: how a canonical column is filled: from a column of the file, or with a constant."""

    # The column of the file, or several, joined by `join`.
    source: str | tuple[str, ...] = Field(default="", alias="from")
    join: str = "-"
    value: str = ""
    # Texts that stand for nothing, beside the empty one.
    empty: tuple[str, ...] = ()
    # TEXT: what is put before a value.
    prefix: str = ""
    # TEXT: the lookups to go through, one after the other; a value that one of them does not know is a fault.
    lookup: tuple[str, ...] = ()
    # CODE: the code map of the feed to go through.
    codes: str = ""
    # DATE, TIME: as strptime takes it. `%y` is refused unless `century_pivot` says from which year on it is 19xx.
    format: str = ""
    century_pivot: int | None = Field(default=None, ge=0, le=99)
    # DATE: by how much a month may be raised, as in birth numbers that tell women so.
    raised_month: int = Field(default=0, ge=0, le=80)
    # DATE: a column of the file that says how many months later the date is.
    plus_months: str = ""
    # MONEY: whether the text is in units of the currency (12.34) or in minor units (1234).
    unit: Literal["major", "minor"] = "major"
    decimal_mark: str = Field(default=".", min_length=1, max_length=1)
    grouping_mark: str = Field(default="", max_length=1)
    # MONEY: digits below the minor unit are a fault, unless they are zeros; `round` rounds half to even where the bank says so.
    excess_digits: Literal["refuse", "round"] = "refuse"
    # MONEY: another column that says the sign, with the texts that make the amount negative.
    sign_column: str = ""
    negative: tuple[str, ...] = ()
    # RATE: what the text is of: `percent` 3.45, `one` 0.0345, `permille` 34.5, `basis_points` 345.
    rate_unit: Literal["percent", "one", "permille", "basis_points"] = "percent"
    # FLAG: the texts that mean yes; all others that are not empty mean no.
    true: tuple[str, ...] = ("Y", "1", "true")
    # TIME: the zone of the text where it names none; the bank's own where empty.
    zone: str = ""


class Range(_Model):
    """A column's least and greatest value: minor units, hundred-millionths, numbers, or dates as text."""

    column: str
    least: str = ""
    greatest: str = ""


class Reconciliation(_Model):
    """`[[reconciliation]]`: sums that must agree with the general ledger's."""

    # The feed of gl_balances, and which of its subjects answer to which product codes.
    ledger: Name
    subjects: Mapping[str, tuple[str, ...]]
    side: Literal["debit", "credit"] = "credit"
    tolerance_minor_units: int = Field(default=0, ge=0)


class Controls(_Model):
    """`[controls]`: what the sender says a file holds."""

    # Where it says so: in the trailer lines, or in a file of its own.
    source: Literal["", "trailer", "file"] = ""
    file: str = ""
    # A regular expression; its groups are `rows`, and for a sum the name of a canonical MONEY column.
    pattern: str = ""


class Checks(_Model):
    """`[checks]`: what must hold, and how much of it may not before the whole file is refused."""

    # The share of rows, 0 to 1, that may go to quarantine; one row more and nothing is published.
    bad_rows_share_max: float = Field(default=0.05, ge=0, le=1)
    ranges: tuple[Range, ...] = ()
    # A value that refers to a row that is not there: quarantined, told, or not looked at.
    references: Literal["quarantine", "warn", "ignore"] = "warn"
    # By how much, 0.5 for half, the count of rows may differ from the date before; 0 for any.
    rows_change_share_max: float = Field(default=0.0, ge=0)
    # What happens to a file whose counts, totals or reconciliation do not agree.
    disagreement: Literal["refuse", "warn"] = "refuse"


class Calendar(_Model):
    """`[calendar]`: for which dates a file is due, and when it is late."""

    days: Literal["business", "every", "month_end", "none"] = "business"
    # In the bank's zone, so many days after the business date.
    due: str = Field(default="08:30", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    due_days_after: int = Field(default=1, ge=0, le=31)


class Retention(_Model):
    """`[retention]`: how long datasets are kept; 0 for ever."""

    days: int = Field(default=0, ge=0)
    # Of a date, beside the current one.
    former_revisions: int = Field(default=3, ge=0)


class FeedDefinition(_Model):
    """One feed."""

    feed: Identity
    source: Source = Source()
    format: Format
    date: BusinessDateRule = BusinessDateRule()
    columns: Mapping[str, ColumnRule]
    codes: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    lookups: Mapping[str, Lookup] = Field(default_factory=dict)
    checks: Checks = Checks()
    controls: Controls = Controls()
    reconciliation: tuple[Reconciliation, ...] = ()
    calendar: Calendar = Calendar()
    retention: Retention = Retention()

    @property
    def name(self) -> str:
        """Its name, such as `core.balances`."""
        return self.feed.name

    @property
    def schema_(self) -> Schema:
        """The canonical dataset that it fills."""
        return SCHEMAS[self.feed.dataset]

    @model_validator(mode="after")
    def _fits_its_dataset(self) -> Self:
        """Every fault that the parts have with one another, at once."""
        if faults := [*self._column_faults(), *self._lookup_faults(), *self._format_faults()]:
            raise ValueError(" ".join(faults))
        return self

    def _column_faults(self) -> list[str]:
        schema = SCHEMAS.get(self.feed.dataset)
        if schema is None:
            return [f"There is no dataset {self.feed.dataset}; there are {', '.join(SCHEMAS)}."]
        faults = [f"{schema.name} has no column {name}." for name in self.columns if name not in schema.names]
        for column in schema.columns:
            rule = self.columns.get(column.name)
            if rule is None:
                faults += [f"{column.name} is required: say where it comes from."] if column.required else []
                continue
            if rule.codes and rule.codes not in self.codes:
                faults.append(f"{column.name}: there is no code map {rule.codes}.")
            if column.type in (Type.DATE, Type.TIME) and "%y" in rule.format and rule.century_pivot is None:
                faults.append(f"{column.name}: a year of two digits needs century_pivot.")
            if column.type is Type.CODE:
                targets = self.codes.get(rule.codes, {}).values() if rule.codes else ([rule.value] if rule.value else [])
                faults += [f"{column.name} may not be {code}." for code in targets if code not in column.codes]
        return faults

    def _lookup_faults(self) -> list[str]:
        faults = []
        for name, lookup in self.lookups.items():
            schema = SCHEMAS.get(lookup.dataset)
            if schema is None:
                faults.append(f"[lookups.{name}]: there is no dataset {lookup.dataset}.")
                continue
            unknown = sorted({lookup.key, lookup.value, *lookup.where} - set(schema.names))
            faults += [f"[lookups.{name}]: {schema.name} has no column {column}." for column in unknown]
        for name, rule in self.columns.items():
            faults += [f"{name}: there is no lookup {each}." for each in rule.lookup if each not in self.lookups]
            if (rule.lookup or rule.prefix) and SCHEMAS[self.feed.dataset].column(name).type is not Type.TEXT:
                faults.append(f"{name}: a prefix and lookups are for text.")
        return faults

    def _format_faults(self) -> list[str]:
        faults = []
        if self.format.kind == "fixed" and not self.format.fixed:
            faults.append("A fixed format needs [[format.fixed]] columns.")
        if self.format.kind == "xml" and not self.format.row_element:
            faults.append("An xml format needs row_element.")
        if self.date.source == "column" and not self.date.column:
            faults.append("Dates by column need [date] column.")
        if self.date.source == "column" and "%y" in self.date.format and self.date.century_pivot is None:
            faults.append("[date]: a year of two digits needs century_pivot.")
        if self.date.source == "file_name" and self.source.file and "{date" not in self.source.file:
            faults.append("The file's name has no {date:…}; say where the date comes from in [date].")
        try:
            re.compile(self.controls.pattern)
        except re.error as error:
            faults.append(f"[controls] pattern: {error}.")
        return faults


def parse(text: str) -> FeedDefinition:
    """The feed that the TOML says; raises InvalidInput FEED_FAULTY with every fault found."""
    try:
        return FeedDefinition.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("FEED_FAULTY", f"This is not TOML: {error}") from None
    except ValidationError as error:
        raise InvalidInput("FEED_FAULTY", "\n".join(_fault(line) for line in describe_faults(error))) from None


def load(path: Path) -> FeedDefinition:
    """The feed in the file; raises InvalidInput FEED_FAULTY, with the file's name."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except InvalidInput as fault:
        raise InvalidInput("FEED_FAULTY", f"{path.name}: {fault.message}") from None


def _fault(line: str) -> str:
    # Settings have names in the environment; what stands in a feed's file has none.
    return re.sub(r" \(WORKBENCH_[A-Z0-9_.]*\)", "", line)
