import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { PersonField, UnitField } from '../fields';
import { useOwnLanguage, useRoles } from '../names';

type Scope = 'SCOPE_KIND_OWN' | 'SCOPE_KIND_TEAM' | 'SCOPE_KIND_SUBTREE';

interface Values {
  personId: string;
  role: string;
  organisationUnitId: string;
  scope: Scope;
  scopeUnitId?: string;
  reason: string;
}

/** Proposes a post for a person; somebody else approves it. */
export function ProposeGrant({ personId, onClose }: { personId?: string; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Values>();
  const draft = useDraft(`grant/${personId ?? 'new'}`, form);
  const proposing = useMutation({
    mutationFn: (values: Values) =>
      client.POST('/v1/grants', {
        body: { ...values, scopeUnitId: values.scope === 'SCOPE_KIND_SUBTREE' ? (values.scopeUnitId ?? '') : '' },
      }),
    onSuccess: () => {
      draft.drop();
      void message.success(t('grants.proposed'));
      onClose();
      return refresh('/v1/grants');
    },
  });
  const required = { required: true, message: t('workbench:field.required') };
  return (
    <Drawer
      open
      title={t('grants.propose')}
      onClose={onClose}
      extra={
        <Button type="primary" loading={proposing.isPending} onClick={form.submit}>
          {t('grants.send')}
        </Button>
      }
    >
      {proposing.error && <Alert className="form-note" type="error" showIcon title={words(proposing.error)} />}
      {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
      <Alert className="form-note" type="info" showIcon title={t('grants.proposeHint')} />
      <Form
        form={form}
        layout="vertical"
        initialValues={personId ? { personId } : {}}
        onValuesChange={draft.keep}
        onFinish={proposing.mutate}
      >
        <Form.Item name="personId" label={t('grants.person')} rules={[required]} hidden={Boolean(personId)}>
          <PersonField />
        </Form.Item>
        <RoleAndScope />
        <Form.Item name="reason" label={t('workbench:field.reason')} rules={[{ ...required, whitespace: true }]}>
          <Input.TextArea maxLength={200} showCount rows={2} />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

/** The role, where, and the scopes that the role can have. */
function RoleAndScope() {
  const { t } = useTranslation('administration');
  const form = Form.useFormInstance<Values>();
  const roles = useRoles();
  const own = useOwnLanguage();
  const named = useNamed();
  const choices = useNamedChoices();
  const role = Form.useWatch('role', form);
  const scope = Form.useWatch('scope', form);
  const scopes = (roles.data?.roles.find((each) => each.role === role)?.scopes ?? []) as Scope[];
  const required = { required: true, message: t('workbench:field.required') };
  const grouped = (['ROLE_DUTY_BUSINESS', 'ROLE_DUTY_SYSTEM'] as const).map((duty) => ({
    label: named(duty),
    options: (roles.data?.roles ?? [])
      .filter((each) => each.duty === duty)
      .map((each) => ({ value: each.role, label: own(each.displayName) })),
  }));
  return (
    <>
      <Form.Item name="role" label={t('grants.role')} rules={[required]}>
        <Select
          loading={roles.isLoading}
          options={grouped}
          onChange={(chosen: string) => {
            const fits = roles.data?.roles.find((each) => each.role === chosen)?.scopes ?? [];
            if (!fits.includes(form.getFieldValue('scope'))) form.setFieldValue('scope', fits[0]);
          }}
        />
      </Form.Item>
      <Form.Item name="organisationUnitId" label={t('grants.unit')} rules={[required]}>
        <UnitField />
      </Form.Item>
      <Form.Item name="scope" label={t('grants.scope')} rules={[required]}>
        <Select options={choices(scopes)} disabled={!role} />
      </Form.Item>
      {scope === 'SCOPE_KIND_SUBTREE' && (
        <Form.Item name="scopeUnitId" label={t('grants.scopeUnit')} extra={t('grants.scopeUnitHint')}>
          <UnitField allowClear />
        </Form.Item>
      )}
    </>
  );
}
