import { Button, Flex, Form, Input, Select } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { FormulaCheck } from './FormulaCheck';
import type { Values } from './formValues';
import { capital, type FormulaSource, type Measure, type Parameter, useEitherWords, useParameterName } from './products';
import { TryFormula } from './TryFormula';
import { useFormulaCheck } from './useFormulaCheck';

interface Props {
  id?: string;
  value?: string;
  onChange?: (formula: string) => void;
  source: FormulaSource;
  measure: Measure | undefined;
}

const FORMULA_LENGTH_MAX = 2000;
/** Names and what they are, on a phone too. */
const INSERT_PIXELS = 340;
/** What formulas are made of beside names and signs, with where the cursor goes on. */
const FUNCTIONS = [
  'COALESCE(, )',
  'CASE WHEN  THEN  ELSE 0 END',
  'LEAST(, )',
  'GREATEST(, )',
  'ABS()',
  ' IN ()',
  ' BETWEEN  AND ',
  ' IS NULL',
];

/** A formula: checked as it is typed, with all at hand that it may name. */
export function FormulaField({ id = '', value = '', onChange, source, measure }: Props) {
  const { t } = useTranslation('products');
  const area = useRef<TextAreaRef>(null);
  const check = useFormulaCheck(source.dataset, measure, value);
  const fault = check.answer?.fault;
  // What is wrong comes to nothing.
  const triable = check.answer && !fault && !check.error ? check.question : undefined;
  const [trying, setTrying] = useState(false);
  const textArea = () => area.current?.resizableTextArea?.textArea;
  const select = (from: number, to: number) => {
    textArea()?.focus();
    textArea()?.setSelectionRange(from, to);
  };
  const insert = (words: string) => {
    const from = textArea()?.selectionStart ?? value.length;
    const to = textArea()?.selectionEnd ?? value.length;
    onChange?.(value.slice(0, from) + words + value.slice(to));
    const hole = /[(,]|WHEN |BETWEEN /.exec(words);
    const cursor = from + (hole ? hole.index + hole[0].length : words.length);
    // Once the text is there.
    requestAnimationFrame(() => select(cursor, cursor));
  };
  return (
    <Flex vertical gap={4}>
      <Input.TextArea
        ref={area}
        id={id}
        aria-label={t('formula.label')}
        aria-describedby={`${id}-check`}
        aria-invalid={Boolean(fault)}
        className="product-formula-text"
        rows={2}
        maxLength={FORMULA_LENGTH_MAX}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        value={value}
        {...(fault ? { status: 'error' as const } : {})}
        onChange={(event) => onChange?.(event.target.value)}
      />
      <FormulaCheck id={`${id}-check`} check={check} onShow={select} />
      <Flex wrap gap={8} align="center">
        <InsertSelect source={source} onInsert={insert} />
        {triable && (
          <Button type="link" size="small" aria-expanded={trying} onClick={() => setTrying(!trying)}>
            {t('try.title')}
          </Button>
        )}
      </Flex>
      {trying && triable && (
        <TryFormula source={source} measure={triable.measure} inputs={check.answer?.inputs ?? []} question={triable} />
      )}
    </Flex>
  );
}

/** The names that the formula may use: of the dataset, of the product; and the functions. */
function InsertSelect({ source, onInsert }: { source: FormulaSource; onInsert: (words: string) => void }) {
  const { t } = useTranslation('products');
  const either = useEitherWords();
  const named = useNamed();
  const nameOf = useParameterName();
  const parameters: (Partial<Parameter> | undefined)[] = Form.useWatch((values: Values) => values.parameters) ?? [];
  const inputs = source.inputs.map((input) => ({
    value: input.name,
    label: `${capital(either(input.chineseName, input.englishName))} · ${input.name}`,
    hint: [named(input.kind), input.nullable ? t('formula.nullable') : '', input.codes.join(' ')].filter(Boolean).join(' · '),
  }));
  const constants = [
    { value: 'coefficient', label: `${t('coefficient')} · coefficient`, hint: '' },
    ...parameters.flatMap((each) =>
      each?.name
        ? [
            {
              value: each.name,
              label: `${nameOf({ name: each.name, displayName: each.displayName ?? '' })} · ${each.name}`,
              hint: named(each.kind),
            },
          ]
        : [],
    ),
  ];
  const functions = FUNCTIONS.map((words) => ({ value: words, label: words.trim(), hint: '' }));
  return (
    <Select<string, { value: string; label: string; hint: string }>
      className="product-insert"
      size="small"
      popupMatchSelectWidth={INSERT_PIXELS}
      aria-label={t('formula.insert')}
      placeholder={t('formula.insert')}
      value={null as unknown as string}
      showSearch={{ optionFilterProp: 'label' }}
      options={
        [
          { label: capital(either(source.chineseName, source.englishName)), options: inputs },
          { label: t('parameters.title'), options: constants },
          { label: t('formula.functions'), options: functions },
        ] as never
      }
      optionRender={({ data }) => (
        <span className="product-insert-option">
          {data.label}
          {data.hint && <small>{data.hint}</small>}
        </span>
      )}
      onSelect={onInsert}
    />
  );
}
