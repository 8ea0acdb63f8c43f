import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, type DescriptionsProps, Flex, Input, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { Amount } from '../../design/Amount';
import { FormDialog, Required } from '../../design/FormDialog';
import { useFormats } from '../../design/formats';
import { Named, NamedTag } from '../../design/Named';
import { Page } from '../../design/Page';
import { useProductName } from '../../design/products';
import { Loaded } from '../../design/States';
import { dayOf, LeadCard } from './LeadBoard';
import { type LeadAct, LeadDialogs } from './LeadDialogs';
import { EditLead } from './LeadForm';
import { LEAD_TONES } from './LeadList';
import { isOpen, type Lead, nameOf, refreshLeads, useMayWork } from './leads';
import './leads.css';

/** One lead: who, what, since when, and what can be done with it next. */
export default function LeadPage() {
  const { leadId = '' } = useParams();
  const lead = api.useQuery('get', '/v1/leads/{leadId}', { params: { path: { leadId } } });
  return (
    <Loaded query={lead} rows={10}>
      {(data) => <LeadView lead={data} />}
    </Loaded>
  );
}

function LeadView({ lead }: { lead: Lead }) {
  const { t } = useTranslation('leads');
  return (
    <Page
      tab={lead.title}
      title={
        <Flex gap={8} align="center" wrap>
          {lead.title}
          <NamedTag value={lead.state} tone={LEAD_TONES[lead.state] ?? 'default'} />
          <NamedTag value={lead.grade} tone="warning" />
        </Flex>
      }
      note={t('leadNote', { name: nameOf(lead), owner: lead.ownerName || t('noOwner') })}
      actions={<LeadActions lead={lead} />}
    >
      <div className="two-columns">
        <Flex vertical gap={16}>
          <Facts lead={lead} />
          {lead.note && (
            <Card title={t('field.note')}>
              <p className="said">{lead.note}</p>
            </Card>
          )}
        </Flex>
        <Flex vertical gap={16}>
          <Assignments leadId={lead.leadId} />
          <Duplicates lead={lead} />
        </Flex>
      </div>
    </Page>
  );
}

/** The next step stands first; what is rarer after it. */
function LeadActions({ lead }: { lead: Lead }) {
  const { t } = useTranslation('leads');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const mayWork = useMayWork()(lead);
  const [act, setAct] = useState<LeadAct | 'edit'>();
  const sent = {
    onSuccess: () => refreshLeads(),
    onError: (error: unknown) => message.error(words(error)),
  };
  const params = { path: { leadId: lead.leadId } };
  const body = { etag: lead.etag };
  const following = useMutation({ mutationFn: () => client.POST('/v1/leads/{leadId}:follow', { params, body }), ...sent });
  const reopening = useMutation({ mutationFn: () => client.POST('/v1/leads/{leadId}:reopen', { params, body }), ...sent });
  const assigned = lead.ownerPersonId !== '';
  const close = () => setAct(undefined);
  if (!mayWork) return null;
  return (
    <>
      {isOpen(lead) && (
        <>
          {assigned && !lead.followedTime && (
            <Button type="primary" loading={following.isPending} onClick={() => following.mutate()}>
              {t('act.follow')}
            </Button>
          )}
          {assigned && lead.state === 'LEAD_STATE_NEW' && (
            <Button type={lead.followedTime ? 'primary' : 'default'} onClick={() => setAct('qualify')}>
              {t('act.qualify')}
            </Button>
          )}
          {assigned && (
            <Button type={lead.state === 'LEAD_STATE_QUALIFIED' ? 'primary' : 'default'} onClick={() => setAct('convert')}>
              {t('act.convert')}
            </Button>
          )}
          {may('activity.lead.assign') && (
            <Button type={assigned ? 'default' : 'primary'} onClick={() => setAct('assign')}>
              {t('act.assign')}
            </Button>
          )}
          <Button onClick={() => setAct('edit')}>{t('workbench:action.edit')}</Button>
          <Button danger onClick={() => setAct('disqualify')}>
            {t('act.disqualify')}
          </Button>
        </>
      )}
      {lead.state === 'LEAD_STATE_DISQUALIFIED' && (
        <Button loading={reopening.isPending} onClick={() => reopening.mutate()}>
          {t('act.reopen')}
        </Button>
      )}
      <LeadDialogs lead={lead} act={act === 'edit' ? undefined : act} onClose={close} />
      <EditLead lead={lead} open={act === 'edit'} onClose={close} />
    </>
  );
}

function Facts({ lead }: { lead: Lead }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const product = useProductName();
  const items: DescriptionsProps['items'] = [
    {
      key: 'who',
      label: t('who'),
      children: lead.customerId ? <Link to={`/customers/${lead.customerId}`}>{nameOf(lead)}</Link> : lead.prospectName,
    },
    { key: 'source', label: t('field.source'), children: <Named value={lead.source} /> },
    ...(lead.phone || lead.identifier ? [{ key: 'numbers', label: t('numbers'), children: <Numbers lead={lead} /> }] : []),
    { key: 'products', label: t('field.products'), children: lead.productCodes.map(product).join(t('comma')) || '—' },
    { key: 'amount', label: t('field.expectedAmount'), children: <Amount money={lead.expectedAmount} exact /> },
    { key: 'owner', label: t('owner'), children: lead.ownerName || t('noOwner') },
    { key: 'captured', label: t('capturedOn'), children: formats.date(lead.captureDate) },
    {
      key: 'deadline',
      label: t('deadline'),
      children: (
        <span className={lead.overdue ? 'late' : ''}>
          {formats.date(dayOf(lead.followDeadline))}
          {lead.overdue && ` · ${t('overdue')}`}
        </span>
      ),
    },
    { key: 'followed', label: t('followedOn'), children: formats.instant(lead.followedTime) },
    { key: 'age', label: t('ageLabel'), children: lead.ageDays === 0 ? t('ageNew') : t('age', { count: lead.ageDays }) },
    ...(lead.state === 'LEAD_STATE_DISQUALIFIED'
      ? [{ key: 'reason', label: t('reason'), children: <Named value={lead.disqualifyReason} /> }]
      : []),
    ...(lead.opportunityId
      ? [
          {
            key: 'opportunity',
            label: t('becameOpportunity'),
            children: <Link to={`/work/leads/opportunities/${lead.opportunityId}`}>{t('workbench:action.show')}</Link>,
          },
        ]
      : []),
  ];
  return (
    <Card title={t('facts')}>
      <Descriptions column={{ xs: 1, sm: 2 }} items={items} />
    </Card>
  );
}

/** A prospect's numbers, masked until somebody says why they are needed. */
function Numbers({ lead }: { lead: Lead }) {
  const { t } = useTranslation('leads');
  const mayWork = useMayWork()(lead);
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<Lead>();
  const { phone, identifier } = shown ?? lead;
  const submit = async ({ purpose }: { purpose: string }) => {
    const { data } = await client.POST('/v1/leads/{leadId}:reveal', {
      params: { path: { leadId: lead.leadId } },
      body: { purpose },
    });
    setShown(data);
  };
  return (
    <Flex gap={8} align="center" wrap>
      {[phone, identifier].filter(Boolean).join(' · ')}
      {mayWork && !shown && (
        <Button size="small" onClick={() => setAsking(true)}>
          {t('reveal')}
        </Button>
      )}
      <FormDialog
        title={t('reveal')}
        open={asking}
        onClose={() => setAsking(false)}
        submit={submit}
        submitWords={t('reveal')}
        doneWords={t('revealed')}
      >
        <Required name="purpose" label={t('purpose')}>
          <Input maxLength={200} />
        </Required>
      </FormDialog>
    </Flex>
  );
}

function Assignments({ leadId }: { leadId: string }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const { personId } = useAccess();
  const list = api.useQuery('get', '/v1/leads/{leadId}/assignments', { params: { path: { leadId } } });
  return (
    <Card title={t('assignments')}>
      <Loaded query={list} rows={2} isEmpty={({ assignments }) => assignments.length === 0} empty={t('noAssignments')}>
        {({ assignments }) => (
          <ul className="rows">
            {assignments.map((each) => (
              <li key={each.assignTime}>
                <span>{t(assignmentWords(each, personId))}</span>
                <Typography.Text type="secondary">{formats.instant(each.assignTime)}</Typography.Text>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function assignmentWords(each: { toPersonId: string; assignmentRuleId: string }, personId: string): string {
  if (!each.toPersonId) return 'assigned.back';
  const who = each.toPersonId === personId ? 'toMe' : 'toOther';
  return `assigned.${each.assignmentRuleId ? `${who}ByRule` : who}`;
}

function Duplicates({ lead }: { lead: Lead }) {
  const { t } = useTranslation('leads');
  const path = { leadId: lead.leadId };
  const list = api.useQuery('get', '/v1/leads/{leadId}/duplicates', { params: { path } }, { enabled: isOpen(lead) });
  if (!list.data || (list.data.leads.length === 0 && !list.data.outsideReach)) return null;
  return (
    <Card title={t('duplicates')}>
      <ul className="cards">
        {list.data.leads.map((each) => (
          <li key={each.leadId} className="board-card">
            <LeadCard lead={each} withOwner />
          </li>
        ))}
      </ul>
      {list.data.outsideReach && <Typography.Text type="secondary">{t('duplicatesOutside')}</Typography.Text>}
    </Card>
  );
}
