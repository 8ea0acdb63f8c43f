import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Progress, Switch, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { SERIES, useAppearance } from '../../../design/theme';
import { addressOf } from '../../../shell/resources';
import type { Customer } from '../customer';

type Share = Schema<'performance.v1.Share'>;
type CreditHandOver = Schema<'performance.v1.CreditHandOver'>;

const WHOLE = 10_000;
const SHARES_MAX = 200;
const TONES = { SHARE_STATE_APPROVED: 'success', SHARE_STATE_PENDING: 'processing' } as const;

/** Whose results the customer is: today, and on which days before; with how it goes over from one to the next. */
export function SharesTab({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const [withVoid, setWithVoid] = useState(false);
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/shares', {
    params: { query: { objectKind: 'OBJECT_KIND_CUSTOMER', customerId, pageSize: SHARES_MAX, showVoid: withVoid } },
  });
  return (
    <Flex vertical gap={16}>
      <Loaded query={query}>
        {({ shares }) => (
          <>
            <Present shares={shares} />
            <Card
              title={t('share.history')}
              extra={
                <>
                  <Switch size="small" checked={withVoid} onChange={setWithVoid} aria-label={t('share.void')} /> {t('share.void')}
                </>
              }
            >
              {shares.length ? <ShareTable shares={shares} /> : <EmptyState words={t('share.none')} />}
            </Card>
          </>
        )}
      </Loaded>
      <HandOvers customerId={customerId} />
    </Flex>
  );
}

function Present({ shares }: { shares: Share[] }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const colours = SERIES[useAppearance()];
  const today = new Date().toISOString().slice(0, 10);
  const present = shares.filter(
    (share) => share.state === 'SHARE_STATE_APPROVED' && share.startDate <= today && (!share.endDate || share.endDate >= today),
  );
  const given = present.reduce((sum, share) => sum + share.basisPoints, 0);
  return (
    <Card title={t('share.now')}>
      <Flex vertical gap={12}>
        {present.map((share, index) => (
          <Flex key={share.shareLineId} gap={16} align="center">
            <span className="share-name">{share.personName || t('somebody')}</span>
            <Progress
              status="normal"
              percent={(share.basisPoints / WHOLE) * 100}
              strokeColor={colours[index % colours.length] ?? ''}
              format={() => formats.basisPoints(share.basisPoints)}
              aria-label={`${share.personName} ${formats.basisPoints(share.basisPoints)}`}
            />
          </Flex>
        ))}
        {given < WHOLE && (
          <Typography.Text type="secondary">{t('share.pool', { percent: formats.basisPoints(WHOLE - given) })}</Typography.Text>
        )}
      </Flex>
    </Card>
  );
}

function ShareTable({ shares }: { shares: Share[] }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  return (
    <Table<Share>
      size="small"
      aria-label={t('share.history')}
      rowKey="shareLineId"
      dataSource={shares}
      pagination={false}
      columns={[
        { title: t('workbench:field.relationshipManager'), render: (_, share) => share.personName || t('somebody') },
        { title: t('share.share'), align: 'right', render: (_, share) => formats.basisPoints(share.basisPoints) },
        {
          title: t('share.days'),
          render: (_, share) =>
            `${formats.date(share.startDate)} – ${share.endDate ? formats.date(share.endDate) : t('share.onwards')}`,
        },
        {
          title: t('workbench:field.state'),
          responsive: ['sm'],
          render: (_, share) => <NamedTag value={share.state} tone={TONES[share.state as keyof typeof TONES] ?? 'default'} />,
        },
        { title: t('share.source'), responsive: ['sm'], render: (_, share) => <Source source={share.source} /> },
      ]}
    />
  );
}

function Source({ source }: { source: string }) {
  const { t } = useTranslation('customer');
  const kind = t(`share.sources.${source.split('/')[0]}`, { defaultValue: '' });
  const address = addressOf(source);
  return address ? <Link to={address}>{kind || t('workbench:action.show')}</Link> : kind;
}

function HandOvers({ customerId }: { customerId: string }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const query = api.useQuery('get', '/v1/creditHandOvers', { params: { query: { customerId } } });
  if (!query.data?.creditHandOvers.length) return null;
  return (
    <Card title={t('share.handOvers')}>
      <Table<CreditHandOver>
        size="small"
        aria-label={t('share.handOvers')}
        rowKey="creditHandOverId"
        dataSource={query.data.creditHandOvers}
        pagination={false}
        columns={[
          { title: t('share.from'), render: (_, each) => formats.date(each.startDate) },
          { title: t('share.former'), dataIndex: 'formerName' },
          { title: t('share.successor'), render: (_, each) => each.successorName || t('share.thePool') },
          {
            title: t('share.steps'),
            render: (_, each) =>
              t('share.keeps', {
                steps: each.stepBasisPoints.map((step) => `${step / 100}%`).join(' → '),
                count: each.stepMonths,
              }),
          },
          { title: t('workbench:field.state'), render: (_, each) => <NamedTag value={each.state} /> },
        ]}
      />
    </Card>
  );
}
