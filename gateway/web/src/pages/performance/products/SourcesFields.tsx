import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Flex, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../../design/Named';
import { FormulaField } from './FormulaField';
import { type SourceRow, usualSource, type Values } from './formValues';
import { capital, type FormulaSource, type Measure, useEitherWords, useFormulaSources, useKindName } from './products';
import { isFaulty } from './useFormulaCheck';

const MEASURES = [
  'MEASURE_BALANCE',
  'MEASURE_FTP_PROFIT',
  'MEASURE_FEE_INCOME',
  'MEASURE_EXPECTED_LOSS',
  'MEASURE_CAPITAL_COST',
  'MEASURE_UNIT_PRICE',
  'MEASURE_FLOW_AMOUNT',
  'MEASURE_FLOW_COUNT',
] as const satisfies Measure[];

/** On which datasets the product is measured; on none where it ends. */
export function SourcesFields() {
  const { t } = useTranslation('products');
  const sources = useFormulaSources();
  const rows: SourceRow[] = Form.useWatch('sources') ?? [];
  return (
    <Form.List name="sources">
      {(fields, { add, remove }) => (
        <div className="product-sources">
          {fields.map((field) => (
            <SourceFields
              key={field.key}
              place={field.name}
              sources={sources}
              taken={rows.flatMap((row, place) => (row?.dataset && place !== field.name ? [row.dataset] : []))}
              onRemove={() => remove(field.name)}
            />
          ))}
          {!fields.length && <Alert className="form-note" type="warning" showIcon title={t('form.endsProduct')} />}
          {fields.length < sources.length && (
            <Button icon={<PlusOutlined />} onClick={() => add(usualSource())}>
              {t('form.addSource')}
            </Button>
          )}
        </div>
      )}
    </Form.List>
  );
}

interface SourceProps {
  place: number;
  sources: FormulaSource[];
  /** Datasets of the other rows: a product is measured once on each. */
  taken: string[];
  onRemove: () => void;
}

function SourceFields({ place, sources, taken, onRemove }: SourceProps) {
  const { t } = useTranslation('products');
  const either = useEitherWords();
  const form = Form.useFormInstance<Values>();
  const dataset: string | undefined = Form.useWatch(['sources', place, 'dataset']);
  const source = sources.find((each) => each.dataset === dataset);
  const options = sources
    .filter((each) => !taken.includes(each.dataset))
    .map((each) => ({ value: each.dataset, label: capital(either(each.chineseName, each.englishName)) }));
  return (
    <fieldset className="performance-rows">
      <legend>{t('form.source')}</legend>
      <Flex gap={8} align="flex-start">
        <Form.Item
          name={[place, 'dataset']}
          label={t('form.dataset')}
          className="grow-field"
          rules={[{ required: true, message: t('form.datasetNeeded') }]}
        >
          <Select
            options={options}
            placeholder={t('form.datasetNeeded')}
            onChange={(chosen: string) => form.setFieldValue(['sources', place], usualSource(chosen))}
          />
        </Form.Item>
        <Button type="text" icon={<MinusCircleOutlined />} aria-label={t('form.removeSource')} onClick={onRemove} />
      </Flex>
      {source && (
        <>
          <RowsFields place={place} source={source} />
          <FormulasFields place={place} source={source} />
        </>
      )}
    </fieldset>
  );
}

/** Which rows of the dataset are the product's: by codes, by kinds, or what no other takes. */
function RowsFields({ place, source }: { place: number; source: FormulaSource }) {
  const { t } = useTranslation('products');
  const kindName = useKindName();
  const somehow = ({ getFieldValue }: { getFieldValue: (name: (string | number)[]) => SourceRow | undefined }) => ({
    validator: async () => {
      const row = getFieldValue(['sources', place]);
      if (!row?.productCodes?.length && !row?.kinds?.length && !row?.remaining) throw new Error(t('form.rowsNeeded'));
    },
  });
  return (
    <>
      <div className="form-columns">
        {source.coded && (
          <Form.Item name={[place, 'productCodes']} label={t('form.productCodes')} extra={t('form.productCodesHint')}>
            <Select<string[]>
              mode="tags"
              open={false}
              suffixIcon={null}
              tokenSeparators={[',', ' ', '，', '、']}
              maxCount={1000}
            />
          </Form.Item>
        )}
        {source.kinds.length > 0 && (
          <Form.Item name={[place, 'kinds']} label={t('form.kinds')}>
            <Select<string[]>
              mode="multiple"
              showSearch={{ optionFilterProp: 'label' }}
              options={source.kinds.map((kind) => ({ value: kind, label: kindName(kind) }))}
            />
          </Form.Item>
        )}
      </div>
      <Form.Item
        name={[place, 'remaining']}
        valuePropName="checked"
        dependencies={[
          ['sources', place, 'productCodes'],
          ['sources', place, 'kinds'],
        ]}
        rules={[somehow]}
      >
        <Checkbox>{t('form.remaining')}</Checkbox>
      </Form.Item>
    </>
  );
}

/** What is measured of those rows, each measure once. */
function FormulasFields({ place, source }: { place: number; source: FormulaSource }) {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Values>();
  const rows: SourceRow['formulas'] = Form.useWatch(['sources', place, 'formulas']) ?? [];
  // What happens once has no balance.
  const fitting = MEASURES.filter((measure) => source.standing || measure !== 'MEASURE_BALANCE');
  const checkRight = async (formula: string, measure: Measure | undefined) => {
    const faulty = measure && formula.trim() && (await isFaulty(source.dataset, measure, formula, form.getFieldsValue(true)));
    if (faulty) throw new Error(t('form.formulaFaulty'));
  };
  const free = (own?: Measure) => fitting.filter((each) => each === own || !rows.some((row) => row?.measure === each));
  return (
    <Form.List name={[place, 'formulas']}>
      {(fields, { add, remove }) => (
        <>
          {fields.map((field) => (
            <div key={field.key} className="product-formula-row">
              <Flex gap={8} align="flex-start" justify="space-between">
                <Form.Item
                  name={[field.name, 'measure']}
                  className="product-measure-field"
                  rules={[{ required: true, message: t('form.measureNeeded') }]}
                >
                  <Select<Measure>
                    aria-label={t('form.measure')}
                    placeholder={t('form.measureNeeded')}
                    options={choices(free(rows[field.name]?.measure))}
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<MinusCircleOutlined />}
                  aria-label={t('form.removeFormula')}
                  disabled={fields.length === 1}
                  onClick={() => remove(field.name)}
                />
              </Flex>
              <Form.Item
                name={[field.name, 'formula']}
                // While it is typed the check below it says more.
                validateTrigger={[]}
                rules={[
                  { required: true, whitespace: true, message: t('form.formulaNeeded') },
                  { validator: (_, formula: string) => checkRight(formula, rows[field.name]?.measure) },
                ]}
              >
                <FormulaField
                  source={source}
                  measure={rows[field.name]?.measure}
                  onChange={() => form.setFields([{ name: ['sources', place, 'formulas', field.name, 'formula'], errors: [] }])}
                />
              </Form.Item>
            </div>
          ))}
          {free().length > 0 && (
            <Button icon={<PlusOutlined />} onClick={() => add({ measure: free()[0], formula: '' })}>
              {t('form.addFormula')}
            </Button>
          )}
        </>
      )}
    </Form.List>
  );
}
