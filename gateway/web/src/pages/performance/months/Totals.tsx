import { Flex, Grid, Table, type TableProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { type Money, useFormats } from '../../../design/formats';
import { differenceOf, isSame } from '../sums';
import type { Run } from './months';
import { useMeasureName } from './runWords';

type Total = Run['totals'][number];

/** In the order of the pages of results; what is not named here comes after. */
const ORDER = ['balance', 'average_balance', 'base_balance', 'increment', 'ftp_profit', 'fee_income', 'expected_loss'].concat([
  'contribution',
  'capital_cost',
  'eva',
  'unit_price',
  'flow_amount',
  'flow_count',
]);

/** What one looks at before one puts one's name under it. */
const MAIN = new Set(['balance', 'average_balance', 'ftp_profit', 'fee_income', 'contribution', 'eva', 'unit_price']);

const place = ({ measure }: Total) => (ORDER.indexOf(measure) + 1 || ORDER.length + 1) - 1;

interface Props {
  run: Run;
  /** Held against this one. */
  before?: Run | undefined;
  /** Only the main ones. */
  main?: boolean;
}

/** The whole bank's totals of a run; nothing for whoever has not the whole bank. */
export function Totals({ run, before, main = false }: Props) {
  const { t } = useTranslation('months');
  const measureName = useMeasureName();
  // On a phone large amounts do not stand beside one another.
  const wide = Grid.useBreakpoint().sm ?? true;
  const totals = run.totals.filter(({ measure }) => !main || MAIN.has(measure)).sort((one, other) => place(one) - place(other));
  if (!totals.length) return null;
  const change = (total: Total) => (
    <Change total={total} before={before?.totals.find((each) => each.measure === total.measure)} />
  );
  const columns: TableProps<Total>['columns'] = [
    { title: t('totals.measure'), key: 'measure', render: (_, total) => measureName(total.measure) },
    {
      title: before && !wide ? t('totals.both', { number: before.number }) : t('totals.total'),
      key: 'total',
      align: 'right',
      render: (_, total) => (
        <Flex vertical align="flex-end">
          <Figure total={total} />
          {before && !wide && change(total)}
        </Flex>
      ),
    },
  ];
  if (before && wide) {
    columns.push({
      title: t('totals.change', { number: before.number }),
      key: 'change',
      align: 'right',
      render: (_, total) => change(total),
    });
  }
  return (
    <Table<Total>
      size="small"
      aria-label={t('totals.title')}
      rowKey="measure"
      pagination={false}
      dataSource={totals}
      columns={columns}
    />
  );
}

function Figure({ total }: { total: Total }) {
  const formats = useFormats();
  return <span className="amount">{total.amount ? formats.money(total.amount) : formats.number(total.count)}</span>;
}

function Change({ total, before }: { total: Total; before: Total | undefined }) {
  const formats = useFormats();
  if (!before) return <>—</>;
  if (total.amount && before.amount) return <AmountChange now={total.amount} before={before.amount} />;
  const difference = differenceOf(String(total.count), String(before.count));
  return <span className="amount">{isSame(difference, '0') ? '—' : formats.number(difference)}</span>;
}

/** By how much an amount is another, to the cent; a dash where it is not. */
export function AmountChange({ now, before }: { now: Money; before: Money }) {
  const formats = useFormats();
  const amount = differenceOf(now.amount, before.amount);
  if (isSame(amount, '0')) return <>—</>;
  const falls = amount.startsWith('-');
  return (
    <span className={`amount ${falls ? 'amount-falls' : 'amount-rises'}`}>
      {falls ? '' : '+'}
      {formats.money({ ...now, amount })}
    </span>
  );
}
