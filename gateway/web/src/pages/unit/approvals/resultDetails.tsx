// Whose results are: claims, objections to them, and how a team shares a deal.
import { Flex, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { useProductName } from '../../../design/products';
import { Loaded } from '../../../design/States';
import { useDealTitle } from '../../performance/deals/deals';
import type { DetailProps } from './ApprovalDetail';
import { Decision } from './Decision';
import { Facts } from './Facts';

export function ClaimDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const claim = api.useQuery('get', '/v1/claims/{claimId}', { params: { path: { claimId: id } } });
  return (
    <Loaded query={claim}>
      {(data) => {
        const path = { claimId: data.claimId };
        return (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [t('customer'), data.customerName && <Link to={`/customers/${data.customerId}`}>{data.customerName}</Link>],
                [t('approvals.object'), <ObjectOf key="object" kind={data.objectKind} number={data.objectNumber} />],
                [t('approvals.from'), formats.date(data.startDate)],
                [t('approvals.until'), data.endDate && formats.date(data.endDate)],
                [t('approvals.division'), <Named key="kind" value={data.kind} />],
                [t('approvals.why'), data.reason],
                [t('state'), data.objected && <Tag color="warning">{t('approvals.objected')}</Tag>],
              ]}
            />
            <Table
              aria-label={t('approvals.parts')}
              size="small"
              pagination={false}
              rowKey={(part) => `${part.personId} ${part.fromAmount?.amount ?? ''}`}
              dataSource={data.parts}
              columns={[
                { title: t('person'), dataIndex: 'personName' },
                { title: t('approvals.part'), dataIndex: 'basisPoints', align: 'right', render: formats.basisPoints },
              ]}
            />
            {!own && (
              <Decision
                resource={waiting.resource}
                approve={(reason) =>
                  client.POST('/v1/claims/{claimId}:approve', { params: { path }, body: { reason, etag: data.etag } })
                }
                reject={(reason) =>
                  client.POST('/v1/claims/{claimId}:reject', { params: { path }, body: { reason, etag: data.etag } })
                }
                onDecided={onDecided}
              />
            )}
          </Flex>
        );
      }}
    </Loaded>
  );
}

function ObjectOf({ kind, number }: { kind: string; number: string }) {
  return (
    <>
      <Named value={kind} /> {number}
    </>
  );
}

export function ObjectionDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const objection = api.useQuery('get', '/v1/objections/{objectionId}', { params: { path: { objectionId: id } } });
  return (
    <Loaded query={objection}>
      {(data) => {
        const params = { path: { objectionId: data.objectionId } };
        const find = (state: 'OBJECTION_STATE_UPHELD' | 'OBJECTION_STATE_DISMISSED') => (finding: string) =>
          client.POST('/v1/objections/{objectionId}:adjudicate', { params, body: { state, finding, etag: data.etag } });
        return (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [t('approvals.objector'), data.objectorName],
                [t('customer'), data.customerName && <Link to={`/customers/${data.customerId}`}>{data.customerName}</Link>],
                [t('approvals.object'), <ObjectOf key="object" kind={data.objectKind} number={data.objectNumber} />],
                [
                  t('approvals.against'),
                  data.claimId && <Link to={`/performance/claims/${data.claimId}`}>{t('approvals.theClaim')}</Link>,
                ],
                [t('approvals.evidence'), data.evidence],
                [t('approvals.due'), formats.date(data.dueDate)],
              ]}
            />
            {!own && (
              <>
                <p className="unit-small">
                  {t('approvals.divideHint')} <Link to={`/performance/claims?objection=${id}`}>{t('approvals.divide')}</Link>
                </p>
                <Decision
                  resource={waiting.resource}
                  explained
                  approveWords={t('approvals.uphold')}
                  rejectWords={t('approvals.dismiss')}
                  approve={find('OBJECTION_STATE_UPHELD')}
                  reject={find('OBJECTION_STATE_DISMISSED')}
                  onDecided={onDecided}
                />
              </>
            )}
          </Flex>
        );
      }}
    </Loaded>
  );
}

export function DealDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const productName = useProductName();
  const title = useDealTitle();
  const deal = api.useQuery('get', '/v1/deals/{dealId}', { params: { path: { dealId: id } } });
  return (
    <Loaded query={deal}>
      {(data) => {
        const params = { path: { dealId: id } };
        const decide = (approve: boolean) => (reason: string) =>
          client.POST('/v1/deals/{dealId}:decide', { params, body: { approve, reason, etag: data.etag } });
        return (
          <Flex vertical gap={16}>
            <Facts
              facts={[
                [t('approvals.deal'), title(data)],
                [t('customer'), data.customerName && <Link to={`/customers/${data.customerId}`}>{data.customerName}</Link>],
                [t('approvals.amount'), <Amount key="amount" exact money={data.amount} />],
                [t('approvals.products'), data.productCodes.map(productName).join(t('comma'))],
                [t('approvals.wonOn'), formats.date(data.closeDate)],
              ]}
            />
            <Table
              aria-label={t('approvals.members')}
              size="small"
              pagination={false}
              rowKey="personId"
              dataSource={data.members}
              columns={[
                { title: t('person'), dataIndex: 'displayName' },
                { title: t('approvals.role'), dataIndex: 'role', render: (role: string) => <Named value={role} /> },
                { title: t('approvals.answer'), dataIndex: 'answer', render: (answer: string) => <NamedTag value={answer} /> },
                { title: t('approvals.objection'), dataIndex: 'objection' },
              ]}
            />
            {!own && (
              <Decision
                resource={waiting.resource}
                rejectWords={t('approvals.sendBack')}
                approve={decide(true)}
                reject={decide(false)}
                onDecided={onDecided}
              />
            )}
          </Flex>
        );
      }}
    </Loaded>
  );
}
