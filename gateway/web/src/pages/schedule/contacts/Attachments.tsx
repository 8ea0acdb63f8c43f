import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Popconfirm, Typography, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { Loaded } from '../../../design/States';
import { usePersonName } from '../people';
import type { Contact } from './contact';

type Attachment = Schema<'activity.v1.ContactAttachment'>;

const COUNT_MAX = 20;
const KILOBYTE = 1024;

/** The files of a contact: minutes, photographs, recordings. */
export function Attachments({ contact, mayChange }: { contact: Contact; mayChange: boolean }) {
  const { t } = useTranslation('schedule');
  const words = useRefusalWords();
  const path = { contactId: contact.contactId };
  const list = api.useQuery('get', '/v1/contacts/{contactId}/attachments', { params: { path } });
  const attaching = useMutation({
    mutationFn: (file: File) =>
      client.POST('/v1/contacts/{contactId}/attachments', {
        params: { path, query: { fileName: file.name } },
        body: file,
        bodySerializer: (content) => content,
        headers: { 'Content-Type': file.type || 'application/octet-stream' },
      }),
    onSettled: () => refresh('/v1/contacts'),
  });
  const count = list.data?.attachments.length ?? 0;
  if (!mayChange && !contact.attachmentCount) return null;
  return (
    <Card
      title={t('files.title')}
      extra={
        mayChange &&
        count < COUNT_MAX && (
          <Upload
            showUploadList={false}
            beforeUpload={(file) => {
              attaching.mutate(file);
              return false;
            }}
          >
            <Button icon={<UploadOutlined />} loading={attaching.isPending}>
              {t('files.add')}
            </Button>
          </Upload>
        )
      }
    >
      {attaching.error && <Alert className="form-note" type="error" showIcon title={words(attaching.error)} />}
      <Loaded
        query={list}
        rows={2}
        isEmpty={({ attachments }) => !attachments.length}
        empty={<Typography.Text type="secondary">{t('files.none')}</Typography.Text>}
      >
        {({ attachments }) => (
          <ul className="schedule-plain-list">
            {attachments.map((attachment) => (
              <AttachmentItem key={attachment.attachmentId} attachment={attachment} mayChange={mayChange} />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function AttachmentItem({ attachment, mayChange }: { attachment: Attachment; mayChange: boolean }) {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const formats = useFormats();
  const words = useRefusalWords();
  const nameOf = usePersonName();
  const path = { contactId: attachment.contactId, attachmentId: attachment.attachmentId };
  const failed = (error: unknown) => void message.error(words(error));
  const downloading = useMutation({ mutationFn: () => download(attachment), onError: failed });
  const detaching = useMutation({
    mutationFn: () => client.DELETE('/v1/contacts/{contactId}/attachments/{attachmentId}', { params: { path } }),
    onSuccess: () => refresh('/v1/contacts'),
    onError: failed,
  });
  const size = t('files.size', { size: formats.number(Math.max(1, Number(attachment.sizeBytes) / KILOBYTE)) });
  return (
    <li>
      <Flex justify="space-between" align="center" gap={12} wrap>
        <Flex vertical>
          <Typography.Text>{attachment.fileName}</Typography.Text>
          <Typography.Text type="secondary">
            {[size, nameOf(attachment.createPersonId), formats.instant(attachment.createTime)].filter(Boolean).join(' · ')}
          </Typography.Text>
        </Flex>
        <Flex gap={8}>
          <Button size="small" icon={<DownloadOutlined />} loading={downloading.isPending} onClick={() => downloading.mutate()}>
            {t('files.download')}
          </Button>
          {mayChange && (
            <Popconfirm title={t('files.removeSure')} onConfirm={() => detaching.mutate()}>
              <Button size="small" danger loading={detaching.isPending}>
                {t('files.remove')}
              </Button>
            </Popconfirm>
          )}
        </Flex>
      </Flex>
    </li>
  );
}

/** Through the client, which has the token that a plain link has not. */
async function download({ contactId, attachmentId, fileName }: Attachment): Promise<void> {
  const { data } = await client.GET('/v1/contacts/{contactId}/attachments/{attachmentId}:download', {
    params: { path: { contactId, attachmentId } },
    parseAs: 'blob',
  });
  if (!data) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(data);
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}
