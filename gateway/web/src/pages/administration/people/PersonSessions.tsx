import type { Schema } from '@rm-workbench/client';
import { App, Button, Card, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { useAct } from '../useAct';
import type { Person } from './PeoplePage';

type Session = Schema<'identity.v1.Session'>;

/** Where a person is signed in; a session, or all of them, can be ended. */
export function PersonSessions({ person }: { person: Person }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const { modal } = App.useApp();
  const formats = useFormats();
  const path = { personId: person.personId };
  const sessions = api.useQuery(
    'get',
    '/v1/people/{personId}/sessions',
    { params: { path, query: { pageSize: 200 } } },
    { refetchInterval: 30_000 },
  );
  const ending = useAct(
    (sessionId: string) => client.POST('/v1/people/{personId}/sessions:revoke', { params: { path }, body: { sessionId } }),
    t('sessions.ended'),
    '/v1/people/{personId}/sessions',
  );
  const askAll = () =>
    modal.confirm({
      title: t('sessions.endAll'),
      content: t('sessions.endAllHint', { name: person.displayName }),
      okText: t('sessions.endAll'),
      okButtonProps: { danger: true },
      cancelText: t('workbench:action.cancel'),
      onOk: () => ending.mutate(''),
    });
  const revokes = may('identity.sessions.revoke');
  return (
    <Card
      size="small"
      title={t('sessions.title')}
      extra={
        revokes &&
        Boolean(sessions.data?.sessions.length) && (
          <Button size="small" danger onClick={() => void askAll()}>
            {t('sessions.endAll')}
          </Button>
        )
      }
    >
      <Loaded query={sessions} isEmpty={(data) => !data.sessions.length} empty={<EmptyState words={t('sessions.none')} />}>
        {(data) => (
          <Table<Session>
            size="small"
            aria-label={t('sessions.title')}
            rowKey="sessionId"
            pagination={data.sessions.length > 10 ? { pageSize: 10, size: 'small' } : false}
            scroll={{ x: 'max-content' }}
            dataSource={data.sessions}
            columns={[
              { title: t('sessions.since'), render: (_, session) => formats.instant(session.createTime) },
              { title: t('sessions.address'), dataIndex: 'remoteAddress' },
              { title: t('sessions.method'), render: (_, session) => <Named value={session.signInMethod} /> },
              { title: t('sessions.refreshed'), render: (_, session) => formats.instant(session.refreshTime) },
              { title: t('sessions.expires'), render: (_, session) => formats.instant(session.expireTime) },
              ...(revokes ? [{ title: t('actions'), render: (_: unknown, session: Session) => endButton(session) }] : []),
            ]}
          />
        )}
      </Loaded>
    </Card>
  );

  function endButton(session: Session) {
    return (
      <Button
        size="small"
        loading={ending.isPending && ending.variables === session.sessionId}
        onClick={() => ending.mutate(session.sessionId)}
      >
        {t('sessions.end')}
      </Button>
    );
  }
}
