import { InboxOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Drawer, Form, Progress, Upload } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFilters } from '../../../design/useFilters';
import type { Feed } from './feedWords';

const PART_BYTES = 4 * 1024 * 1024;

interface Sent {
  file: File;
  businessDate: string;
}

/** Hands a file to a feed, in parts; its run begins with the last one. */
export function UploadFile({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [, setFilters] = useFilters({ run: '' });
  const [file, setFile] = useState<File>();
  const [date, setDate] = useState<Dayjs | null>(null);
  const [percent, setPercent] = useState(0);
  const sending = useMutation({
    mutationFn: (sent: Sent) => sendFile(feed.name, sent, setPercent),
    onSuccess: async (runId) => {
      void message.success(t('upload.done'));
      onClose();
      await refresh('/v1/feed');
      if (runId) setFilters({ run: runId });
    },
  });
  return (
    <Drawer
      open
      title={t('upload.open')}
      onClose={onClose}
      extra={
        <Button
          type="primary"
          disabled={!file}
          loading={sending.isPending}
          onClick={() => file && sending.mutate({ file, businessDate: date?.format('YYYY-MM-DD') ?? '' })}
        >
          {t('upload.send')}
        </Button>
      }
    >
      {sending.error && <Alert className="form-note" type="error" showIcon title={words(sending.error)} />}
      <Alert className="form-note" type="info" showIcon title={t('upload.hint')} />
      <Form layout="vertical">
        <Form.Item label={t('upload.file')}>
          <Upload.Dragger
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              setPercent(0);
              return false;
            }}
            onRemove={() => setFile(undefined)}
            disabled={sending.isPending}
          >
            <p className="ant-upload-drag-icon">
              <InboxOutlined />
            </p>
            <p>{t('upload.choose')}</p>
          </Upload.Dragger>
        </Form.Item>
        {sending.isPending && <Progress percent={percent} aria-label={t('upload.send')} />}
        <Form.Item label={t('runs.businessDate')} extra={t('upload.dateHint')} htmlFor="upload-date">
          <DatePicker id="upload-date" value={date} onChange={setDate} />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

async function sendFile(
  feed: string,
  { file, businessDate }: Sent,
  tell: (percent: number) => void,
): Promise<string | undefined> {
  const opened = await client.POST('/v1/feeds/{feed}/files', { params: { path: { feed } }, body: { fileName: file.name } });
  const fileId = opened.data?.fileId ?? '';
  let runId: string | undefined;
  for (let offset = 0; offset === 0 || offset < file.size; offset += PART_BYTES) {
    const part = file.slice(offset, offset + PART_BYTES);
    const last = offset + PART_BYTES >= file.size;
    const { data } = await client.POST('/v1/feedFiles/{fileId}:upload', {
      params: { path: { fileId }, query: { offset: String(offset), last, ...(last && businessDate ? { businessDate } : {}) } },
      body: part,
      bodySerializer: (body) => body,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    runId = data?.run?.runId;
    tell(Math.round((Math.min(offset + PART_BYTES, file.size) / Math.max(file.size, 1)) * 100));
  }
  return runId;
}
