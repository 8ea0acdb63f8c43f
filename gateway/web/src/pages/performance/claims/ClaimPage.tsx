import { Card, Descriptions, Flex, List, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag, useNamed } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState, FailureState, Loaded, LoadingState } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { ClaimActions } from './ClaimActions';
import { ClaimTags } from './ClaimList';
import { type Claim, OBJECTION_TONES } from './claims';
import { ObjectWords } from './ObjectWords';
import { ShareHistory } from './ShareHistory';
import { SharesBar } from './SharesBar';
import '../performance.css';

/** One claim: who is to have how much, why, what was decided, what is objected to it, and whose it is over time. */
export default function ClaimPage() {
  const { claimId = '' } = useParams();
  const { t } = useTranslation('performance');
  const claim = api.useQuery('get', '/v1/claims/{claimId}', { params: { path: { claimId } } });
  if (!claim.data) {
    return (
      <Page title={t('claims.title')}>
        {claim.error ? <FailureState error={claim.error} onRetry={() => void claim.refetch()} /> : <LoadingState rows={8} />}
      </Page>
    );
  }
  return <OneClaim claim={claim.data} />;
}

function OneClaim({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  return (
    <Page
      title={
        <>
          <ObjectWords of={claim} /> <ClaimTags claim={claim} />
        </>
      }
      tab={t('claims.title')}
      note={t('claims.one')}
      actions={<ClaimActions claim={claim} />}
    >
      <Flex vertical gap={16}>
        <Card title={t('claims.parts')}>
          <SharesBar parts={claim.parts} />
          <Facts claim={claim} />
        </Card>
        <ShareHistory of={claim} />
        <Objections claim={claim} />
      </Flex>
    </Page>
  );
}

function Facts({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const named = useNamed();
  const unitName = useUnitNames();
  const until = claim.endDate ? formats.date(claim.endDate) : t('claims.open');
  const items = [
    {
      key: 'customer',
      label: t('deals.customer'),
      children: claim.customerName ? (
        <Link to={`/customers/${claim.customerId}`}>{claim.customerName}</Link>
      ) : claim.customerId ? (
        t('claims.hiddenCustomer')
      ) : (
        '—'
      ),
    },
    { key: 'what', label: t('claims.what'), children: named(claim.objectKind) },
    { key: 'how', label: t('claims.how'), children: named(claim.kind) },
    { key: 'period', label: t('claims.period'), children: `${formats.date(claim.startDate)} – ${until}` },
    { key: 'by', label: t('claims.by'), children: claim.claimantName || t('claims.system') },
    { key: 'made', label: t('claims.made'), children: formats.instant(claim.createTime) },
    ...(claim.organisationPath ? [{ key: 'unit', label: t('claims.unit'), children: unitName(claim.organisationPath) }] : []),
    ...(claim.reason ? [{ key: 'why', label: t('claims.why'), span: 'filled' as const, children: claim.reason }] : []),
    ...(claim.decideTime ? [{ key: 'decided', label: t('claims.decidedOn'), children: formats.instant(claim.decideTime) }] : []),
    ...(claim.decideReason
      ? [{ key: 'decision', label: t('claims.decision'), span: 'filled' as const, children: claim.decideReason }]
      : []),
  ];
  return <Descriptions size="small" column={{ xs: 1, sm: 2, lg: 3 }} items={items} />;
}

function Objections({ claim }: { claim: Claim }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const objections = api.useQuery(
    'get',
    '/v1/objections',
    { params: { query: { customerId: claim.customerId, pageSize: 100 } } },
    { enabled: claim.customerName !== '' },
  );
  if (!claim.customerName) return null;
  return (
    <Card title={t('objections.title')}>
      <Loaded query={objections} rows={2}>
        {(data) => {
          const about = data.objections.filter((objection) => objection.claimId === claim.claimId);
          if (!about.length) return <EmptyState words={t('objections.noneOfClaim')} />;
          return (
            <List
              dataSource={about}
              rowKey="objectionId"
              renderItem={(objection) => (
                <List.Item extra={<NamedTag value={objection.state} tone={OBJECTION_TONES[objection.state] ?? 'default'} />}>
                  <List.Item.Meta
                    title={
                      <Link to={`/performance/claims?objection=${objection.objectionId}`}>
                        {objection.objectorName || t('deals.somebody')} · {formats.instant(objection.createTime)}
                      </Link>
                    }
                    description={<Typography.Text>{objection.evidence}</Typography.Text>}
                  />
                  {objection.state === 'OBJECTION_STATE_RAISED' && (
                    <Tag>{t('objections.due', { date: formats.date(objection.dueDate) })}</Tag>
                  )}
                </List.Item>
              )}
            />
          );
        }}
      </Loaded>
    </Card>
  );
}
