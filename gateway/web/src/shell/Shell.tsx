import { MenuOutlined } from '@ant-design/icons';
import { Button, Flex, Grid, Layout } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { useAccess } from '../access/access';
import { LoadingState } from '../design/States';
import { Brand } from './Brand';
import { ConnectionNotice } from './ConnectionNotice';
import { CustomerSearch } from './CustomerSearch';
import { Navigation } from './Navigation';
import { NotificationBell } from './NotificationBell';
import { PersonMenu } from './PersonMenu';
import { PhoneBar } from './PhoneBar';
import { LanguageButton, ThemeButton } from './Preferences';
import { useScrollPlace } from './useScrollPlace';
import { WorkTray } from './WorkTray';

const NavigationDrawer = lazy(() => import('./NavigationDrawer'));

/** The frame around every page: navigation, search, what is being worked on, what happened. */
export function Shell() {
  const { t } = useTranslation();
  const { may, me } = useAccess();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
  useScrollPlace();
  return (
    <Layout className="shell">
      <a className="skip" href="#content">
        {t('shell.skip')}
      </a>
      {wide && (
        <Layout.Sider width={216} className="sider">
          <Brand />
          <Navigation />
        </Layout.Sider>
      )}
      <Layout>
        <Layout.Header className="header">
          {!wide && (
            <Button type="text" icon={<MenuOutlined />} aria-label={t('shell.navigation')} onClick={() => setOpen(true)} />
          )}
          <div className="header-search">{may('customer.record.read') && <CustomerSearch />}</div>
          <Flex align="center" gap={4} className="header-tools">
            <WorkTray />
            {may('activity.notification.receive') && <NotificationBell />}
            {wide && <LanguageButton />}
            {wide && <ThemeButton />}
            <PersonMenu me={me} />
          </Flex>
        </Layout.Header>
        <ConnectionNotice />
        <Layout.Content id="content" role="main" tabIndex={-1} className="content">
          <Suspense fallback={<LoadingState rows={8} />}>
            <Outlet />
          </Suspense>
        </Layout.Content>
        {!wide && <PhoneBar />}
      </Layout>
      {!wide && (
        <Suspense>
          <NavigationDrawer open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Layout>
  );
}
