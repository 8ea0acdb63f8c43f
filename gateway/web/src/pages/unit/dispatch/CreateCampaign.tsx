import { Form, Input, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useNamedChoices } from '../../../design/Named';
import { useRelationshipManagers } from '../../../design/selects';

const ASSIGNMENTS = ['CAMPAIGN_ASSIGNMENT_LEAD', 'CAMPAIGN_ASSIGNMENT_BALANCED'] as const;

interface Values {
  displayName: string;
  purpose?: string;
  script?: string;
  dueDate: string;
  targetCount?: number | null;
  assignment: (typeof ASSIGNMENTS)[number];
  assigneePersonIds?: string[];
}

/** A new campaign; whom it asks, and that it starts, is said on its own page. */
export function CreateCampaign({ unit, onClose }: { unit: string; onClose: () => void }) {
  const { t } = useTranslation('unit');
  const choices = useNamedChoices();
  const navigate = useNavigate();
  const people = useRelationshipManagers();
  const team = (people.data ?? []).filter((person) => person.organisationPath.startsWith(unit));
  const required = [{ required: true, message: t('required') }];
  const create = async ({ targetCount, ...campaign }: Values) => {
    const body = { ...campaign, targetCount: targetCount ?? 0, organisationPath: unit };
    const { data } = await client.POST('/v1/campaigns', { body });
    await refresh('/v1/campaigns');
    if (data) await navigate(`/work/campaigns/${data.campaignId}`);
  };
  return (
    <FormDialog<Values>
      open
      title={t('dispatch.newCampaign')}
      onClose={onClose}
      submit={create}
      doneWords={t('dispatch.campaignMade')}
      draftKey="unit-campaign"
      initialValues={{ assignment: 'CAMPAIGN_ASSIGNMENT_LEAD' }}
    >
      <Form.Item name="displayName" label={t('dispatch.campaignName')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="purpose" label={t('dispatch.purpose')}>
        <Input.TextArea maxLength={2000} rows={3} />
      </Form.Item>
      <Form.Item name="script" label={t('dispatch.script')}>
        <Input.TextArea maxLength={4000} rows={3} />
      </Form.Item>
      <div className="unit-form-pair">
        <Form.Item name="dueDate" label={t('dispatch.due')} rules={required}>
          <DateField className="unit-stretch" />
        </Form.Item>
        <Form.Item name="targetCount" label={t('dispatch.target')}>
          <InputNumber min={0} className="unit-stretch" />
        </Form.Item>
      </div>
      <Form.Item name="assignment" label={t('dispatch.assignment')}>
        <Radio.Group options={choices(ASSIGNMENTS)} />
      </Form.Item>
      <Form.Item name="assigneePersonIds" label={t('dispatch.team')} extra={t('dispatch.teamHint')}>
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'label' }}
          options={team.map((person) => ({ value: person.personId, label: person.displayName }))}
        />
      </Form.Item>
    </FormDialog>
  );
}
