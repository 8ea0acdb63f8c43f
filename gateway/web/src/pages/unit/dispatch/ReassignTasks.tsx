import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { RelationshipManagerSelect } from '../../../design/selects';
import type { Task } from './UnitTasks';

interface Values {
  ownerPersonId: string;
}

/** Gives tasks to another; he and those who had them are told. */
export function ReassignTasks({ unit, tasks, onClose }: { unit: string; tasks: Task[]; onClose: (done: boolean) => void }) {
  const { t } = useTranslation('unit');
  const reassign = async ({ ownerPersonId }: Values) => {
    for (const { taskId, etag } of tasks) {
      await client.POST('/v1/tasks/{taskId}:reassign', { params: { path: { taskId } }, body: { ownerPersonId, etag } });
    }
    await refresh('/v1/task');
    onClose(true);
  };
  return (
    <FormDialog<Values>
      open
      title={t('dispatch.reassignTitle', { count: tasks.length })}
      onClose={() => onClose(false)}
      submit={reassign}
      submitWords={t('dispatch.reassign')}
      doneWords={t('dispatch.reassigned')}
    >
      <Form.Item name="ownerPersonId" label={t('dispatch.toWhom')} rules={[{ required: true, message: t('required') }]}>
        <RelationshipManagerSelect organisationPath={unit} />
      </Form.Item>
    </FormDialog>
  );
}
