import { PlusOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Select, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import '../schedule.css';
import { usePersonName } from '../people';
import { type Campaign, STATES, TONES } from './campaign';
import { NewCampaign } from './EditCampaign';

const PAGE_SIZE = 100;

/** The campaigns that one runs, or that run in one's units, the latest first. */
export default function CampaignsPage() {
  const { t } = useTranslation('schedule');
  const navigate = useNavigate();
  const choices = useNamedChoices();
  const [filters, change] = useFilters({ state: '' });
  const [making, setMaking] = useState(false);
  const state = filters.state as Campaign['state'] | '';
  const states = choices(STATES).map(({ value, label }) => ({ value: value as string, label }));
  const newButton = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('campaigns.new')}
    </Button>
  );
  return (
    <Page title={t('campaigns.title')} actions={newButton}>
      <Flex wrap gap={8} className="schedule-list-filters">
        <Select
          aria-label={t('campaigns.state')}
          className="schedule-filter"
          value={filters.state}
          onChange={(chosen) => change({ state: chosen })}
          options={[{ value: '', label: t('contacts.anyState') }, ...states]}
        />
      </Flex>
      <KeysetTable<Campaign>
        label={t('campaigns.title')}
        queryKey={['/v1/campaigns', state]}
        load={async (pageToken, signal) => {
          const query = { pageSize: PAGE_SIZE, pageToken, ...(state ? { state } : {}) };
          const { data } = await client.GET('/v1/campaigns', { params: { query }, signal });
          return { rows: data?.campaigns ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(campaign) => campaign.campaignId}
        columns={useColumns()}
        card={(campaign) => <CampaignCard campaign={campaign} />}
        onOpen={(campaign) => navigate(`/work/campaigns/${campaign.campaignId}`)}
        empty={<EmptyState words={t('campaigns.none')} />}
      />
      {making && (
        <NewCampaign onClose={() => setMaking(false)} onMade={(campaignId) => navigate(`/work/campaigns/${campaignId}`)} />
      )}
    </Page>
  );
}

function useColumns() {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const unitName = useUnitNames();
  const nameOf = usePersonName();
  return [
    {
      title: t('campaigns.name'),
      width: 280,
      ellipsis: true,
      render: (_: unknown, campaign: Campaign) => (
        <Link to={`/work/campaigns/${campaign.campaignId}`} onClick={(event) => event.stopPropagation()}>
          {campaign.displayName}
        </Link>
      ),
    },
    { title: t('campaigns.unit'), dataIndex: 'organisationPath', width: 200, ellipsis: true, render: unitName },
    {
      title: t('campaigns.owner'),
      dataIndex: 'ownerPersonId',
      width: 120,
      render: (personId: string) => nameOf(personId) || '—',
    },
    {
      title: t('campaigns.customers'),
      dataIndex: 'customerCount',
      width: 110,
      align: 'right' as const,
      render: (count: number) => formats.number(count),
    },
    {
      title: t('campaigns.target'),
      dataIndex: 'targetCount',
      width: 110,
      align: 'right' as const,
      render: (count: number) => (count ? formats.number(count) : '—'),
    },
    { title: t('tasks.due'), dataIndex: 'dueDate', width: 130, render: formats.date },
    {
      title: t('campaigns.state'),
      dataIndex: 'state',
      width: 110,
      render: (state: Campaign['state']) => <NamedTag value={state} tone={TONES[state]} />,
    },
  ];
}

function CampaignCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  return (
    <Link to={`/work/campaigns/${campaign.campaignId}`} className="schedule-card-link">
      <Card size="small">
        <Flex justify="space-between" gap={8} align="start">
          <Typography.Text strong>{campaign.displayName}</Typography.Text>
          <NamedTag value={campaign.state} tone={TONES[campaign.state]} />
        </Flex>
        <Typography.Text type="secondary">
          {t('campaigns.customersOf', { count: campaign.customerCount })} ·{' '}
          {t('tasks.dueOn', { date: formats.date(campaign.dueDate) })}
        </Typography.Text>
      </Card>
    </Link>
  );
}
