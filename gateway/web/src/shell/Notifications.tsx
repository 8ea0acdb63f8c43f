import { Button, Flex, List, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, client, refresh } from '../api/client';
import { useFormats } from '../design/formats';
import { EmptyState, Loaded } from '../design/States';
import { useNotificationSentence } from './notificationWords';
import { addressOf } from './resources';

const LIST = '/v1/notifications';

/** The latest notifications, each led to where it can be seen. */
export default function Notifications({ onOpened }: { onOpened: () => void }) {
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
