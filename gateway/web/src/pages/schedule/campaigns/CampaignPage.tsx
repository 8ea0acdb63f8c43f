import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, Dropdown, Flex, Popconfirm, Tabs, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { NamedTag, useNamed } from '../../../design/Named';
import { isOver as hasEnded, OperationProgress, useOperation } from '../../../design/OperationProgress';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import '../schedule.css';
import { usePersonName } from '../people';
import { AddCustomers } from './AddCustomers';
import { CampaignCustomers } from './CampaignCustomers';
import { CampaignProgress } from './CampaignProgress';
import { AFFECTED, type Campaign, isDraft, isOver, TONES } from './campaign';
import { EditCampaign } from './EditCampaign';

/** One campaign: what is said to customers, how far it is, who is in it. */
export default function CampaignPage() {
  const { campaignId = '' } = useParams();
  const query = api.useQuery('get', '/v1/campaigns/{campaignId}', { params: { path: { campaignId } } });
  return <Loaded query={query}>{(campaign) => <CampaignInFull campaign={campaign} />}</Loaded>;
}

function CampaignInFull({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const { personId, may, leads } = useAccess();
  const [filters, change] = useFilters({ tab: '' });
  // Whoever only has a task of it reads what to say, and no more.
  const runs = may('activity.task.dispatch') && (leads || campaign.ownerPersonId === personId);
  const draft = isDraft(campaign);
  const tabs = [
    ...(draft ? [] : [{ key: 'progress', label: t('campaigns.progress'), children: <CampaignProgress campaign={campaign} /> }]),
    {
      key: 'customers',
      label: t('campaigns.customersOf', { count: campaign.customerCount }),
      children: <CampaignCustomers campaign={campaign} />,
    },
    { key: 'words', label: t('campaigns.words'), children: <Words campaign={campaign} /> },
  ];
  return (
    <Page title={campaign.displayName} note={<Note campaign={campaign} />} actions={runs && <Acts campaign={campaign} />}>
      {runs && <Work campaign={campaign} />}
      {runs ? (
        <Tabs activeKey={filters.tab || tabs[0]?.key || ''} onChange={(tab) => change({ tab })} items={tabs} />
      ) : (
        <Words campaign={campaign} />
      )}
    </Page>
  );
}

function Note({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  return (
    <Flex gap={8} align="center" wrap>
      <NamedTag value={campaign.state} tone={TONES[campaign.state]} />
      <span>{t('tasks.dueOn', { date: formats.dateLong(campaign.dueDate) })}</span>
    </Flex>
  );
}

function Words({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const named = useNamed();
  const formats = useFormats();
  const unitName = useUnitNames();
  const nameOf = usePersonName();
  const items = [
    { key: 'unit', label: t('campaigns.unit'), children: unitName(campaign.organisationPath) },
    { key: 'owner', label: t('campaigns.owner'), children: nameOf(campaign.ownerPersonId) },
    { key: 'assignment', label: t('campaigns.assignment'), children: named(campaign.assignment) },
    {
      key: 'team',
      label: t('campaigns.team'),
      children: campaign.assigneePersonIds.map(nameOf).filter(Boolean).join(t('form.comma')),
    },
    { key: 'priority', label: t('tasks.priority'), children: named(campaign.priority) },
    { key: 'target', label: t('campaigns.target'), children: campaign.targetCount > 0 && formats.number(campaign.targetCount) },
    { key: 'launched', label: t('campaigns.launchedOn'), children: campaign.launchTime && formats.instant(campaign.launchTime) },
    { key: 'ended', label: t('tasks.finishedOn'), children: campaign.endTime && formats.instant(campaign.endTime) },
  ].filter(({ children }) => children);
  return (
    <div className="schedule-two-columns">
      <Card title={t('campaigns.purpose')}>
        <Typography.Paragraph className="schedule-written">{campaign.purpose || t('campaigns.noPurpose')}</Typography.Paragraph>
        <Typography.Title level={2} className="schedule-card-part">
          {t('tasks.script')}
        </Typography.Title>
        <Typography.Paragraph className="schedule-written">{campaign.script || t('tasks.noScript')}</Typography.Paragraph>
      </Card>
      <Card>
        <Descriptions column={1} size="small" items={items} />
      </Card>
    </div>
  );
}

/** The long work that gives tasks out or takes them back, while it lasts. */
function Work({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const { data: operation } = useOperation('activity', campaign.operationId || undefined);
  const lasts = operation ? !hasEnded(operation) : false;
  const lasted = useRef(false);
  useEffect(() => {
    // What it did shows once it is over.
    if (lasted.current && !lasts) void refresh(...AFFECTED);
    lasted.current = lasts;
  }, [lasts]);
  if (!operation || !lasts) return null;
  return (
    <Card size="small" className="form-note">
      <OperationProgress operation={operation} label={t(isOver(campaign) ? 'campaigns.ending' : 'campaigns.givingOut')} />
    </Card>
  );
}

function Acts({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('schedule');
  const { message, modal } = App.useApp();
  const words = useRefusalWords();
  const [open, setOpen] = useState<'edit' | 'add'>();
  const close = () => setOpen(undefined);
  const seen = { path: { campaignId: campaign.campaignId }, header: { 'If-Match': `"${campaign.etag}"` } };
  const settled = {
    onError: (error: unknown) => void message.error(words(error)),
    onSettled: () => refresh(...AFFECTED),
  };
  const launching = useMutation({
    mutationFn: () => client.POST('/v1/campaigns/{campaignId}:launch', { params: seen, body: {} }),
    ...settled,
  });
  const ending = useMutation({
    mutationFn: (cancelled: boolean) => client.POST('/v1/campaigns/{campaignId}:end', { params: seen, body: { cancelled } }),
    ...settled,
  });
  if (isOver(campaign)) return null;
  const draft = isDraft(campaign);
  const end = (cancelled: boolean) =>
    modal.confirm({
      title: t(cancelled ? 'campaigns.callOff' : 'campaigns.end'),
      content: t('campaigns.endSure'),
      onOk: () => ending.mutateAsync(cancelled).catch(() => undefined),
    });
  return (
    <>
      {draft && (
        <>
          <Popconfirm
            title={t('campaigns.launchSure', { count: campaign.customerCount })}
            disabled={!campaign.customerCount}
            onConfirm={() => launching.mutate()}
          >
            <Button type="primary" loading={launching.isPending} disabled={!campaign.customerCount}>
              {t('campaigns.launch')}
            </Button>
          </Popconfirm>
          <Button onClick={() => setOpen('add')}>{t('campaigns.add')}</Button>
        </>
      )}
      <Button onClick={() => setOpen('edit')}>{t('campaigns.edit')}</Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(draft ? [] : [{ key: 'end', label: t('campaigns.end') }]),
            { key: 'callOff', label: t('campaigns.callOff'), danger: true },
          ],
          onClick: ({ key }) => end(key === 'callOff'),
        }}
      >
        <Button loading={ending.isPending}>{t('campaigns.finish')}</Button>
      </Dropdown>
      {open === 'edit' && <EditCampaign campaign={campaign} onClose={close} />}
      {open === 'add' && <AddCustomers campaign={campaign} onClose={close} />}
    </>
  );
}
