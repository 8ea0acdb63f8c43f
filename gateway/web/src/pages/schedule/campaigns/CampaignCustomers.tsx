import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Select, Typography } from 'antd';
import { type Key, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag, useNamedChoices } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { usePersonName } from '../people';
import { AFFECTED, type Campaign, type CampaignCustomer, isDraft } from './campaign';
import { namesOf } from './customerNames';

const STATES = [
  'CAMPAIGN_CUSTOMER_STATE_WAITING',
  'CAMPAIGN_CUSTOMER_STATE_GIVEN',
  'CAMPAIGN_CUSTOMER_STATE_OUT_OF_REACH',
  'CAMPAIGN_CUSTOMER_STATE_GONE',
  'CAMPAIGN_CUSTOMER_STATE_NOBODY',
] as const;
const PAGE_SIZE = 50;
const LIST_PIXELS = 480;

type Row = CampaignCustomer & { customerName: string };

/** Who is in a campaign, who has the task, and what became of each. */
export function CampaignCustomers({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const nameOf = usePersonName();
  const [state, setState] = useState<CampaignCustomer['state'] | ''>('');
  const [chosen, setChosen] = useState<Key[]>([]);
  const draft = isDraft(campaign);
  const states = choices(STATES).map(({ value, label }) => ({ value: value as CampaignCustomer['state'] | '', label }));
  const taskOf = (row: Row) => row.taskId && <Link to={`/work/tasks/${row.taskId}`}>{t('campaigns.showTask')}</Link>;
  return (
    <>
      <Flex wrap gap={8} className="schedule-list-filters">
        <Select
          aria-label={t('campaigns.state')}
          className="schedule-filter"
          value={state}
          onChange={setState}
          options={[{ value: '' as const, label: t('contacts.anyState') }, ...states]}
        />
        {chosen.length > 0 && <TakeOut campaign={campaign} customerIds={chosen.map(String)} onDone={() => setChosen([])} />}
      </Flex>
      <KeysetTable<Row>
        label={t('campaigns.customers')}
        queryKey={['/v1/campaigns', campaign.campaignId, 'customers', state]}
        load={async (pageToken, signal) => {
          const query = { pageSize: PAGE_SIZE, pageToken, ...(state ? { state } : {}) };
          const path = { campaignId: campaign.campaignId };
          const { data } = await client.GET('/v1/campaigns/{campaignId}/customers', { params: { path, query }, signal });
          const customers = data?.customers ?? [];
          const names = await namesOf(customers.map(({ customerId }) => customerId));
          const rows = customers.map((customer) => ({ ...customer, customerName: names.get(customer.customerId) ?? '' }));
          return { rows, nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(row) => row.customerId}
        {...(draft ? { selection: { keys: chosen, onChange: setChosen } } : {})}
        height={LIST_PIXELS}
        columns={[
          {
            title: t('form.customer'),
            width: 260,
            render: (_, row) => <Link to={`/customers/${row.customerId}`}>{row.customerName || t('campaigns.unknown')}</Link>,
          },
          { title: t('tasks.owner'), width: 140, render: (_, row) => nameOf(row.ownerPersonId) || '—' },
          { title: t('campaigns.state'), width: 140, render: (_, row) => <NamedTag value={row.state} /> },
          { title: t('campaigns.task'), width: 120, render: (_, row) => taskOf(row) || '—' },
        ]}
        card={(row) => (
          <Card size="small">
            <Flex justify="space-between" gap={8} align="start">
              <Link to={`/customers/${row.customerId}`}>{row.customerName || t('campaigns.unknown')}</Link>
              <NamedTag value={row.state} />
            </Flex>
            <Typography.Text type="secondary">{nameOf(row.ownerPersonId)} </Typography.Text>
            {taskOf(row)}
          </Card>
        )}
        empty={<EmptyState words={t(draft ? 'campaigns.noCustomersYet' : 'campaigns.noCustomers')} />}
      />
    </>
  );
}

function TakeOut({ campaign, customerIds, onDone }: { campaign: Campaign; customerIds: string[]; onDone: () => void }) {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const removing = useMutation({
    mutationFn: () =>
      client.POST('/v1/campaigns/{campaignId}:removeCustomers', {
        params: { path: { campaignId: campaign.campaignId } },
        body: { customerIds },
      }),
    onSuccess: () => {
      onDone();
      return refresh(...AFFECTED);
    },
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Button loading={removing.isPending} onClick={() => removing.mutate()}>
      {t('campaigns.takeOut', { count: customerIds.length })}
    </Button>
  );
}
