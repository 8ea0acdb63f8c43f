import { useQuery } from '@tanstack/react-query';
import { Button, Flex, List, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, client, refresh } from '../api/client';
import { useFormats } from '../design/formats';
import { EmptyState, Loaded } from '../design/States';
import { addressOf } from './resources';

const LIST = '/v1/notifications';

/** The latest notifications, each led to where it can be seen. */
export default function Notifications({ onOpened }: { onOpened: () => void }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const navigate = useNavigate();
  const sentence = useSentence();
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

/** The sentence of a kind of notification, in the person's language, as the service words it. */
function useSentence(): (kind: string, parameters: Record<string, string>) => string {
  const { i18n } = useTranslation();
  const kinds = useQuery({
    queryKey: ['/v1/notificationKinds'],
    queryFn: async () => (await client.GET('/v1/notificationKinds')).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (kind, parameters) => {
    const known = kinds.data?.notificationKinds.find((each) => each.kind === kind);
    const sentence = (i18n.language === 'zh' ? known?.textZh : known?.textEn) ?? kind;
    return sentence.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
  };
}
