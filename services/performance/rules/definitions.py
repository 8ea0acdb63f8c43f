"""What a version of a product says, read from the plain values that are kept of it, with each formula found right.

The values are those of the contract's `ProductDefinition`, by the fields' names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from services.performance.rules.catalogue import DayBasis, FtpMethod, Measure, ProductRule, Selection, Slot, Span
from services.performance.rules.formulas import SOURCES, Declared, Formula, FormulaFault, InputKind, Parameter, Source, parse
from services.performance.rules.formulas.inputs import RATE_SCALE
from services.performance.rules.formulas.parsing import is_name

# Every formula may name the product's coefficient 折算系数 by this.
COEFFICIENT = "coefficient"
# The coefficient where nothing is said.
WHOLE = "1"


class DefinitionFault(Exception):
    """A definition that is refused: the first thing that is wrong, and in which field."""

    def __init__(self, reason: str, field: str, problem: str, told: Mapping[str, str] | None = None) -> None:
        super().__init__(problem)
        self.reason = reason
        self.field = field
        self.problem = problem
        # What a client needs to show the place.
        self.told = dict(told or {})


@dataclass(frozen=True, slots=True)
class MeasuredSource:
    """What is measured on one dataset."""

    dataset: str
    selection: Selection
    measures: Mapping[Slot, Formula]


@dataclass(frozen=True, slots=True)
class Definition:
    """A version's definition, found right."""

    sources: tuple[MeasuredSource, ...]
    parameters: Mapping[str, Parameter]
    ftp_method: FtpMethod
    ftp_tenor_days: int
    fixed_ftp_rate_e8: int
    day_basis: DayBasis
    currency_day_bases: Mapping[str, DayBasis]

    def rules(self, span: Span) -> list[ProductRule]:
        """What the engine computes by, of each source, in the days in which the version is in force."""
        return [
            ProductRule(
                code=span.product_code,
                version_id=span.version_id,
                dataset=source.dataset,
                selection=source.selection,
                measures=source.measures,
                ftp_method=self.ftp_method,
                ftp_tenor_days=self.ftp_tenor_days,
                fixed_ftp_rate_e8=self.fixed_ftp_rate_e8,
                day_basis=self.day_basis,
                currency_day_bases=self.currency_day_bases,
                start_date=span.start_date,
                end_date=span.end_date,
            )
            for source in self.sources
        ]


def read_definition(values: Mapping[str, Any], home_fraction_digits: int) -> Definition:
    """The definition that the values state; raises DefinitionFault."""
    coefficient = Decimal(values.get("coefficient") or WHOLE)
    parameters = read_parameters(values.get("parameters", ()), coefficient)
    method = FtpMethod(values.get("ftp_method", FtpMethod.NONE))
    if method is FtpMethod.FIXED and not values.get("fixed_ftp_rate"):
        _refuse("FTP_RATE_MISSING", "fixed_ftp_rate", "A fixed price of funds has a rate.")
    reader = _SourceReader(parameters, method, home_fraction_digits)
    return Definition(
        sources=tuple(reader.read(each, f"sources[{place}]") for place, each in enumerate(values.get("sources", ()))),
        parameters=parameters,
        ftp_method=method,
        ftp_tenor_days=values.get("ftp_tenor_days", 0),
        fixed_ftp_rate_e8=int(Decimal(values.get("fixed_ftp_rate") or 0).scaleb(RATE_SCALE)),
        day_basis=DayBasis(values.get("day_basis", DayBasis.DAYS_360)),
        currency_day_bases={code: DayBasis(each) for code, each in sorted(values.get("currency_day_bases", {}).items())},
    )


def read_parameters(values: Any, coefficient: Decimal) -> dict[str, Parameter]:
    """The constants that formulas may name; raises DefinitionFault."""
    parameters = {COEFFICIENT: Parameter(COEFFICIENT, InputKind.RATE, coefficient, "折算系数")}
    taken = {name for source in SOURCES.values() for name in source.inputs}
    for place, each in enumerate(values):
        name, field = each["name"], f"parameters[{place}]"
        if name in parameters or name in taken:
            _refuse("PARAMETER_NAME_TAKEN", f"{field}.name", f"“{name}” is an input, or another parameter.")
        if not is_name(name):
            _refuse("PARAMETER_NAME_UNFIT", f"{field}.name", f"“{name}” is a word of SQL's own.")
        value = Decimal(each["value"])
        if each["kind"] == InputKind.INTEGER and value != value.to_integral_value():
            _refuse("PARAMETER_VALUE_UNFIT", f"{field}.value", "A whole number has no decimals.")
        parameters[name] = Parameter(name, InputKind(each["kind"]), value, each.get("display_name", ""))
    return parameters


class _SourceReader:
    """Reads the sources of one definition."""

    def __init__(self, parameters: Mapping[str, Parameter], method: FtpMethod, home_fraction_digits: int) -> None:
        self._parameters = parameters
        self._method = method
        self._home_fraction_digits = home_fraction_digits
        self._met: set[str] = set()

    def read(self, values: Mapping[str, Any], field: str) -> MeasuredSource:
        """One source, which stands at that field."""
        source = SOURCES.get(values["dataset"])
        if source is None:
            _refuse("SOURCE_UNKNOWN", f"{field}.dataset", f"Products are measured on {', '.join(SOURCES)}.")
        if source.dataset in self._met:
            _refuse("SOURCE_TWICE", f"{field}.dataset", "A product is measured once on a dataset.")
        self._met.add(source.dataset)
        selection = _selection(values, source, field)
        measures: dict[Slot, Formula] = {}
        for place, each in enumerate(values["formulas"]):
            slot, formula = self._formula(each, source, f"{field}.formulas[{place}]")
            if slot in measures:
                _refuse("MEASURE_TWICE", f"{field}.formulas[{place}].measure", f"{slot.upper()} has two formulas.")
            measures[slot] = formula
        return MeasuredSource(source.dataset, selection, measures)

    def _formula(self, values: Mapping[str, Any], source: Source, field: str) -> tuple[Slot, Formula]:
        slot = Measure(values["measure"]).slot
        formula = read_formula(values["formula"], slot, Declared(source, self._parameters, self._home_fraction_digits), field)
        if self._method is FtpMethod.NONE and any(each.name == "ftp_rate" for each in formula.inputs):
            _refuse("FTP_METHOD_MISSING", f"{field}.formula", "ftp_rate needs a method by which the price of funds is found.")
        return slot, formula


def read_formula(text: str, slot: Slot, declared: Declared, field: str) -> Formula:
    """The formula of a measure; raises DefinitionFault."""
    if slot is Slot.BALANCE and not declared.source.standing:
        _refuse("MEASURE_UNFIT", f"{field}.measure", f"Rows of {declared.source.dataset} happen once: they have no balance.")
    try:
        return parse(text, declared, slot.outcome)
    except FormulaFault as fault:
        told = {"fault": fault.reason.value, "line": str(fault.place.line), "column": str(fault.place.column)}
        raise DefinitionFault("FORMULA_INVALID", f"{field}.formula", str(fault), told) from fault


def _selection(values: Mapping[str, Any], source: Source, field: str) -> Selection:
    codes, kinds = values.get("product_codes", ()), values.get("kinds", ())
    if codes and not source.coded:
        _refuse("CODES_UNFIT", f"{field}.product_codes", f"Rows of {source.dataset} have no code of a product.")
    if unknown := sorted(set(kinds) - set(source.kinds)):
        known = f"is one of {', '.join(source.kinds)}" if source.kinds else "has none to select by"
        _refuse("KIND_UNKNOWN", f"{field}.kinds", f"“{unknown[0]}” is unknown: a kind of {source.dataset} {known}.")
    if not codes and not kinds and not values.get("remaining"):
        _refuse("SELECTION_EMPTY", field, "Say by codes, by kinds, or as the remainder, which rows are the product's.")
    return Selection(tuple(sorted(codes)), tuple(sorted(kinds)), bool(values.get("remaining")))


def _refuse(reason: str, field: str, problem: str) -> NoReturn:
    raise DefinitionFault(reason, field, problem)
