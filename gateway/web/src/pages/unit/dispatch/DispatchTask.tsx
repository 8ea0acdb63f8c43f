import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useNamedChoices } from '../../../design/Named';
import { CustomerSelect, RelationshipManagerSelect } from '../../../design/selects';

const KINDS = [
  'TASK_KIND_GENERAL',
  'TASK_KIND_FOLLOW_UP',
  'TASK_KIND_VISIT',
  'TASK_KIND_LEAD',
  'TASK_KIND_FEEDBACK',
  'TASK_KIND_TRAINING',
] as const;
const PRIORITIES = ['TASK_PRIORITY_LOW', 'TASK_PRIORITY_NORMAL', 'TASK_PRIORITY_HIGH', 'TASK_PRIORITY_URGENT'] as const;

interface Values {
  ownerPersonId: string;
  title: string;
  kind: (typeof KINDS)[number];
  priority: (typeof PRIORITIES)[number];
  dueDate?: string;
  customerId?: string;
  description?: string;
}

/** Gives somebody a task; he is told of it. */
export function DispatchTask({ unit, onClose }: { unit: string; onClose: () => void }) {
  const { t } = useTranslation('unit');
  const choices = useNamedChoices();
  const required = [{ required: true, message: t('required') }];
  const dispatch = async ({ ownerPersonId, ...task }: Values) => {
    await client.POST('/v1/tasks:dispatch', { body: { ownerPersonId, task } });
    await refresh('/v1/task');
  };
  return (
    <FormDialog<Values>
      open
      title={t('dispatch.newTask')}
      onClose={onClose}
      submit={dispatch}
      submitWords={t('dispatch.give')}
      doneWords={t('dispatch.given')}
      draftKey="unit-dispatch"
      initialValues={{ kind: 'TASK_KIND_GENERAL', priority: 'TASK_PRIORITY_NORMAL' }}
    >
      <Form.Item name="ownerPersonId" label={t('dispatch.toWhom')} rules={required}>
        <RelationshipManagerSelect organisationPath={unit} />
      </Form.Item>
      <Form.Item name="title" label={t('dispatch.what')} rules={required}>
        <Input maxLength={200} />
      </Form.Item>
      <div className="unit-form-pair">
        <Form.Item name="kind" label={t('dispatch.kind')}>
          <Select options={choices(KINDS)} />
        </Form.Item>
        <Form.Item name="priority" label={t('dispatch.priority')}>
          <Select options={choices(PRIORITIES)} />
        </Form.Item>
        <Form.Item name="dueDate" label={t('dispatch.due')} extra={t('dispatch.dueHint')}>
          <DateField className="unit-stretch" />
        </Form.Item>
        <Form.Item name="customerId" label={t('customer')}>
          <CustomerSelect allowClear />
        </Form.Item>
      </div>
      <Form.Item name="description" label={t('dispatch.more')}>
        <Input.TextArea maxLength={4000} rows={3} />
      </Form.Item>
    </FormDialog>
  );
}
