import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Form, Grid, Input, List, Table, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { api, client, queries, refresh } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { Page } from '../../design/Page';
import { Loaded } from '../../design/States';

/** The others are shown where one asks for them. */
const SESSIONS_SHOWN = 8;

/** One's own account: posts, password, second factor, devices. */
export default function AccountPage() {
  const { t } = useTranslation('account');
  return (
    <Page title={t('title')}>
      <Flex vertical gap={16}>
        <Posts />
        <Password />
        <SecondFactor />
        <Sessions />
      </Flex>
    </Page>
  );
}

function Posts() {
  const { t } = useTranslation('account');
  const bilingual = useBilingual();
  const { me } = useAccess();
  return (
    <Card title={t('posts')}>
      <Table
        size="small"
        pagination={false}
        rowKey="grantId"
        dataSource={me.posts}
        columns={[
          { title: t('role'), dataIndex: 'roleDisplayName', render: bilingual },
          { title: t('unit'), dataIndex: 'organisationUnitDisplayName' },
        ]}
      />
    </Card>
  );
}

/** On a phone a field has the whole width. */
function useLayout() {
  return (Grid.useBreakpoint().md ?? true) ? 'inline' : 'vertical';
}

interface Passwords {
  currentPassword: string;
  newPassword: string;
}

function Password() {
  const { t } = useTranslation('account');
  const layout = useLayout();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Passwords>();
  const changing = useMutation({
    mutationFn: (body: Passwords) => client.POST('/v1/me:changePassword', { body }),
    onSuccess: () => {
      void message.success(t('changed'));
      form.resetFields();
      return refresh('/v1/sessions');
    },
  });
  return (
    <Card title={t('password')}>
      {changing.error && <Alert className="form-note" type="error" showIcon title={words(changing.error)} />}
      <Form form={form} layout={layout} onFinish={(passwords) => changing.mutate(passwords)}>
        <Form.Item name="currentPassword" label={t('present')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoComplete="current-password" maxLength={128} />
        </Form.Item>
        <Form.Item
          name="newPassword"
          label={t('new')}
          tooltip={t('newHint')}
          rules={[{ required: true, min: 12, message: t('newHint') }]}
        >
          <Input.Password autoComplete="new-password" maxLength={128} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={changing.isPending}>
          {t('change')}
        </Button>
      </Form>
    </Card>
  );
}

function SecondFactor() {
  const { t } = useTranslation('account');
  const layout = useLayout();
  const { me } = useAccess();
  const words = useRefusalWords();
  const starting = useMutation({
    mutationFn: async (body: { password: string }) => (await client.POST('/v1/me/totp:start', { body })).data,
  });
  const settled = () => queries.invalidateQueries({ queryKey: ['me'] });
  const confirming = useMutation({
    mutationFn: (body: { totpCode: string }) => client.POST('/v1/me/totp:confirm', { body }),
    onSuccess: settled,
  });
  const removing = useMutation({
    mutationFn: (body: { password: string; totpCode: string }) => client.POST('/v1/me/totp:remove', { body }),
    onSuccess: settled,
  });
  const error = starting.error ?? confirming.error ?? removing.error;
  return (
    <Card title={t('factor')}>
      {error && <Alert className="form-note" type="error" showIcon title={words(error)} />}
      <Typography.Paragraph>{t(me.totpEnrolled ? 'factorOn' : 'factorOff')}</Typography.Paragraph>
      {me.totpEnrolled ? (
        <Form layout={layout} onFinish={removing.mutate}>
          <PasswordField />
          <CodeField />
          <Button danger htmlType="submit" loading={removing.isPending}>
            {t('factorRemove')}
          </Button>
        </Form>
      ) : starting.data ? (
        <>
          <Typography.Paragraph>{t('factorSecret')}</Typography.Paragraph>
          <Typography.Paragraph copyable code>
            {starting.data.secret}
          </Typography.Paragraph>
          <Form layout={layout} onFinish={confirming.mutate}>
            <CodeField />
            <Button type="primary" htmlType="submit" loading={confirming.isPending}>
              {t('factorConfirm')}
            </Button>
          </Form>
        </>
      ) : (
        <Form layout={layout} onFinish={starting.mutate}>
          <PasswordField />
          <Button htmlType="submit" loading={starting.isPending}>
            {t('factorStart')}
          </Button>
        </Form>
      )}
    </Card>
  );
}

function PasswordField() {
  const { t } = useTranslation('account');
  return (
    <Form.Item name="password" label={t('present')} rules={[{ required: true, message: '' }]}>
      <Input.Password autoComplete="current-password" maxLength={128} />
    </Form.Item>
  );
}

function CodeField() {
  const { t } = useTranslation('account');
  return (
    <Form.Item name="totpCode" label={t('factorCode')} rules={[{ required: true, pattern: /^\d{6}$/, message: t('factorCode') }]}>
      <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
    </Form.Item>
  );
}

function Sessions() {
  const { t } = useTranslation('account');
  const formats = useFormats();
  const list = api.useQuery('get', '/v1/sessions', {});
  const [all, setAll] = useState(false);
  const ending = useMutation({
    mutationFn: (sessionId: string) =>
      client.POST('/v1/sessions/{sessionId}:revoke', { params: { path: { sessionId } }, body: {} }),
    onSuccess: () => refresh('/v1/sessions'),
  });
  return (
    <Card title={t('sessions')}>
      <Loaded query={list}>
        {({ sessions }) => (
          <List
            dataSource={all ? sessions : sessions.slice(0, SESSIONS_SHOWN)}
            loadMore={
              !all &&
              sessions.length > SESSIONS_SHOWN && (
                <Button type="link" onClick={() => setAll(true)}>
                  {t('allSessions', { count: sessions.length })}
                </Button>
              )
            }
            rowKey="sessionId"
            renderItem={(session) => (
              <List.Item
                actions={[
                  session.current ? (
                    <Tag key="here">{t('here')}</Tag>
                  ) : (
                    <Button key="end" size="small" onClick={() => ending.mutate(session.sessionId)}>
                      {t('end')}
                    </Button>
                  ),
                ]}
              >
                <List.Item.Meta title={formats.instant(session.createTime)} description={session.remoteAddress} />
              </List.Item>
            )}
          />
        )}
      </Loaded>
    </Card>
  );
}
