import { Alert, App, Button, Card, Descriptions, Flex, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { Loaded } from '../../../design/States';
import { ProposeGrant } from '../grants/ProposeGrant';
import { UnitName } from '../names';
import { useAct } from '../useAct';
import { EditPerson } from './EditPerson';
import { FederatedIdentity } from './FederatedIdentity';
import { type Person, PersonStateTag } from './PeoplePage';
import { PersonPosts } from './PersonPosts';
import { PersonSessions } from './PersonSessions';
import { ResetPassword } from './ResetPassword';
import '../administration.css';

/** One person: what the person is, holds, and where the person is signed in. */
export default function PersonPage() {
  const { personId = '' } = useParams();
  const person = api.useQuery('get', '/v1/people/{personId}', { params: { path: { personId } } });
  return <Loaded query={person}>{(known) => <PersonView person={known} />}</Loaded>;
}

type Dialog = 'edit' | 'reset' | 'disable' | 'propose';

function PersonView({ person }: { person: Person }) {
  const { t } = useTranslation('administration');
  const { may, personId } = useAccess();
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const manages = may('identity.people.manage');
  const oneself = person.personId === personId;
  return (
    <Page
      title={person.displayName}
      note={[t('people.numbered', { number: person.staffNumber }), person.login].filter(Boolean).join(' · ')}
      actions={manages && <PersonActions person={person} oneself={oneself} onOpen={setDialog} />}
    >
      <Flex vertical gap={16}>
        {person.state === 'PERSON_STATE_DISABLED' && <Alert type="warning" showIcon title={t('people.disabledNote')} />}
        <Profile person={person} />
        {may('identity.grants.read') && (
          <PersonPosts person={person} {...(oneself ? {} : { onPropose: () => setDialog('propose') })} />
        )}
        {may('identity.sessions.read') && <PersonSessions person={person} />}
        {manages && !oneself && <FederatedIdentity person={person} />}
      </Flex>
      {dialog === 'edit' && <EditPerson person={person} onClose={close} />}
      {dialog === 'reset' && <ResetPassword person={person} onClose={close} />}
      {dialog === 'disable' && <DisablePerson person={person} onClose={close} />}
      {dialog === 'propose' && <ProposeGrant personId={person.personId} onClose={close} />}
    </Page>
  );
}

function PersonActions({ person, oneself, onOpen }: { person: Person; oneself: boolean; onOpen: (dialog: Dialog) => void }) {
  const { t } = useTranslation('administration');
  const { modal } = App.useApp();
  const path = { personId: person.personId };
  const enabling = useAct(
    () => client.POST('/v1/people/{personId}:enable', { params: { path }, body: {} }),
    t('people.enabled'),
    '/v1/people',
  );
  const askEnable = () =>
    modal.confirm({
      title: t('people.enable'),
      content: t('people.enableHint', { name: person.displayName }),
      okText: t('people.enable'),
      cancelText: t('workbench:action.cancel'),
      onOk: () => enabling.mutate(undefined),
    });
  return (
    <>
      <Button onClick={() => onOpen('edit')}>{t('workbench:action.edit')}</Button>
      {!oneself && person.login && <Button onClick={() => onOpen('reset')}>{t('people.reset')}</Button>}
      {!oneself && person.state === 'PERSON_STATE_ACTIVE' && (
        <Button danger onClick={() => onOpen('disable')}>
          {t('people.disable')}
        </Button>
      )}
      {person.state === 'PERSON_STATE_DISABLED' && <Button onClick={() => void askEnable()}>{t('people.enable')}</Button>}
    </>
  );
}

function Profile({ person }: { person: Person }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  return (
    <Card size="small">
      <Descriptions
        size="small"
        column={{ xs: 1, md: 2, xl: 3 }}
        items={[
          { key: 'state', label: t('workbench:field.state'), children: <PersonStateTag state={person.state} /> },
          { key: 'unit', label: t('workbench:field.unit'), children: <UnitName path={person.organisationPath} /> },
          { key: 'number', label: t('people.staffNumber'), children: person.staffNumber },
          { key: 'login', label: t('people.login'), children: person.login || t('people.noLogin') },
          { key: 'created', label: t('people.created'), children: formats.instant(person.createTime) },
          { key: 'changed', label: t('people.changed'), children: formats.instant(person.updateTime) },
          {
            key: 'id',
            label: t('people.id'),
            children: (
              <Typography.Text copyable className="identifier">
                {person.personId}
              </Typography.Text>
            ),
          },
        ]}
      />
    </Card>
  );
}

function DisablePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const submit = async (reason: string) => {
    await client.POST('/v1/people/{personId}:disable', { params: { path: { personId: person.personId } }, body: { reason } });
    await refresh('/v1/people');
  };
  return (
    <ReasonDialog
      danger
      title={t('people.disable')}
      hint={t('people.disableHint', { name: person.displayName })}
      draftKey={`person:${person.personId}:disable`}
      okText={t('people.disable')}
      doneWords={t('people.disabled')}
      submit={submit}
      onClose={onClose}
    />
  );
}
