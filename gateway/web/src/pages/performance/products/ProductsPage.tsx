import { PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Select } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { useDebounced } from '../../../design/useDebounced';
import { useFilters } from '../../../design/useFilters';
import { ProductList, type ProductRow, shownOf } from './ProductList';
import { ALL, CATEGORIES, type Category, OPEN_STATES, useMayDefine, useSeesDrafts, type Version } from './products';
import '../performance.css';
import './products.css';

const VersionForm = lazy(() => import('./VersionForm'));

const STANDS = ['open', 'coming', 'ended'] as const;
type Stands = (typeof STANDS)[number];
const SEARCH_MILLISECONDS = 200;

/** The catalogue by which every result is computed: each product as it is in force today, and what is about to change. */
export default function ProductsPage() {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  const navigate = useNavigate();
  const mayDefine = useMayDefine();
  const drafts = useSeesDrafts();
  const [filters, change] = useFilters({ search: '', category: '', stands: '' });
  const search = useDebounced(filters.search.trim(), SEARCH_MILLISECONDS);
  const category = CATEGORIES.find((known) => known === filters.category);
  const stands = STANDS.find((known) => known === filters.stands);
  const [creating, setCreating] = useState(false);
  const load = async (_: string, signal: AbortSignal) => {
    const rows = await rowsOf(drafts, signal);
    return { rows: rows.filter((row) => fits(row, search, category, stands)), nextPageToken: '' };
  };
  return (
    <Page
      title={t('title')}
      note={t('note')}
      actions={
        mayDefine && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t('create')}
          </Button>
        )
      }
    >
      <Flex wrap gap={8} className="filters">
        <Input.Search
          className="product-search"
          allowClear
          aria-label={t('search')}
          placeholder={t('search')}
          value={filters.search}
          onChange={(event) => change({ search: event.target.value })}
        />
        <Select<Category | ''>
          aria-label={t('category')}
          className="filter-field"
          value={category ?? ''}
          options={[{ value: '', label: t('allCategories') }, ...choices(CATEGORIES)]}
          onChange={(chosen) => change({ category: chosen })}
        />
        <Select<Stands | ''>
          aria-label={t('stands.label')}
          className="filter-field"
          value={stands ?? ''}
          options={[
            { value: '', label: t('stands.all') },
            ...(drafts ? [{ value: 'open' as const, label: t('stands.open') }] : []),
            { value: 'coming', label: t('stands.coming') },
            { value: 'ended', label: t('stands.ended') },
          ]}
          onChange={(chosen) => change({ stands: chosen })}
        />
      </Flex>
      <ProductList queryKey={['/v1/products', 'list', search, category ?? '', stands ?? '']} load={load} />
      {creating && (
        <Suspense>
          <VersionForm
            onClose={() => setCreating(false)}
            onSaved={(version) => navigate(`/performance/products/versions/${version.productVersionId}`)}
          />
        </Suspense>
      )}
    </Page>
  );
}

/** Products that are or will be in force, and new ones of which nothing was published yet: all of them, they are few. */
async function rowsOf(drafts: boolean, signal: AbortSignal): Promise<ProductRow[]> {
  const [products, open] = await Promise.all([
    client.GET('/v1/products', { params: { query: { pageSize: ALL } }, signal }),
    drafts && client.GET('/v1/productVersions', { params: { query: { states: [...OPEN_STATES], pageSize: ALL } }, signal }),
  ]);
  const opened = new Map((open ? open.data : undefined)?.productVersions.map((version) => [version.productCode, version]));
  const known = (products.data?.products ?? []).map(async ({ productCode, version, nextStartDate }) => {
    const waiting = opened.get(productCode);
    opened.delete(productCode);
    const coming = version ? undefined : await comingOf(productCode, nextStartDate, signal);
    return {
      productCode,
      nextStartDate,
      ...(version ? { inForce: version } : {}),
      ...(coming ? { coming } : {}),
      ...(waiting ? { open: waiting } : {}),
    };
  });
  const fresh = [...opened.values()].map((version) => ({ productCode: version.productCode, nextStartDate: '', open: version }));
  return [...fresh, ...(await Promise.all(known))];
}

/** What a product will be that is not in force yet. */
async function comingOf(productCode: string, date: string, signal: AbortSignal): Promise<Version | undefined> {
  const params = { path: { productCode }, query: { date } };
  return (await client.GET('/v1/products/{productCode}', { params, signal })).data?.version;
}

function fits(row: ProductRow, search: string, category: Category | undefined, stands: Stands | undefined): boolean {
  const shown = shownOf(row);
  if (category && shown?.category !== category) return false;
  if (stands === 'open' && !row.open) return false;
  if (stands === 'coming' && !row.nextStartDate) return false;
  if (stands === 'ended' && (!row.inForce || row.inForce.definition?.sources.length)) return false;
  const said = [row.productCode, shown?.displayName, shown?.englishName].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}
