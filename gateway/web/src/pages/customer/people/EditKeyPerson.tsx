import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { isStale, StaleEdit } from '../../../api/StaleEdit';
import { useNamed, useNamedChoices } from '../../../design/Named';
import type { KeyPerson } from './KeyPersons';

const ROLES = [
  'DECISION_ROLE_DECIDER',
  'DECISION_ROLE_INFLUENCER',
  'DECISION_ROLE_HANDLER',
  'DECISION_ROLE_ADVOCATE',
  'DECISION_ROLE_OPPONENT',
] as const;

type Values = Pick<KeyPerson, 'displayName' | 'position' | 'decisionRole' | 'birthday' | 'preferences'> & { mobile: string };

interface Props {
  customerId: string;
  /** Whom to change; a new one where nobody is given. */
  person?: KeyPerson;
  onClose: () => void;
}

export function EditKeyPerson({ customerId, person, onClose }: Props) {
  const { t } = useTranslation('customer');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const choices = useNamedChoices();
  const [form] = Form.useForm<Values>();
  const draft = useDraft(`key-person-${person?.keyPersonId ?? customerId}`, form);
  const [theirs, setTheirs] = useState<KeyPerson>();
  const saving = useMutation({
    mutationFn: ({ values, etag }: { values: Values; etag: string }) =>
      person ? change(person, values, etag) : add(customerId, values),
    onSuccess: async () => {
      draft.drop();
      void message.success(t('workbench:state.saved'));
      onClose();
      await refresh('/v1/customers/{customerId}/keyPersons');
    },
    onError: async (error) => {
      if (isStale(error) && person) setTheirs(await now(person.keyPersonId));
    },
  });
  const values = () => form.getFieldsValue(true) as Values;
  return (
    <Modal
      open
      title={t(person ? 'keyPerson.edit' : 'keyPerson.add')}
      okText={t('workbench:action.save')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={saving.isPending}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={person ?? {}}
        onValuesChange={draft.keep}
        onFinish={() => saving.mutate({ values: values(), etag: person?.etag ?? '' })}
        requiredMark={false}
      >
        {saving.error && !isStale(saving.error) && (
          <Alert className="form-note" type="error" showIcon title={words(saving.error)} />
        )}
        <Form.Item
          name="displayName"
          label={t('keyPerson.name')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="position" label={t('keyPerson.position')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="decisionRole" label={t('keyPerson.role')}>
          <Select allowClear options={choices(ROLES)} />
        </Form.Item>
        {!person && (
          <Form.Item name="mobile" label={t('phone')}>
            <Input maxLength={32} inputMode="tel" />
          </Form.Item>
        )}
        <Form.Item
          name="birthday"
          label={t('keyPerson.birthday')}
          extra={t('keyPerson.birthdayHint')}
          rules={[{ pattern: /^(([0-9]{4}|-)-[0-9]{2}-[0-9]{2})?$/, message: t('keyPerson.birthdayHint') }]}
        >
          <Input maxLength={10} placeholder="1980-05-20" />
        </Form.Item>
        <Form.Item name="preferences" label={t('keyPerson.preferences')}>
          <Input.TextArea maxLength={500} rows={2} />
        </Form.Item>
      </Form>
      {theirs && (
        <StaleKeyPerson
          theirs={theirs}
          mine={values()}
          onTakeTheirs={() => {
            draft.drop();
            onClose();
            void refresh('/v1/customers/{customerId}/keyPersons');
          }}
          onKeepMine={() => {
            setTheirs(undefined);
            saving.mutate({ values: values(), etag: theirs.etag });
          }}
          onCancel={() => setTheirs(undefined)}
        />
      )}
    </Modal>
  );
}

function StaleKeyPerson({
  theirs,
  mine,
  ...acts
}: {
  theirs: KeyPerson;
  mine: Values;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation('customer');
  const named = useNamed();
  return (
    <StaleEdit
      {...acts}
      fields={[
        { label: t('keyPerson.name'), theirs: theirs.displayName, mine: mine.displayName },
        { label: t('keyPerson.position'), theirs: theirs.position, mine: mine.position },
        { label: t('keyPerson.role'), theirs: named(theirs.decisionRole), mine: named(mine.decisionRole) },
        { label: t('keyPerson.birthday'), theirs: theirs.birthday, mine: mine.birthday },
        { label: t('keyPerson.preferences'), theirs: theirs.preferences, mine: mine.preferences },
      ]}
    />
  );
}

async function now(keyPersonId: string): Promise<KeyPerson | undefined> {
  return (await client.GET('/v1/keyPersons/{keyPersonId}', { params: { path: { keyPersonId } } })).data;
}

function add(customerId: string, { mobile, ...values }: Values) {
  return client.POST('/v1/customers/{customerId}/keyPersons', {
    params: { path: { customerId } },
    body: {
      ...withRole(values),
      contactPoints: mobile ? [{ kind: 'CONTACT_KIND_MOBILE', value: mobile }] : [],
    },
  });
}

function change({ keyPersonId }: KeyPerson, values: Values, etag: string) {
  return client.PATCH('/v1/keyPersons/{keyPersonId}', {
    params: {
      path: { keyPersonId },
      query: { updateMask: 'displayName,position,decisionRole,birthday,preferences' },
      header: { 'If-Match': etag },
    },
    body: withRole(values),
  });
}

function withRole({ displayName, position, decisionRole, birthday, preferences }: Omit<Values, 'mobile'>) {
  return {
    displayName,
    position: position ?? '',
    decisionRole: decisionRole ?? 'DECISION_ROLE_UNSPECIFIED',
    birthday: birthday ?? '',
    preferences: preferences ?? '',
  };
}
