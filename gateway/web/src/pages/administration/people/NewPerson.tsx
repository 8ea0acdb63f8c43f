import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { UnitField } from '../fields';

interface Values {
  staffNumber: string;
  displayName: string;
  login?: string;
  organisationUnitId: string;
}

/** Adds a person; posts and a password follow on the person's page. */
export function NewPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const draft = useDraft('person/new', form);
  const adding = useMutation({
    mutationFn: async (values: Values) =>
      (await client.POST('/v1/people', { body: { ...values, login: values.login ?? '' } })).data,
    onSuccess: async (person) => {
      draft.drop();
      void message.success(t('people.added'));
      await refresh('/v1/people');
      if (person) void navigate(`/administration/people/${person.personId}`);
    },
  });
  const required = { required: true, whitespace: true, message: t('workbench:field.required') };
  return (
    <Drawer
      open
      title={t('people.add')}
      onClose={onClose}
      extra={
        <Button type="primary" loading={adding.isPending} onClick={form.submit}>
          {t('workbench:action.save')}
        </Button>
      }
    >
      {adding.error && <Alert className="form-note" type="error" showIcon title={words(adding.error)} />}
      {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
      <Form form={form} layout="vertical" onValuesChange={draft.keep} onFinish={adding.mutate}>
        <Form.Item name="displayName" label={t('people.name')} rules={[required]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item
          name="staffNumber"
          label={t('people.staffNumber')}
          rules={[{ required: true, pattern: /^[A-Za-z0-9-]{1,32}$/, message: t('people.staffNumberHint') }]}
        >
          <Input maxLength={32} />
        </Form.Item>
        <Form.Item
          name="login"
          label={t('people.login')}
          extra={t('people.loginHint')}
          rules={[{ pattern: /^([a-z0-9][a-z0-9._@-]{0,63})?$/, message: t('people.loginHint') }]}
        >
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        <Form.Item name="organisationUnitId" label={t('workbench:field.unit')} rules={[required]}>
          <UnitField />
        </Form.Item>
      </Form>
    </Drawer>
  );
}
