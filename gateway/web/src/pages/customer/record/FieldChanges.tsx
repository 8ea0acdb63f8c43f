import { EyeOutlined, UndoOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Popconfirm, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { type Customer, isEnded } from '../customer';
import { RevealDialog } from '../RevealDialog';

type FieldChange = Schema<'customer.v1.FieldChange'>;

const CHANGES_MAX = 200;
const MASK = /\*{3}/;

export function FieldChanges({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const [revealed, setRevealed] = useState<FieldChange>();
  const fieldOf = useFieldName();
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/customers/{customerId}/fieldChanges', {
    params: { path: { customerId }, query: { pageSize: CHANGES_MAX } },
  });
  return (
    <Card title={t('change.title')}>
      <Loaded query={query} isEmpty={({ fieldChanges }) => !fieldChanges.length} empty={<EmptyState words={t('change.none')} />}>
        {({ fieldChanges }) => (
          <Table<FieldChange>
            size="small"
            aria-label={t('change.title')}
            rowKey="changeId"
            dataSource={fieldChanges}
            pagination={fieldChanges.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
            scroll={{ x: 'max-content' }}
            columns={[
              {
                title: t('change.when'),
                render: (_, change) => <span className="customer-nowrap">{formats.instant(change.changeTime)}</span>,
              },
              { title: t('change.field'), render: (_, change) => fieldOf(change.field) },
              { title: t('change.before'), render: (_, change) => <Value change={change} value={change.before} /> },
              { title: t('change.after'), render: (_, change) => <Value change={change} value={change.after} /> },
              {
                title: t('change.who'),
                render: (_, change) => (
                  <>
                    {change.personName || t('change.system')}{' '}
                    {change.restoredFromChangeId && <Tag variant="filled">{t('change.restored')}</Tag>}
                  </>
                ),
              },
              {
                title: '',
                align: 'right',
                render: (_, change) => <Acts change={change} customer={customer} onReveal={() => setRevealed(change)} />,
              },
            ]}
          />
        )}
      </Loaded>
      {revealed && <RevealChange customerId={customerId} change={revealed} onClose={() => setRevealed(undefined)} />}
    </Card>
  );
}

/** What a field of the record is called. */
export function useFieldName(): (field: string) => string {
  const { t } = useTranslation('customer');
  return (field) => t(`recordField.${field.split('.')[0]}`, { defaultValue: field });
}

function useValueWords(): (value: unknown) => string {
  const { t } = useTranslation('customer');
  const named = useNamed();
  const words = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return '—';
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (Array.isArray(value)) return value.length ? value.map(words).join(t('listSeparator')) : '—';
    if (typeof value === 'object') {
      const parts = Object.values(value)
        .map(words)
        .filter((part) => part !== '—');
      return parts.join(' ') || '—';
    }
    const text = String(value);
    return /^[A-Z]+(_[A-Z]+)+$/.test(text) ? named(text) || '—' : text;
  };
  return words;
}

function Value({ change, value }: { change: FieldChange; value: unknown }) {
  const { t } = useTranslation('customer');
  const words = useValueWords();
  if (change.erased) return <Typography.Text type="secondary">{t('change.erased')}</Typography.Text>;
  return <span className="change-value">{words(value)}</span>;
}

function Acts({ change, customer, onReveal }: { change: FieldChange; customer: Customer; onReveal: () => void }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { customerId } = customer;
  const restoring = useMutation({
    mutationFn: () =>
      client.POST('/v1/customers/{customerId}/fieldChanges/{changeId}:restore', {
        params: { path: { customerId, changeId: change.changeId } },
        body: { side: 'FIELD_CHANGE_SIDE_BEFORE', etag: customer.etag },
      }),
    onSuccess: () => {
      void message.success(t('change.isRestored'));
      return refresh('/v1/customers');
    },
    onError: (error) => void message.error(words(error)),
  });
  if (change.erased) return null;
  const masked = MASK.test(JSON.stringify([change.before, change.after]));
  return (
    <Flex gap={4} justify="end">
      {masked && may('customer.pii.read') && (
        <Button size="small" type="text" icon={<EyeOutlined />} aria-label={t('reveal.action')} onClick={onReveal} />
      )}
      {may('customer.record.update') && !isEnded(customer) && (
        <Popconfirm title={t('change.restoreAsked')} onConfirm={() => restoring.mutate()}>
          <Button size="small" type="link" icon={<UndoOutlined />} loading={restoring.isPending}>
            {t('change.restore')}
          </Button>
        </Popconfirm>
      )}
    </Flex>
  );
}

function RevealChange({ customerId, change, onClose }: { customerId: string; change: FieldChange; onClose: () => void }) {
  const { t } = useTranslation('customer');
  const words = useValueWords();
  return (
    <RevealDialog
      onClose={onClose}
      reveal={async (purpose) => {
        const { data } = await client.POST('/v1/customers/{customerId}/fieldChanges/{changeId}:reveal', {
          params: { path: { customerId, changeId: change.changeId } },
          body: { purpose },
        });
        return [
          { label: t('change.before'), value: words(data?.before) },
          { label: t('change.after'), value: words(data?.after) },
        ];
      }}
    />
  );
}
