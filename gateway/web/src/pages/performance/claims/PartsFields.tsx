import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, InputNumber, Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { MoneyField } from '../../../design/fields';
import { type Money, useFormats } from '../../../design/formats';
import { type KnownPerson, PersonField } from '../people';
import { toBasisPoints } from '../percent';
import { type ClaimKind, WHOLE_BASIS_POINTS } from './claims';

export interface PartRow {
  personId: string;
  percent: number;
  fromAmount: Money | undefined;
  toAmount: Money | undefined;
  fixedAmount: Money | undefined;
}

interface Props {
  known: readonly KnownPerson[];
  kind: ClaimKind;
  /** How much of it is free, in basis points. */
  free: number;
}

/** Who is to have how much of it, and what is left for the pool. */
export function PartsFields({ known, kind, free }: Props) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const banded = kind === 'CLAIM_KIND_AMOUNT_BAND';
  const fits = async (_: unknown, rows: PartRow[] | undefined) => {
    const people = (rows ?? []).map((row) => row?.personId).filter(Boolean);
    if (!banded && new Set(people).size !== people.length) throw new Error(t('form.personTwice'));
    if (!banded && sumOf(rows) > free) throw new Error(t('claims.tooMuch', { free: formats.basisPoints(free) }));
  };
  return (
    <Form.List name="parts" rules={[{ validator: fits }]}>
      {(fields, { add, remove }, { errors }) => (
        <fieldset className="performance-rows">
          <legend>{t('claims.parts')}</legend>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="flex-start" wrap className="row">
              <Form.Item
                name={[field.name, 'personId']}
                className="grow-field"
                rules={[{ required: true, message: t('form.personNeeded') }]}
              >
                <PersonField known={known} />
              </Form.Item>
              {banded && (
                <>
                  <Form.Item name={[field.name, 'fromAmount']} noStyle>
                    <MoneyField aria-label={t('claims.fromAmount')} />
                  </Form.Item>
                  <Form.Item name={[field.name, 'toAmount']} noStyle>
                    <MoneyField aria-label={t('claims.toAmount')} />
                  </Form.Item>
                </>
              )}
              {kind === 'CLAIM_KIND_FIXED_AND_RATIO' && (
                <Form.Item name={[field.name, 'fixedAmount']} noStyle>
                  <MoneyField aria-label={t('claims.fixedAmount')} />
                </Form.Item>
              )}
              <Form.Item name={[field.name, 'percent']} noStyle>
                <InputNumber<number>
                  aria-label={t('claims.percent')}
                  className="percent-field"
                  min={0}
                  max={100}
                  precision={2}
                  suffix="%"
                />
              </Form.Item>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={t('form.removeRow')}
                disabled={fields.length === 1}
                onClick={() => remove(field.name)}
              />
            </Flex>
          ))}
          <Form.ErrorList errors={errors} />
          <Flex wrap gap="8px 16px" align="center">
            <Button icon={<PlusOutlined />} onClick={() => add({ percent: 0 })}>
              {t('claims.addPart')}
            </Button>
            {!banded && <SumOfParts free={free} />}
          </Flex>
        </fieldset>
      )}
    </Form.List>
  );
}

function sumOf(rows: (PartRow | undefined)[] | undefined): number {
  return (rows ?? []).reduce((sum, row) => sum + toBasisPoints(row?.percent), 0);
}

function SumOfParts({ free }: { free: number }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const sum = sumOf(Form.useWatch('parts') as PartRow[] | undefined);
  const left = free - sum;
  const words =
    left < 0
      ? t('claims.tooMuch', { free: formats.basisPoints(free) })
      : left === 0
        ? t('claims.sumWhole', { sum: formats.basisPoints(sum) })
        : t('claims.sumLeft', { sum: formats.basisPoints(sum), left: formats.basisPoints(left) });
  return (
    <Flex vertical flex={1} className="sum-of-parts" aria-live="polite">
      <Progress
        aria-hidden
        percent={Math.min(100, (sum / WHOLE_BASIS_POINTS) * 100)}
        showInfo={false}
        status={left < 0 ? 'exception' : 'normal'}
        size={{ height: 6 }}
      />
      <Typography.Text type={left < 0 ? 'danger' : 'secondary'}>{words}</Typography.Text>
    </Flex>
  );
}

/** The parts as they are sent. */
export function partsOf(rows: PartRow[], kind: ClaimKind) {
  return rows.map((row) => ({
    personId: row.personId,
    basisPoints: toBasisPoints(row.percent),
    ...(kind === 'CLAIM_KIND_AMOUNT_BAND' && row.fromAmount ? { fromAmount: row.fromAmount } : {}),
    ...(kind === 'CLAIM_KIND_AMOUNT_BAND' && row.toAmount ? { toAmount: row.toAmount } : {}),
    ...(kind === 'CLAIM_KIND_FIXED_AND_RATIO' && row.fixedAmount ? { fixedAmount: row.fixedAmount } : {}),
  }));
}
