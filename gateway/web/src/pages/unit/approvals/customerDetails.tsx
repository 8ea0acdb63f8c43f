// What becomes of customers: hand-overs, and erasing what is known of somebody.
import { Flex, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';
import type { DetailProps } from './ApprovalDetail';
import { Decision } from './Decision';
import { Facts } from './Facts';

export function HandOverDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const nameOf = useRelationshipManagerNames();
  const params = { path: { handOverId: id } };
  const handOver = api.useQuery('get', '/v1/handOvers/{handOverId}', { params });
  return (
    <Loaded query={handOver}>
      {(data) => (
        <Flex vertical gap={16}>
          <Facts
            facts={[
              [t('approvals.fromWhom'), nameOf(data.fromPersonId)],
              [t('coverage.customers'), t('departures.customers', { count: data.customerCount })],
              [t('approvals.rule'), <Named key="rule" value={data.rule} />],
              [t('approvals.why'), data.reason],
              [t('approvals.returns'), data.returnDate && formats.date(data.returnDate)],
              [t('approvals.void'), data.expireDate && formats.date(data.expireDate)],
              [t('approvals.crosses'), data.crossesBranches && <Tag color="warning">{t('approvals.crossesYes')}</Tag>],
            ]}
          />
          <Table
            aria-label={t('approvals.receivers')}
            size="small"
            pagination={false}
            rowKey="personId"
            dataSource={data.receivers}
            columns={[
              { title: t('approvals.receiver'), dataIndex: 'personId', render: (personId: string) => nameOf(personId) || '—' },
              { title: t('approvals.gets'), dataIndex: 'customerCount', align: 'right' },
              {
                title: t('approvals.load'),
                key: 'load',
                align: 'right',
                render: (_, receiver) => `${formats.number(receiver.loadBefore)} → ${formats.number(receiver.loadAfter)}`,
              },
            ]}
          />
          {!own && (
            <Decision
              resource={waiting.resource}
              silent
              approve={() => client.POST('/v1/handOvers/{handOverId}:approve', { params, body: { etag: data.etag } })}
              reject={(reason) => client.POST('/v1/handOvers/{handOverId}:reject', { params, body: { reason } })}
              onDecided={onDecided}
            />
          )}
        </Flex>
      )}
    </Loaded>
  );
}

export function ErasureDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { may } = useAccess();
  const params = { path: { erasureId: id } };
  const erasure = api.useQuery('get', '/v1/erasures/{erasureId}', { params }, { enabled: may('customer.subject.erase') });
  return (
    <Flex vertical gap={16}>
      {may('customer.subject.erase') && (
        <Loaded query={erasure}>
          {(data) => (
            <Facts
              facts={[
                [
                  t('customer'),
                  <Link key="customer" to={`/customers/${data.customerId}`}>
                    {t('approvals.theCustomer')}
                  </Link>,
                ],
                [t('approvals.why'), data.reason],
                [t('approvals.askedOn'), formats.instant(data.requestTime)],
              ]}
            />
          )}
        </Loaded>
      )}
      {!own && (
        <Decision
          resource={waiting.resource}
          silent
          approveWords={t('approvals.erase')}
          approve={() => client.POST('/v1/erasures/{erasureId}:approve', { params, body: {} })}
          reject={(reason) => client.POST('/v1/erasures/{erasureId}:reject', { params, body: { reason } })}
          onDecided={onDecided}
        />
      )}
    </Flex>
  );
}
