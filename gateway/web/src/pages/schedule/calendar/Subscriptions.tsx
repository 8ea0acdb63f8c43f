import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Flex, Form, Input, Popconfirm, Select, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { Named, useNamedChoices } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';

const DETAILS = ['CALENDAR_FEED_DETAIL_BUSY', 'CALENDAR_FEED_DETAIL_TITLES'] as const;

interface NewFeed {
  displayName: string;
  detail: (typeof DETAILS)[number];
}

/** Links by which calendar programs outside read one's own calendar. */
export function Subscriptions({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const words = useRefusalWords();
  const choices = useNamedChoices();
  const [form] = Form.useForm<NewFeed>();
  const making = useMutation({
    mutationFn: async (body: NewFeed) => (await client.POST('/v1/calendarFeeds', { body })).data,
    onSuccess: () => {
      form.resetFields();
      return refresh('/v1/calendarFeeds');
    },
  });
  return (
    <Drawer open size={520} onClose={onClose} title={t('feeds.title')}>
      <Flex vertical gap={16}>
        <Typography.Text type="secondary">{t('feeds.hint')}</Typography.Text>
        {making.error && <Alert type="error" showIcon title={words(making.error)} />}
        {making.data && (
          <Alert
            type="success"
            title={t('feeds.made')}
            description={
              <Typography.Text code copyable className="feed-link">
                {`${window.location.origin}${making.data.path}`}
              </Typography.Text>
            }
          />
        )}
        <Form form={form} layout="vertical" initialValues={{ detail: DETAILS[0] }} onFinish={(feed) => making.mutate(feed)}>
          <Flex gap={8} wrap align="end">
            <Form.Item
              name="displayName"
              label={t('feeds.name')}
              rules={[{ required: true, whitespace: true, message: t('feeds.nameNeeded') }]}
              className="schedule-plain-item schedule-grows"
            >
              <Input maxLength={60} placeholder={t('feeds.nameHint')} />
            </Form.Item>
            <Form.Item name="detail" label={t('feeds.detail')} className="schedule-plain-item">
              <Select options={choices(DETAILS)} className="feed-detail" />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={making.isPending}>
              {t('feeds.make')}
            </Button>
          </Flex>
        </Form>
        <Feeds />
      </Flex>
    </Drawer>
  );
}

function Feeds() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const formats = useFormats();
  const words = useRefusalWords();
  const list = api.useQuery('get', '/v1/calendarFeeds', {});
  const revoking = useMutation({
    mutationFn: (calendarFeedId: string) =>
      client.DELETE('/v1/calendarFeeds/{calendarFeedId}', { params: { path: { calendarFeedId } } }),
    onSuccess: () => refresh('/v1/calendarFeeds'),
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Loaded query={list} isEmpty={({ calendarFeeds }) => !calendarFeeds.length} empty={<EmptyState words={t('feeds.none')} />}>
      {({ calendarFeeds }) => (
        <Table
          aria-label={t('feeds.title')}
          size="small"
          rowKey="calendarFeedId"
          pagination={false}
          dataSource={calendarFeeds}
          columns={[
            { title: t('feeds.name'), dataIndex: 'displayName' },
            { title: t('feeds.detail'), dataIndex: 'detail', render: (detail: string) => <Named value={detail} /> },
            { title: t('feeds.since'), dataIndex: 'createTime', render: (time: string) => formats.instant(time) },
            {
              title: '',
              key: 'revoke',
              render: (_, feed) => (
                <Popconfirm title={t('feeds.revokeSure')} onConfirm={() => revoking.mutate(feed.calendarFeedId)}>
                  <Button size="small" danger>
                    {t('feeds.revoke')}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
