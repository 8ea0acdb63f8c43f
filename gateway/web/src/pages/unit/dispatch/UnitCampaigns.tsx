import type { Schema } from '@rm-workbench/client';
import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';

type Campaign = Schema<'activity.v1.Campaign'>;

/** Campaigns of the unit, the latest first. */
export function UnitCampaigns({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const state = (campaign: Campaign) => (
    <NamedTag value={campaign.state} tone={campaign.state === 'CAMPAIGN_STATE_RUNNING' ? 'processing' : 'default'} />
  );
  return (
    <KeysetTable<Campaign>
      queryKey={['/v1/campaigns', 'unit', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/campaigns', { params: { query }, signal });
        return { rows: data?.campaigns ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(campaign) => campaign.campaignId}
      label={t('dispatch.campaigns')}
      empty={<EmptyState words={t('dispatch.noCampaigns')} />}
      columns={[
        {
          title: t('dispatch.campaignName'),
          key: 'name',
          width: 260,
          ellipsis: true,
          render: (_, campaign) => <Link to={`/work/campaigns/${campaign.campaignId}`}>{campaign.displayName}</Link>,
        },
        { title: t('state'), key: 'state', width: 110, render: (_, campaign) => state(campaign) },
        { title: t('coverage.customers'), dataIndex: 'customerCount', width: 100, align: 'right' },
        {
          title: t('dispatch.target'),
          dataIndex: 'targetCount',
          width: 110,
          align: 'right',
          render: (count: number) => count || '—',
        },
        { title: t('dispatch.due'), dataIndex: 'dueDate', width: 130, render: formats.date },
        {
          title: t('dispatch.assignment'),
          dataIndex: 'assignment',
          width: 160,
          render: (value: string) => <Named value={value} />,
        },
      ]}
      card={(campaign) => (
        <Card
          size="small"
          title={<Link to={`/work/campaigns/${campaign.campaignId}`}>{campaign.displayName}</Link>}
          extra={state(campaign)}
        >
          <Flex wrap gap="4px 16px">
            <span>{t('departures.customers', { count: campaign.customerCount })}</span>
            <span>{formats.date(campaign.dueDate)}</span>
          </Flex>
        </Card>
      )}
    />
  );
}
