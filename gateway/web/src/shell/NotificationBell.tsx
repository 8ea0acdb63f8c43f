import { BellOutlined } from '@ant-design/icons';
import { Badge, Button, Flex, List, Popover, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, client, refresh } from '../api/client';
import { POLL_MILLISECONDS, useWatch } from '../api/stream';
import { useFormats } from '../design/formats';
import { EmptyState, Loaded } from '../design/States';
import { useNotificationSentence } from './notificationWords';
import { addressOf } from './resources';

const LIST = '/v1/notifications';

/** What happened that the person should know: counted live, listed, each led to where it can be seen. */
export function NotificationBell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const count = api.useQuery('get', '/v1/notifications:countUnread', {}, { refetchInterval: POLL_MILLISECONDS });
  const again = () => void refresh(LIST);
  useWatch('/v1/notifications:watch', again, again);
  const unread = Number(count.data?.count ?? 0);
  const words = t('notifications.open', { count: unread });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={open && <Notifications onOpened={() => setOpen(false)} />}
    >
      <Badge count={unread} size="small" offset={[-6, 6]}>
        <Button type="text" icon={<BellOutlined />} aria-label={words} />
      </Badge>
    </Popover>
  );
}

function Notifications({ onOpened }: { onOpened: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const navigate = useNavigate();
  const sentence = useNotificationSentence();
  const list = api.useQuery('get', LIST, { params: { query: { pageSize: 20 } } });
  const read = async (notificationIds: string[]) => {
    await client.POST('/v1/notifications:markRead', { body: { notificationIds } });
    await refresh(LIST);
  };
  return (
    <div className="notifications">
      <Loaded query={list} isEmpty={(data) => !data.notifications.length} empty={<EmptyState words={t('notifications.none')} />}>
        {({ notifications }) => {
          const unread = notifications.filter((each) => !each.readTime).map((each) => each.notificationId);
          return (
            <>
              <Flex justify="space-between" align="center">
                <Typography.Text strong>{t('notifications.title')}</Typography.Text>
                <Button type="link" size="small" disabled={!unread.length} onClick={() => void read(unread)}>
                  {t('notifications.readAll')}
                </Button>
              </Flex>
              <List
                size="small"
                dataSource={notifications}
                rowKey="notificationId"
                renderItem={(each) => {
                  const address = addressOf(each.resource);
                  const go = () => {
                    if (!each.readTime) void read([each.notificationId]);
                    if (!address) return;
                    onOpened();
                    void navigate(address);
                  };
                  return (
                    <List.Item className={each.readTime ? '' : 'unread'}>
                      <button type="button" className="plain" onClick={go}>
                        <span>{sentence(each.kind, each.parameters)}</span>
                        <Typography.Text type="secondary">{formats.instant(each.createTime)}</Typography.Text>
                      </button>
                    </List.Item>
                  );
                }}
              />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
