import type { Schema } from '@rm-workbench/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Form } from 'antd';
import { client } from '../../../api/client';
import { useDebounced } from '../../../design/useDebounced';
import type { Values } from './formValues';
import type { Measure, Parameter } from './products';

const TYPING_MILLISECONDS = 350;
const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const PARAMETER_VALUE = /^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$/;
const COEFFICIENT = /^(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$/;

export interface FormulaChecking {
  /** The formula that was checked, which may be older than what is typed. */
  formula: string;
  answer: Schema<'performance.v1.CheckFormulaResponse'> | undefined;
  error: unknown;
  /** Whether something was typed that was not checked yet. */
  pending: boolean;
}

/** What the service says of a formula while it is typed, with the constants as they stand in the form. */
export function useFormulaCheck(dataset: string, measure: Measure | undefined, typed: string): FormulaChecking {
  const all: (Partial<Parameter> | undefined)[] | undefined = Form.useWatch((values: Values) => values.parameters);
  const typedCoefficient: string | undefined = Form.useWatch((values: Values) => values.coefficient);
  // A constant that is not finished yet is not known yet.
  const parameters = (all ?? []).filter(isWhole);
  const coefficient = COEFFICIENT.test(typedCoefficient ?? '') ? (typedCoefficient ?? '') : '';
  const asked = JSON.stringify({ dataset, measure, formula: typed, parameters, coefficient });
  const settled = useDebounced(asked, TYPING_MILLISECONDS);
  const body = JSON.parse(settled) as { dataset: string; measure: Measure; formula: string; parameters: Parameter[] };
  const check = useQuery({
    queryKey: ['/v1/formulas:check', settled],
    queryFn: async ({ signal }) =>
      // Its answer belongs to the formula that was asked about, also where it stays while another is typed.
      ({ formula: body.formula, answer: (await client.POST('/v1/formulas:check', { body, signal })).data }),
    enabled: Boolean(body.measure) && body.formula.trim() !== '',
    placeholderData: keepPreviousData,
  });
  const answered = typed.trim() ? check.data : undefined;
  return {
    formula: answered?.formula ?? '',
    answer: answered?.answer,
    error: typed.trim() ? check.error : undefined,
    pending: typed.trim() !== '' && (asked !== settled || check.isFetching),
  };
}

function isWhole(each: Partial<Parameter> | undefined): each is Parameter {
  return Boolean(each?.kind) && PARAMETER_NAME.test(each?.name ?? '') && PARAMETER_VALUE.test(each?.value ?? '');
}
