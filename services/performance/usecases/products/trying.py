"""Tries a formula on the numbers of one row, and says what formulas may name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from workbench.performance.v1 import product_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.money import fraction_digits
from services.chassis.mapping import values_of
from services.performance.rules.catalogue import DayBasis, Measure, Slot
from services.performance.rules.definitions import DefinitionFault, read_formula, read_parameters
from services.performance.rules.formulas import PLAIN, SOURCES, Declared, Formula, FormulaFault, Input, InputKind
from services.performance.rules.formulas.parsing import plain
from services.performance.rules.formulas.values import Whole
from services.performance.rules.formulas.words import Language
from services.performance.usecases.products.drafting import refusal

# A numerator has 38 digits at most, a quotient by days some more.
_DIGITS = 60
_DAY_DECIMALS = Decimal("1e-8")
_FLAGS = {"true": True, "false": False}


def check(work: UnitOfWork, request: product_service_pb2.CheckFormulaRequest) -> product_service_pb2.CheckFormulaResponse:
    """What is wrong with the formula, or what it says and comes to."""
    source = SOURCES.get(request.dataset)
    if source is None:
        violation = FieldViolation("dataset", f"One of {', '.join(SOURCES)}.")
        raise InvalidInput("SOURCE_UNKNOWN", "Products are not measured on this dataset.", violations=(violation,))
    digits = fraction_digits(work.settings.home_currency_code)
    slot = Measure(request.measure).slot
    try:
        parameters = read_parameters([values_of(each) for each in request.parameters], Decimal(request.coefficient or 1))
        formula = read_formula(request.formula, slot, Declared(source, parameters, digits), "")
    except DefinitionFault as fault:
        if isinstance(fault.__cause__, FormulaFault):
            return _faulty(fault.__cause__)
        raise refusal(fault, "") from fault
    answer = product_service_pb2.CheckFormulaResponse(
        chinese_words=formula.words(Language.CHINESE),
        english_words=formula.words(Language.ENGLISH),
        inputs=[each.name for each in formula.inputs],
        yearly=formula.accrues,
    )
    columns = _row(request.values, source.inputs, digits)
    if request.values:
        basis = DayBasis(request.day_basis or DayBasis.DAYS_360)
        _compute(answer, formula, columns, digits if slot is not Slot.FLOW_COUNT else 0, basis.days(work.business_date.year))
    return answer


def list_sources() -> product_service_pb2.ListFormulaSourcesResponse:
    """The datasets, with their inputs."""
    sources = [
        product_service_pb2.FormulaSource(
            dataset=source.dataset,
            chinese_name=source.chinese,
            english_name=source.english,
            standing=source.standing,
            kinds=source.kinds,
            coded=source.coded,
            inputs=[
                product_service_pb2.FormulaInput(
                    name=each.name,
                    kind=each.kind.value,
                    chinese_name=each.chinese,
                    english_name=each.english,
                    codes=each.codes,
                    nullable=each.nullable,
                )
                for each in source.inputs.values()
            ],
        )
        for source in SOURCES.values()
    ]
    return product_service_pb2.ListFormulaSourcesResponse(sources=sources)


def _faulty(fault: FormulaFault) -> product_service_pb2.CheckFormulaResponse:
    told = product_service_pb2.FormulaFault(
        reason=fault.reason.value,
        line=fault.place.line,
        column=fault.place.column,
        problem=fault.problem,
        advice=fault.advice,
    )
    return product_service_pb2.CheckFormulaResponse(fault=told)


def _compute(
    answer: product_service_pb2.CheckFormulaResponse, formula: Formula, columns: Mapping[str, Any], digits: int, days: int
) -> None:
    numerator = formula.value(PLAIN, columns).number
    if numerator is None:
        return
    with localcontext(prec=_DIGITS):
        value = Decimal(numerator).scaleb(-formula.scale - digits)
        answer.value = plain(value)
        if formula.accrues:
            day = (value / days).quantize(_DAY_DECIMALS.scaleb(-digits), ROUND_HALF_EVEN)
            answer.day_value = plain(day)


def _row(values: Mapping[str, str], inputs: Mapping[str, Input], digits: int) -> dict[str, Any]:
    """The row as formulas take it: whole numbers; what is not given is absent."""
    if unknown := sorted(set(values) - set(inputs)):
        raise _unfit(unknown[0], f"There is no such input; known are {', '.join(sorted(inputs))}.")
    return {name: _value(each, values.get(name), digits) for name, each in inputs.items()}


def _value(named: Input, text: str | None, digits: int) -> Any:
    if named.kind is InputKind.TEXT:
        return text
    if named.kind is InputKind.FLAG:
        if text is not None and text not in _FLAGS:
            raise _unfit(named.name, "true or false.")
        return _FLAGS.get(text or "")
    return Whole(None if text is None else _whole(named, text, digits))


def _whole(named: Input, text: str, digits: int) -> int:
    scale = digits if named.kind is InputKind.AMOUNT else named.scale
    try:
        number = Decimal(text).scaleb(scale)
        fits = number == number.to_integral_value() and named.low <= number <= named.high
    except ArithmeticError:
        fits = False
    if not fits:
        low, high = (plain(Decimal(bound).scaleb(-scale)) for bound in (named.low, named.high))
        raise _unfit(named.name, f"A number from {low} to {high} with at most {scale} decimals.")
    return int(number)


def _unfit(name: str, description: str) -> InvalidInput:
    violation = FieldViolation(f"values[{name}]", description)
    return InvalidInput("VALUE_UNFIT", f"The value of {name} does not fit. {description}", violations=(violation,))
