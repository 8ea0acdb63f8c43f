import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Form, Input, InputNumber, Select, Typography } from 'antd';
import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useDebounced } from '../../../design/useDebounced';
import type { Values } from './formValues';
import { capital, type FormulaSource, type Measure, useEitherWords } from './products';
import { RateField } from './RateField';
import { type FormulaQuestion, TYPING_MILLISECONDS } from './useFormulaCheck';

type FormulaInput = FormulaSource['inputs'][number];

interface Props {
  source: FormulaSource;
  measure: Measure;
  /** The inputs that the formula names. */
  inputs: string[];
  question: FormulaQuestion;
}

/** A row of numbers, and what the formula comes to on it. */
export function TryFormula({ source, measure, inputs, question }: Props) {
  const { t } = useTranslation('products');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const named = source.inputs.filter((input) => inputs.includes(input.name));
  // Whoever ends a number by Enter does not send the draft.
  const stay = (event: KeyboardEvent) => {
    if (event.key === 'Enter') event.preventDefault();
  };
  const values = Object.fromEntries(named.flatMap(({ name }) => (typed[name] ? [[name, typed[name]]] : [])));
  return (
    <section className="product-try" aria-label={t('try.title')} onKeyDown={stay}>
      <div className="product-try-fields">
        {named.map((input) => (
          <TryField
            key={input.name}
            input={input}
            value={typed[input.name] ?? ''}
            onChange={(value) => setTyped({ ...typed, [input.name]: value })}
          />
        ))}
      </div>
      <Outcome measure={measure} question={question} values={values} />
    </section>
  );
}

function Outcome({ measure, question, values }: { measure: Measure; question: FormulaQuestion; values: Record<string, string> }) {
  const { t } = useTranslation('products');
  const formats = useFormats();
  const named = useNamed();
  const refusal = useRefusalWords();
  const dayBasis: Values['dayBasis'] = Form.useWatch('dayBasis');
  const settled = useDebounced(JSON.stringify({ ...question, values, dayBasis }), TYPING_MILLISECONDS);
  const tried = useQuery({
    queryKey: ['/v1/formulas:check', settled],
    queryFn: async ({ signal }) => (await client.POST('/v1/formulas:check', { body: JSON.parse(settled), signal })).data,
    enabled: Object.keys(values).length > 0,
    placeholderData: keepPreviousData,
  });
  if (tried.error) return <Typography.Text type="danger">{refusal(tried.error)}</Typography.Text>;
  const { value = '', dayValue = '', yearly = false } = tried.data ?? {};
  if (!value) return <Typography.Text type="secondary">{t('try.hint')}</Typography.Text>;
  const counts = measure === 'MEASURE_FLOW_COUNT';
  const said = (number: string) => (counts ? number : formats.money({ currencyCode: 'CNY', amount: number }));
  return (
    <strong aria-live="polite">
      {yearly
        ? t('try.yearly', { measure: named(measure), value: said(value), day: said(dayValue), basis: named(dayBasis) })
        : t('try.once', { measure: named(measure), value: said(value) })}
    </strong>
  );
}

interface FieldProps {
  input: FormulaInput;
  value: string;
  onChange: (value: string) => void;
}

function TryField({ input, value, onChange }: FieldProps) {
  const either = useEitherWords();
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{capital(either(input.chineseName, input.englishName))}</label>
      <ValueField id={id} input={input} value={value} onChange={onChange} />
    </div>
  );
}

function ValueField({ id, input, value, onChange }: FieldProps & { id: string }) {
  const { t } = useTranslation('products');
  if (input.kind === 'FORMULA_INPUT_KIND_RATE' || input.kind === 'FORMULA_INPUT_KIND_YEARLY_RATE') {
    return <RateField id={id} className="product-value-field" value={value} onChange={onChange} />;
  }
  if (input.kind === 'FORMULA_INPUT_KIND_TEXT' && !input.codes.length) {
    return <Input id={id} className="product-value-field" value={value} onChange={(event) => onChange(event.target.value)} />;
  }
  if (input.kind === 'FORMULA_INPUT_KIND_TEXT' || input.kind === 'FORMULA_INPUT_KIND_FLAG') {
    const codes = input.codes.map((code) => ({ value: code, label: code }));
    const flags = ['true', 'false'].map((flag) => ({ value: flag, label: t(flag === 'true' ? 'yes' : 'no') }));
    return (
      <Select
        id={id}
        className="product-value-field"
        allowClear
        value={value || null}
        options={codes.length ? codes : flags}
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  }
  const amount = input.kind === 'FORMULA_INPUT_KIND_AMOUNT';
  return (
    <InputNumber<string>
      id={id}
      className="product-value-field"
      stringMode
      controls={false}
      precision={amount ? 2 : 0}
      {...(amount ? { prefix: '¥' } : {})}
      value={value || null}
      onChange={(number) => onChange(number ?? '')}
    />
  );
}
