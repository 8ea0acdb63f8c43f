import { Card, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamed } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { useFundsWords } from './funds';
import { capital, useDatasetName, useEitherWords, useSince, VERSION_TONES, type Version } from './products';

export interface ProductRow {
  productCode: string;
  /** Missing where none is in force today. */
  inForce?: Version;
  /** Of what is not in force yet: the first that will be. */
  coming?: Version;
  /** A draft of it, or what waits for a second person. */
  open?: Version;
  nextStartDate: string;
}

interface Props {
  queryKey: readonly unknown[];
  load: (pageToken: string, signal: AbortSignal) => Promise<{ rows: ProductRow[]; nextPageToken: string }>;
}

/** The version by which a product is known. */
export const shownOf = (row: ProductRow) => row.inForce ?? row.coming ?? row.open;

export function ProductList({ queryKey, load }: Props) {
  const { t } = useTranslation('products');
  return (
    <KeysetTable<ProductRow>
      queryKey={queryKey}
      load={load}
      rowKey={(row) => row.productCode}
      label={t('title')}
      empty={<EmptyState words={t('none')} />}
      columns={[
        { title: t('product'), key: 'product', width: 210, render: (_, row) => <ProductName row={row} /> },
        { title: t('category'), key: 'category', width: 100, render: (_, row) => <Named value={shownOf(row)?.category} /> },
        { title: t('measured'), key: 'measured', width: 240, render: (_, row) => <Measured version={shownOf(row)} /> },
        { title: t('funds.label'), key: 'funds', width: 150, render: (_, row) => <Funds version={shownOf(row)} /> },
        { title: t('unitPrice'), key: 'price', width: 250, render: (_, row) => <UnitPrice version={shownOf(row)} /> },
        { title: t('inForce'), key: 'since', width: 180, render: (_, row) => <Standing row={row} /> },
      ]}
      card={(row) => (
        <Card size="small">
          <Flex vertical gap={4}>
            <Flex justify="space-between" gap={8} align="flex-start">
              <ProductName row={row} />
              <Typography.Text type="secondary">
                <Named value={shownOf(row)?.category} />
              </Typography.Text>
            </Flex>
            <Measured version={shownOf(row)} />
            <UnitPrice version={shownOf(row)} />
            <Standing row={row} />
          </Flex>
        </Card>
      )}
    />
  );
}

function ProductName({ row }: { row: ProductRow }) {
  const either = useEitherWords();
  const shown = shownOf(row);
  return (
    <Flex vertical>
      <Link to={`/performance/products/${row.productCode}`}>{either(shown?.displayName ?? '', shown?.englishName ?? '')}</Link>
      <Typography.Text type="secondary" className="product-code">
        {row.productCode}
      </Typography.Text>
    </Flex>
  );
}

/** On which datasets, and what of them. */
function Measured({ version }: { version: Version | undefined }) {
  const { t } = useTranslation('products');
  const named = useNamed();
  const datasetName = useDatasetName();
  const sources = version?.definition?.sources ?? [];
  if (!sources.length) return <Tag>{t('ended')}</Tag>;
  return (
    <Flex vertical>
      {sources.map((source) => (
        <span key={source.dataset}>
          {capital(datasetName(source.dataset))}
          <Typography.Text type="secondary">
            {t('colon')}
            {source.formulas.map(({ measure }) => named(measure)).join(t('comma'))}
          </Typography.Text>
        </span>
      ))}
    </Flex>
  );
}

function Funds({ version }: { version: Version | undefined }) {
  const funds = useFundsWords();
  return <>{version?.definition ? funds.short(version.definition) : '—'}</>;
}

function UnitPrice({ version }: { version: Version | undefined }) {
  const either = useEitherWords();
  const formulas = (version?.definition?.sources ?? [])
    .flatMap((source) => source.formulas)
    .filter(({ measure }) => measure === 'MEASURE_UNIT_PRICE');
  if (!formulas.length) return <>—</>;
  return (
    <Flex vertical>
      {formulas.map((formula) => (
        <span key={formula.formula}>{capital(either(formula.chineseWords, formula.englishWords))}</span>
      ))}
    </Flex>
  );
}

/** Since when it is in force, and what is about to change. */
function Standing({ row }: { row: ProductRow }) {
  const { t } = useTranslation('products');
  const formats = useFormats();
  const since = useSince();
  return (
    <Flex vertical align="flex-start" gap={2}>
      {row.inForce && <span>{since(row.inForce.startDate)}</span>}
      {!row.inForce && !row.nextStartDate && <Typography.Text type="secondary">{t('notYet')}</Typography.Text>}
      {row.nextStartDate && <Tag color="blue">{t('coming', { date: formats.date(row.nextStartDate) })}</Tag>}
      {row.open && (
        <Link to={`/performance/products/versions/${row.open.productVersionId}`}>
          {t('version', { number: row.open.versionNumber })}{' '}
          <NamedTag value={row.open.state} tone={VERSION_TONES[row.open.state] ?? 'default'} />
        </Link>
      )}
    </Flex>
  );
}
