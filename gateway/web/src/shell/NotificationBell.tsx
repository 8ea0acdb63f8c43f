import { BellOutlined } from '@ant-design/icons';
import { Badge, Button, Popover } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, refresh } from '../api/client';
import { POLL_MILLISECONDS, useWatch } from '../api/stream';
import { useCalm } from '../api/useCalm';
import { LoadingState } from '../design/States';

const Notifications = lazy(() => import('./Notifications'));

/** What happened that the person should know: counted live, listed when it is opened. */
export function NotificationBell() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const calm = useCalm();
  const count = api.useQuery('get', '/v1/notifications:countUnread', {}, { refetchInterval: POLL_MILLISECONDS, enabled: calm });
  const again = () => void refresh('/v1/notifications');
  useWatch(calm ? '/v1/notifications:watch' : undefined, again, again);
  const unread = Number(count.data?.count ?? 0);
  const list = (
    <Suspense fallback={<LoadingState />}>
      <Notifications onOpened={() => setOpen(false)} />
    </Suspense>
  );
  return (
    <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} content={list} destroyOnHidden>
      <Badge count={unread} size="small" offset={[-6, 6]}>
        <Button type="text" icon={<BellOutlined />} aria-label={t('notifications.open', { count: unread })} />
      </Badge>
    </Popover>
  );
}
