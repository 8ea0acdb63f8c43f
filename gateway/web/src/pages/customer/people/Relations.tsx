import { PlusOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Popconfirm, Switch, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { AddRelation } from './AddRelation';
import { type Relation, type RelationEnd, type SeenRelation, seenFrom, useRelationWords } from './relationWords';

const RELATIONS_MAX = 200;

export function Relations({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const [past, setPast] = useState(false);
  const [adding, setAdding] = useState(false);
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/customers/{customerId}/relations', {
    params: { path: { customerId }, query: { pageSize: RELATIONS_MAX, pastAndFuture: past } },
  });
  return (
    <Card
      title={t('relation.title')}
      classNames={{ header: 'customer-wrapping-head' }}
      extra={
        <>
          <Switch size="small" checked={past} onChange={setPast} aria-label={t('relation.past')} /> {t('relation.past')}
          {may('customer.relation.update') && (
            <Button size="small" icon={<PlusOutlined />} className="customer-head-action" onClick={() => setAdding(true)}>
              {t('workbench:action.add')}
            </Button>
          )}
        </>
      }
    >
      <Loaded query={query} isEmpty={({ relations }) => !relations.length} empty={<EmptyState words={t('relation.none')} />}>
        {({ relations }) => <RelationTable relations={relations} customerId={customerId} />}
      </Loaded>
      {adding && <AddRelation customer={customer} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function RelationTable({ relations, customerId }: { relations: Relation[]; customerId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const words = useRelationWords();
  return (
    <Table<SeenRelation>
      size="small"
      aria-label={t('relation.title')}
      rowKey={({ relation }) => relation.relationId}
      dataSource={relations.map((relation) => seenFrom(relation, customerId))}
      pagination={relations.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
      columns={[
        { title: t('relation.who'), render: (_, { other }) => <End end={other} /> },
        {
          title: t('relation.kind'),
          render: (_, { relation, inverse }) => (
            <>
              {words(relation.kind, inverse, relation.label)}
              {relation.sharePercent && <Typography.Text type="secondary"> {relation.sharePercent}%</Typography.Text>}
              {relation.guaranteedAmount && (
                <Typography.Text type="secondary"> {formats.moneyShort(relation.guaranteedAmount)}</Typography.Text>
              )}
            </>
          ),
        },
        {
          title: t('relation.since'),
          responsive: ['sm'],
          render: (_, { relation }) => (
            <span className="customer-nowrap">
              {formats.date(relation.startDate)}
              {relation.endDate && ` – ${formats.date(relation.endDate)}`}
            </span>
          ),
        },
        { title: '', width: 80, align: 'right', render: (_, { relation }) => <EndRelation relation={relation} /> },
      ]}
    />
  );
}

export function End({ end }: { end: RelationEnd | undefined }) {
  const { t } = useTranslation('customer');
  if (!end || end.outsideScope) return <Typography.Text type="secondary">{t('relation.outside')}</Typography.Text>;
  if (end.customerId) return <Link to={`/customers/${end.customerId}`}>{end.displayName}</Link>;
  return (
    <>
      {end.displayName} <Tag variant="filled">{t('keyPerson.one')}</Tag>
    </>
  );
}

function EndRelation({ relation }: { relation: Relation }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { relationId } = relation;
  const ending = useMutation({
    mutationFn: () =>
      client.POST('/v1/relations/{relationId}:end', { params: { path: { relationId } }, body: { etag: relation.etag } }),
    onSuccess: () => refresh('/v1/customers/{customerId}/relations'),
    onError: (error) => void message.error(words(error)),
  });
  const outside = relation.fromParty?.outsideScope || relation.toParty?.outsideScope;
  if (outside || relation.endDate || !may('customer.relation.update')) return null;
  return (
    <Popconfirm title={t('relation.endAsked')} onConfirm={() => ending.mutate()}>
      <Button size="small" type="link" loading={ending.isPending}>
        {t('relation.end')}
      </Button>
    </Popconfirm>
  );
}
