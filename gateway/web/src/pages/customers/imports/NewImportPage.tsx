import { InboxOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Card, Flex, Progress, Steps, Typography, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { Page } from '../../../design/Page';
import '../customers.css';
import { uploadImport } from './import';
import { useImportSteps } from './useImportSteps';

/** The first step: the file. */
export default function NewImportPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const words = useRefusalWords();
  const steps = useImportSteps();
  const [sent, setSent] = useState({ bytes: 0, total: 1 });
  const uploading = useMutation({
    mutationFn: (file: File) => uploadImport(file, (bytes) => setSent({ bytes, total: file.size || 1 })),
    onSuccess: async (made) => {
      await refresh('/v1/imports');
      if (made) void navigate(`/customers/imports/${made.importId}`, { replace: true });
    },
  });
  return (
    <Page title={t('imports.new')}>
      <Card>
        <Flex vertical gap={24}>
          <Steps size="small" current={0} items={steps} />
          {uploading.error && <Alert type="error" showIcon title={words(uploading.error)} />}
          {uploading.isPending ? (
            <Progress percent={Math.floor((sent.bytes / sent.total) * 100)} aria-label={t('imports.uploading')} />
          ) : (
            <Upload.Dragger
              accept=".csv,.xlsx,.vcf,.txt"
              maxCount={1}
              showUploadList={false}
              beforeUpload={(file) => {
                uploading.mutate(file);
                return false;
              }}
            >
              <p className="ant-upload-drag-icon">
                <InboxOutlined />
              </p>
              <p className="ant-upload-text">{t('imports.drop')}</p>
              <p className="ant-upload-hint">{t('imports.kinds')}</p>
            </Upload.Dragger>
          )}
          <Typography.Paragraph type="secondary" className="import-hint">
            {t('imports.hint')}
          </Typography.Paragraph>
        </Flex>
      </Card>
    </Page>
  );
}
