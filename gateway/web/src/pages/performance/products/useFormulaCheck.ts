import type { Schema } from '@rm-workbench/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Form } from 'antd';
import { client, queries } from '../../../api/client';
import { useDebounced } from '../../../design/useDebounced';
import type { Values } from './formValues';
import type { Measure, Parameter } from './products';

export const TYPING_MILLISECONDS = 350;
const PARAMETER_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const PARAMETER_VALUE = /^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$/;
const COEFFICIENT = /^(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$/;

export interface FormulaChecking {
  /** What was checked, which may be older than what is typed. */
  question: FormulaQuestion | undefined;
  answer: Schema<'performance.v1.CheckFormulaResponse'> | undefined;
  error: unknown;
  /** Whether something was typed that was not checked yet. */
  pending: boolean;
}

type Constants = Partial<Pick<Values, 'coefficient'>> & { parameters?: (Partial<Parameter> | undefined)[] };

/** What is asked about a formula. */
export interface FormulaQuestion {
  dataset: string;
  measure: Measure;
  formula: string;
  parameters: Parameter[];
  coefficient: string;
}

/** A constant that is not finished yet is not known yet. */
function questionOf(dataset: string, measure: Measure | undefined, formula: string, constants: Constants) {
  const { parameters = [], coefficient = '' } = constants;
  return {
    dataset,
    measure,
    formula,
    parameters: parameters.filter(isWhole),
    coefficient: COEFFICIENT.test(coefficient) ? coefficient : '',
  };
}

function checkQuery(question: string) {
  const body = JSON.parse(question) as FormulaQuestion;
  return {
    queryKey: ['/v1/formulas:check', question],
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      // Its answer belongs to the formula that was asked about, also where it stays while another is typed.
      ({ question: body, answer: (await client.POST('/v1/formulas:check', { body, signal })).data }),
    enabled: Boolean(body.measure) && body.formula.trim() !== '',
  };
}

/** What the service says of a formula while it is typed, with the constants as they stand in the form. */
export function useFormulaCheck(dataset: string, measure: Measure | undefined, typed: string): FormulaChecking {
  const parameters: Constants['parameters'] = Form.useWatch((values: Values) => values.parameters) ?? [];
  const coefficient: string = Form.useWatch((values: Values) => values.coefficient) ?? '';
  const question = JSON.stringify(questionOf(dataset, measure, typed, { parameters, coefficient }));
  const settled = useDebounced(question, TYPING_MILLISECONDS);
  const check = useQuery({ ...checkQuery(settled), placeholderData: keepPreviousData });
  const empty = typed.trim() === '';
  return {
    question: empty ? undefined : check.data?.question,
    answer: empty ? undefined : check.data?.answer,
    error: empty ? undefined : check.error,
    pending: !empty && (question !== settled || check.isFetching),
  };
}

/** Whether something is wrong with a formula: asked once more before a draft is sent. */
export async function isFaulty(dataset: string, measure: Measure, formula: string, constants: Constants): Promise<boolean> {
  const { answer } = await queries.fetchQuery(checkQuery(JSON.stringify(questionOf(dataset, measure, formula, constants))));
  return answer?.fault !== undefined;
}

function isWhole(each: Partial<Parameter> | undefined): each is Parameter {
  return Boolean(each?.kind) && PARAMETER_NAME.test(each?.name ?? '') && PARAMETER_VALUE.test(each?.value ?? '');
}
