import { MenuOutlined } from '@ant-design/icons';
import { Button, Drawer, Flex, Grid, Layout } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, ScrollRestoration } from 'react-router';
import { useAccess } from '../access/access';
import { LoadingState } from '../design/States';
import { ConnectionNotice } from './ConnectionNotice';
import { CustomerSearch } from './CustomerSearch';
import { Navigation } from './Navigation';
import { NotificationBell } from './NotificationBell';
import { PersonMenu } from './PersonMenu';
import { PhoneBar } from './PhoneBar';
import { LanguageButton, ThemeButton } from './Preferences';
import { WorkTray } from './WorkTray';

/** The frame around every page: navigation, search, what is being worked on, what happened. */
export function Shell() {
  const { t } = useTranslation();
  const { may, me } = useAccess();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [open, setOpen] = useState(false);
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
      <Drawer
        open={open}
        placement="left"
        size={260}
        onClose={() => setOpen(false)}
        title={<Brand />}
        styles={{ body: { padding: 0 } }}
      >
        <Navigation onOpened={() => setOpen(false)} />
        <Flex gap={8} className="drawer-foot">
          <LanguageButton />
          <ThemeButton />
        </Flex>
      </Drawer>
      <ScrollRestoration />
    </Layout>
  );
}

function Brand() {
  const { t } = useTranslation();
  return (
    <Link to="/" className="brand">
      <img src="/app/icon.svg" alt="" width={28} height={28} />
      <span>{t('productShort')}</span>
    </Link>
  );
}
