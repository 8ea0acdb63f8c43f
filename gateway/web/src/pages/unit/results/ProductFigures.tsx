import { Card, Flex, Grid, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useProductName } from '../../../design/products';
import { EmptyState, LoadingState } from '../../../design/States';
import { amountOf, type Comparison, comparisonOf, type FigureLine, type Figures, type Measure } from './figures';

const SHOWN: Measure[] = [
  'FIGURE_MEASURE_BALANCE',
  'FIGURE_MEASURE_AVERAGE_BALANCE',
  'FIGURE_MEASURE_FTP_PROFIT',
  'FIGURE_MEASURE_FEE_INCOME',
  'FIGURE_MEASURE_CONTRIBUTION',
  'FIGURE_MEASURE_UNIT_PRICE',
];

/** Product by product; the lines sum up to the unit's total, which stands below them. */
export function ProductFigures({ figures, against }: { figures: Figures | undefined; against: Comparison }) {
  const { t } = useTranslation('unit');
  const named = useNamed();
  const formats = useFormats();
  const productName = useProductName();
  const wide = Grid.useBreakpoint().md ?? true;
  if (!figures) return <LoadingState rows={8} />;
  if (!figures.products.length) return <EmptyState words={t('results.noProducts')} />;
  const nameOf = (line: FigureLine) => (line.productCode ? productName(line.productCode) : t('results.noProduct'));
  const changeOf = (line: FigureLine) => (
    <Amount signed money={amountOf(comparisonOf(line, against)?.change, 'FIGURE_MEASURE_CONTRIBUTION')} />
  );
  if (!wide) {
    return (
      <ul className="cards" aria-label={t('results.products')}>
        {figures.products.map((line) => (
          <li key={line.productCode}>
            <Card size="small" title={nameOf(line)} extra={changeOf(line)}>
              <Flex wrap gap="4px 16px">
                {SHOWN.slice(1, 5).map((measure) => (
                  <span key={measure}>
                    {named(measure)} <Amount money={amountOf(line.amounts, measure)} />
                  </span>
                ))}
              </Flex>
            </Card>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table<FigureLine>
      aria-label={t('results.products')}
      size="middle"
      rowKey="productCode"
      pagination={false}
      dataSource={figures.products}
      scroll={{ x: 1000 }}
      columns={[
        { title: t('results.product'), key: 'product', width: 200, render: (_, line) => nameOf(line) },
        {
          title: t('results.accounts'),
          dataIndex: 'accountCount',
          align: 'right',
          render: (count: string) => formats.number(count),
        },
        ...SHOWN.map((measure) => ({
          title: named(measure),
          key: measure,
          align: 'right' as const,
          render: (_: unknown, line: FigureLine) => <Amount money={amountOf(line.amounts, measure)} />,
        })),
        {
          title: `${named('FIGURE_MEASURE_CONTRIBUTION')} ${named(against)}`,
          key: 'change',
          align: 'right',
          render: (_, line) => changeOf(line),
        },
      ]}
      summary={() => (
        <Table.Summary.Row className="unit-sum">
          <Table.Summary.Cell index={0}>{t('results.total')}</Table.Summary.Cell>
          <Table.Summary.Cell index={1} />
          {SHOWN.map((measure, place) => (
            <Table.Summary.Cell key={measure} index={place + 2} align="right">
              <Amount money={amountOf(figures.total?.amounts, measure)} />
            </Table.Summary.Cell>
          ))}
          <Table.Summary.Cell index={SHOWN.length + 2} align="right">
            {figures.total && changeOf(figures.total)}
          </Table.Summary.Cell>
        </Table.Summary.Row>
      )}
    />
  );
}
