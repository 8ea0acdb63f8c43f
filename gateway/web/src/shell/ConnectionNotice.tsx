import { onlineManager, useQueryClient } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

/** Says that the connection is gone, and asks for everything anew when it is back. */
export function ConnectionNotice() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const online = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
  useEffect(() => {
    if (online) void queries.refetchQueries({ type: 'active', stale: true });
  }, [online, queries]);
  return online ? null : <Alert banner type="warning" title={t('shell.offline')} />;
}
