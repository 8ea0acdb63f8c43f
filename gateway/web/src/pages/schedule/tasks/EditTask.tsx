import { Flex, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useFormats } from '../../../design/formats';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { CustomerSelect, RelationshipManagerSelect } from '../../../design/selects';
import { today } from '../days';
import { AFFECTED, OWN_KINDS, PRIORITIES, type Task } from './task';

interface Values {
  title: string;
  kind: Task['kind'];
  priority: Task['priority'];
  dueDate: string;
  description: string;
  customerId?: string;
  /** Who is to do it; oneself where nobody is named. */
  ownerPersonId?: string;
}

const DEFAULTS: Partial<Values> = { kind: 'TASK_KIND_GENERAL', priority: 'TASK_PRIORITY_NORMAL', dueDate: '', description: '' };

/** A new task: one's own, or, for whoever is in charge, for somebody else. */
export function NewTask({ onClose, customerId }: { onClose: () => void; customerId?: string }) {
  const { t } = useTranslation('schedule');
  const { may, scopePath } = useAccess();
  const submit = async ({ ownerPersonId, ...task }: Values) => {
    if (ownerPersonId) await client.POST('/v1/tasks:dispatch', { body: { task, ownerPersonId } });
    else await client.POST('/v1/tasks', { body: task });
    await refresh(...AFFECTED);
  };
  return (
    <FormDialog<Values>
      open
      title={t('tasks.new')}
      doneWords={t('tasks.made')}
      draftKey="task"
      initialValues={customerId ? { ...DEFAULTS, customerId } : DEFAULTS}
      submit={submit}
      onClose={onClose}
    >
      <TitleField />
      <Flex gap={12} wrap>
        <KindField />
        <PriorityField />
        <DueField />
      </Flex>
      {may('activity.task.dispatch') && (
        <Form.Item name="ownerPersonId" label={t('tasks.owner')} extra={t('tasks.ownerHint')}>
          <RelationshipManagerSelect allowClear organisationPath={scopePath} />
        </Form.Item>
      )}
      {may('customer.record.read') && (
        <Form.Item name="customerId" label={t('form.customer')}>
          <CustomerSelect allowClear />
        </Form.Item>
      )}
      <DescriptionField />
    </FormDialog>
  );
}

/** Changes what is to be done, by when, and how much it presses. */
export function EditTask({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const named = useNamed();
  const path = { taskId: task.taskId };
  const submit = async ({ title, description, dueDate, priority }: Values, etag = task.etag) => {
    await client.PATCH('/v1/tasks/{taskId}', {
      params: { path, query: { updateMask: 'title,description,dueDate,priority' }, header: { 'If-Match': `"${etag}"` } },
      body: { title, description, dueDate, priority },
    });
    await refresh(...AFFECTED);
  };
  const read = async () => {
    const { data } = await client.GET('/v1/tasks/{taskId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? valuesOf(data) : {} };
  };
  const say = (field: keyof Values, value: unknown) => {
    if (field === 'dueDate') return formats.date(value as string);
    return field === 'priority' ? named(value as string) : String(value ?? '');
  };
  const labels = {
    title: t('tasks.what'),
    priority: t('tasks.priority'),
    dueDate: t('tasks.due'),
    description: t('form.description'),
  };
  return (
    <FormDialog<Values>
      open
      title={t('tasks.edit')}
      draftKey={`task/${task.taskId}`}
      initialValues={valuesOf(task)}
      edit={{ read, labels, say }}
      submit={submit}
      onClose={onClose}
    >
      <TitleField />
      <Flex gap={12} wrap>
        <PriorityField />
        <DueField />
      </Flex>
      <DescriptionField />
    </FormDialog>
  );
}

const valuesOf = ({ title, kind, priority, dueDate, description }: Task): Values => ({
  title,
  kind,
  priority,
  dueDate,
  description,
});

function TitleField() {
  const { t } = useTranslation('schedule');
  return (
    <Form.Item
      name="title"
      label={t('tasks.what')}
      rules={[{ required: true, whitespace: true, message: t('tasks.whatNeeded') }]}
    >
      <Input maxLength={200} />
    </Form.Item>
  );
}

function KindField() {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  return (
    <Form.Item name="kind" label={t('tasks.kind')} className="schedule-grows">
      <Select options={choices(OWN_KINDS)} />
    </Form.Item>
  );
}

function PriorityField() {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  return (
    <Form.Item name="priority" label={t('tasks.priority')} className="schedule-grows">
      <Select options={choices(PRIORITIES)} />
    </Form.Item>
  );
}

function DueField() {
  const { t } = useTranslation('schedule');
  return (
    <Form.Item name="dueDate" label={t('tasks.due')} tooltip={t('tasks.dueHint')}>
      <DateField min={today()} />
    </Form.Item>
  );
}

function DescriptionField() {
  const { t } = useTranslation('schedule');
  return (
    <Form.Item name="description" label={t('form.description')}>
      <Input.TextArea rows={2} maxLength={4000} />
    </Form.Item>
  );
}
