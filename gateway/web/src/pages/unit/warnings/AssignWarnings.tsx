import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { RelationshipManagerSelect } from '../../../design/selects';
import type { Warning } from './warning';

interface Values {
  assigneePersonId: string;
}

/** Gives warnings to somebody, who has the days of new ones to take them up. */
export function AssignWarnings({ warnings, onClose }: { warnings: Warning[]; onClose: (done: boolean) => void }) {
  const { t } = useTranslation('unit');
  const assign = async ({ assigneePersonId }: Values) => {
    for (const { warningId, etag } of warnings) {
      await client.POST('/v1/warnings/{warningId}:assign', { params: { path: { warningId } }, body: { assigneePersonId, etag } });
    }
    await refresh('/v1/warnings', '/v1/taskLoads');
    onClose(true);
  };
  return (
    <FormDialog<Values>
      open
      title={t('warnings.assignTitle', { count: warnings.length })}
      onClose={() => onClose(false)}
      submit={assign}
      submitWords={t('warnings.assign')}
      doneWords={t('warnings.assigned')}
    >
      <p>{warnings.map((warning) => warning.customerName).join(t('comma'))}</p>
      <Form.Item name="assigneePersonId" label={t('warnings.assignTo')} rules={[{ required: true, message: t('required') }]}>
        <RelationshipManagerSelect />
      </Form.Item>
    </FormDialog>
  );
}
