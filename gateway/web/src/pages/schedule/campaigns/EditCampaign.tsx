import { Flex, Form, Input, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useFormats } from '../../../design/formats';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { UnitSelect, useRelationshipManagers } from '../../../design/selects';
import { today } from '../days';
import { usePersonName } from '../people';
import { PRIORITIES } from '../tasks/task';
import { AFFECTED, ASSIGNMENTS, type Campaign, isDraft } from './campaign';

interface Values {
  displayName: string;
  purpose: string;
  script: string;
  dueDate: string;
  targetCount: number;
  assignment: Campaign['assignment'];
  assigneePersonIds: string[];
  priority: Campaign['priority'];
  organisationPath?: string;
}

/** What changes only before it is launched. */
const OF_DRAFT: (keyof Values)[] = ['dueDate', 'assignment', 'assigneePersonIds', 'priority'];

const valuesOf = (campaign: Campaign): Values => ({
  displayName: campaign.displayName,
  purpose: campaign.purpose,
  script: campaign.script,
  dueDate: campaign.dueDate,
  targetCount: campaign.targetCount,
  assignment: campaign.assignment,
  assigneePersonIds: campaign.assigneePersonIds,
  priority: campaign.priority,
});

/** Writes a new campaign; who is in it is chosen on its page. */
export function NewCampaign({ onClose, onMade }: { onClose: () => void; onMade: (campaignId: string) => void }) {
  const { t } = useTranslation('schedule');
  const { scopePath } = useAccess();
  const submit = async (values: Values) => {
    const { data } = await client.POST('/v1/campaigns', { body: { ...values, targetCount: values.targetCount ?? 0 } });
    await refresh(...AFFECTED);
    if (data) onMade(data.campaignId);
  };
  const defaults: Partial<Values> = {
    assignment: 'CAMPAIGN_ASSIGNMENT_LEAD',
    assigneePersonIds: [],
    priority: 'TASK_PRIORITY_NORMAL',
    targetCount: 0,
    organisationPath: scopePath,
  };
  return (
    <FormDialog<Values>
      open
      width={640}
      title={t('campaigns.new')}
      doneWords={t('campaigns.made')}
      draftKey="campaign"
      initialValues={defaults}
      submit={submit}
      onClose={onClose}
    >
      <Words />
      <Form.Item name="organisationPath" label={t('campaigns.unit')}>
        <UnitSelect below={scopePath} />
      </Form.Item>
      <Plan />
    </FormDialog>
  );
}

/** Changes a campaign: before it is launched all of it, then what is said and aimed at. */
export function EditCampaign({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const named = useNamed();
  const nameOf = usePersonName();
  const path = { campaignId: campaign.campaignId };
  const draft = isDraft(campaign);
  const submit = async (values: Values, etag = campaign.etag) => {
    const before = valuesOf(campaign);
    const names = (Object.keys(before) as (keyof Values)[]).filter((name) => draft || !OF_DRAFT.includes(name));
    const changed = names.filter((name) => JSON.stringify(values[name]) !== JSON.stringify(before[name]));
    if (!changed.length) return;
    const { organisationPath: _, ...sent } = { ...values, targetCount: values.targetCount ?? 0 };
    await client.PATCH('/v1/campaigns/{campaignId}', {
      params: { path, query: { updateMask: changed.join(',') }, header: { 'If-Match': `"${etag}"` } },
      body: sent,
    });
    await refresh(...AFFECTED);
  };
  const read = async () => {
    const { data } = await client.GET('/v1/campaigns/{campaignId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? valuesOf(data) : {} };
  };
  const labels = {
    displayName: t('campaigns.name'),
    purpose: t('campaigns.purpose'),
    script: t('tasks.script'),
    targetCount: t('campaigns.target'),
    dueDate: t('tasks.due'),
    assignment: t('campaigns.assignment'),
    assigneePersonIds: t('campaigns.team'),
    priority: t('tasks.priority'),
  };
  const say = (field: keyof Values, value: unknown) => {
    if (field === 'dueDate') return formats.date(value as string);
    if (field === 'assigneePersonIds') return (value as string[]).map(nameOf).join(t('form.comma'));
    return field === 'assignment' || field === 'priority' ? named(value as string) : String(value ?? '');
  };
  return (
    <FormDialog<Values>
      open
      width={640}
      title={t('campaigns.edit')}
      draftKey={`campaign/${campaign.campaignId}`}
      initialValues={valuesOf(campaign)}
      edit={{ read, labels, say }}
      submit={submit}
      onClose={onClose}
    >
      <Words />
      {draft ? <Plan /> : <TargetField />}
    </FormDialog>
  );
}

function Words() {
  const { t } = useTranslation('schedule');
  return (
    <>
      <Form.Item
        name="displayName"
        label={t('campaigns.name')}
        rules={[{ required: true, whitespace: true, message: t('campaigns.nameNeeded') }]}
      >
        <Input maxLength={100} placeholder={t('campaigns.nameHint')} />
      </Form.Item>
      <Form.Item name="purpose" label={t('campaigns.purpose')}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
      <Form.Item name="script" label={t('tasks.script')} tooltip={t('campaigns.scriptHint')}>
        <Input.TextArea rows={3} maxLength={4000} />
      </Form.Item>
    </>
  );
}

function TargetField() {
  const { t } = useTranslation('schedule');
  return (
    <Form.Item name="targetCount" label={t('campaigns.target')} tooltip={t('campaigns.targetHint')}>
      <InputNumber min={0} max={1_000_000} precision={0} className="short-number" />
    </Form.Item>
  );
}

function Plan() {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const colleagues = useRelationshipManagers();
  const { scopePath } = useAccess();
  const team = (colleagues.data ?? []).filter((person) => person.organisationPath.startsWith(scopePath));
  return (
    <>
      <Flex gap={12} wrap>
        <Form.Item name="dueDate" label={t('tasks.due')} rules={[{ required: true, message: t('form.dayNeeded') }]}>
          <DateField min={today()} />
        </Form.Item>
        <Form.Item name="priority" label={t('tasks.priority')} className="schedule-grows">
          <Select options={choices(PRIORITIES)} />
        </Form.Item>
        <TargetField />
      </Flex>
      <Form.Item name="assignment" label={t('campaigns.assignment')}>
        <Radio.Group options={choices(ASSIGNMENTS)} />
      </Form.Item>
      <Form.Item name="assigneePersonIds" label={t('campaigns.team')} extra={t('campaigns.teamHint')}>
        <Select
          mode="multiple"
          maxCount={200}
          showSearch={{ optionFilterProp: 'label' }}
          options={team.map((person) => ({ value: person.personId, label: person.displayName }))}
        />
      </Form.Item>
    </>
  );
}
