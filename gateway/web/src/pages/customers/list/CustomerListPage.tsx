import { ExportOutlined, PlusOutlined, SwapOutlined } from '@ant-design/icons';
import { Button, Flex, Typography } from 'antd';
import { type Key, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { useNamed } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames, useUnitNames } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import { CreateCustomerDrawer } from '../CreateCustomerDrawer';
import type { Customer } from '../customer';
import { ReassignDialog } from '../ReassignDialog';
import '../customers.css';
import { isBalance, type ListedCustomer, withBalances } from './balances';
import { ColumnChoice } from './ColumnChoice';
import { CustomerCard } from './CustomerCard';
import { columnsOf, ORDERS, type Words } from './columns';
import { ExportDialog } from './ExportDialog';
import { FilterBar } from './FilterBar';
import { filterText, NO_FILTERS, readFilter } from './filters';
import { OrderChoice } from './OrderChoice';
import { type SavedView, SavedViews, useSavedViews } from './SavedViews';
import { useColumns } from './useColumns';

const PAGE_SIZE = 100;
const DEFAULTS = { ...NO_FILTERS, view: '' };

/** All customers in reach: filtered, ordered, with the columns one wants; and what can be done with several at once. */
export default function CustomerListPage() {
  const { t } = useTranslation('customers');
  const { may } = useAccess();
  const navigate = useNavigate();
  const words = useListWords();
  const [filters, change] = useFilters(DEFAULTS);
  const views = useSavedViews();
  const view = views.data?.find(({ savedViewId }) => savedViewId === filters.view);
  const columns = useColumns(filters.view, view?.columns);
  const [selected, setSelected] = useState<Map<string, Customer>>(new Map());
  const [open, setOpen] = useState<'create' | 'export' | 'reassign'>();
  const filter = filterText(filters);
  const orderBy = filters.order;
  const asksBalances = columns.chosen.some(isBalance);
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const { data } = await client.POST('/v1/customers:list', {
        body: { filter, orderBy, pageToken, pageSize: PAGE_SIZE },
        signal,
      });
      const customers = data?.customers ?? [];
      const rows: ListedCustomer[] = asksBalances ? await withBalances(customers, signal) : customers;
      return { rows, nextPageToken: data?.nextPageToken ?? '' };
    },
    [filter, orderBy, asksBalances],
  );
  const openView = (opened: SavedView | undefined) =>
    change(
      opened ? { ...readFilter(opened.filter), order: opened.orderBy, view: opened.savedViewId } : { ...NO_FILTERS, view: '' },
    );
  const select = (customer: Customer, chosen: boolean) => {
    const next = new Map(selected);
    if (chosen) next.set(customer.customerId, customer);
    else next.delete(customer.customerId);
    setSelected(next);
  };
  const handOver = () =>
    may('customer.coverage.transfer')
      ? void navigate('/customers/hand-overs/new', { state: { customers: [...selected.values()].map(named) } })
      : setOpen('reassign');
  const selects = may('customer.coverage.assign');
  const tableColumns = useMemo(
    () => columnsOf(columns.chosen, words, orderBy, (order) => change({ order })),
    [columns.chosen, words, orderBy, change],
  );
  return (
    <Page
      title={t('list.title')}
      actions={
        <>
          {may('customer.record.create') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen('create')}>
              {t('create.button')}
            </Button>
          )}
          {may('customer.record.export') && (
            <Button icon={<ExportOutlined />} onClick={() => setOpen('export')}>
              {t('workbench:action.export')}
            </Button>
          )}
        </>
      }
    >
      <Flex wrap gap={8} justify="space-between" className="list-tools">
        <Flex wrap gap={8}>
          <SavedViews
            views={views.data ?? []}
            current={view}
            content={{ filter, orderBy, columns: [...columns.chosen] }}
            onOpen={openView}
          />
          <FilterBar filters={filters} onChange={change} />
        </Flex>
        <OrderChoice order={orderBy} onChange={(order) => change({ order })} orders={ORDERS} />
        <div className="wide-only">
          <ColumnChoice names={columns.names} chosen={columns.chosen} onChange={columns.choose} onReset={columns.reset} />
        </div>
      </Flex>
      {selected.size > 0 && (
        <Flex gap={12} align="center" className="selection" role="status">
          <Typography.Text strong>{t('list.selected', { count: selected.size })}</Typography.Text>
          <Button icon={<SwapOutlined />} onClick={handOver}>
            {t('handOver.button')}
          </Button>
          <Button type="link" onClick={() => setSelected(new Map())}>
            {t('list.unselect')}
          </Button>
        </Flex>
      )}
      <KeysetTable<ListedCustomer>
        queryKey={['/v1/customers', 'list', filter, orderBy, asksBalances]}
        load={load}
        rowKey={(customer) => customer.customerId}
        columns={tableColumns}
        label={t('list.title')}
        onOpen={(customer) => void navigate(`/customers/${customer.customerId}`)}
        card={(customer) => (
          <CustomerCard
            customer={customer}
            words={words}
            selected={selected.has(customer.customerId)}
            {...(selects ? { onSelect: (chosen: boolean) => select(customer, chosen) } : {})}
          />
        )}
        empty={
          <EmptyState
            words={t(filter ? 'list.nothingFound' : 'list.nothing')}
            action={filter && <Button onClick={() => openView(undefined)}>{t('list.clear')}</Button>}
          />
        }
        {...(selects
          ? {
              selection: {
                keys: [...selected.keys()] as Key[],
                onChange: (_: Key[], rows: Customer[]) =>
                  setSelected(new Map(rows.map((customer) => [customer.customerId, customer]))),
              },
            }
          : {})}
      />
      {open === 'create' && <CreateCustomerDrawer onClose={() => setOpen(undefined)} />}
      {open === 'export' && (
        <ExportDialog filter={filter} orderBy={orderBy} columns={columns.chosen} onClose={() => setOpen(undefined)} />
      )}
      {open === 'reassign' && (
        <ReassignDialog
          customers={[...selected.values()]}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            setSelected(new Map());
          }}
        />
      )}
    </Page>
  );
}

/** What another page is told of a chosen customer. */
const named = ({ customerId, displayName }: Customer) => ({ customerId, displayName });

function useListWords(): Words {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const formats = useFormats();
  const leadName = useRelationshipManagerNames();
  const unitName = useUnitNames();
  return useMemo(() => ({ t, named, formats, leadName, unitName }), [t, named, formats, leadName, unitName]);
}
