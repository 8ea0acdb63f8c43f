import { UploadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Flex, Modal, Table, Typography, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { NamedTag } from '../../../design/Named';
import { settled } from './moves';

/** Takes a calendar file of another program into one's own calendar, and tells what became of each event. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const words = useRefusalWords();
  const importing = useMutation({
    mutationFn: async (file: Blob) =>
      (
        await client.POST('/v1/appointments:import', {
          body: file,
          bodySerializer: (content) => content,
          headers: { 'Content-Type': 'application/octet-stream' },
        })
      ).data,
    onSuccess: settled,
  });
  const told = importing.data?.events.filter((event) => event.reason) ?? [];
  return (
    <Modal open title={t('import.title')} footer={<Button onClick={onClose}>{t('import.close')}</Button>} onCancel={onClose}>
      <Flex vertical gap={12}>
        <Typography.Text type="secondary">{t('import.hint')}</Typography.Text>
        {importing.error && <Alert type="error" showIcon title={words(importing.error)} />}
        {importing.data && (
          <Alert
            type="success"
            showIcon
            title={t('import.done', {
              created: importing.data.createdCount,
              updated: importing.data.updatedCount,
              unchanged: importing.data.unchangedCount,
              skipped: importing.data.skippedCount,
            })}
          />
        )}
        <Upload
          accept=".ics,text/calendar"
          showUploadList={false}
          beforeUpload={(file) => {
            importing.mutate(file);
            return false;
          }}
        >
          <Button icon={<UploadOutlined />} loading={importing.isPending}>
            {t('import.choose')}
          </Button>
        </Upload>
        {told.length > 0 && (
          <Table
            aria-label={t('import.told')}
            size="small"
            rowKey="number"
            pagination={false}
            scroll={{ y: 240 }}
            dataSource={told}
            columns={[
              { title: t('import.number'), dataIndex: 'number', width: 80 },
              { title: t('import.outcome'), dataIndex: 'outcome', render: (outcome: string) => <NamedTag value={outcome} /> },
              {
                title: t('import.reason'),
                dataIndex: 'reason',
                render: (reason: string) =>
                  t(`import.reasons.${reason}`, { defaultValue: t(`reasons:${reason}`, { defaultValue: reason }) }),
              },
            ]}
          />
        )}
      </Flex>
    </Modal>
  );
}
