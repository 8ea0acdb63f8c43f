import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { isStale, StaleEdit } from '../../../api/StaleEdit';
import { useUnits } from '../../../design/selects';
import { UnitField } from '../fields';
import type { Person } from './PeoplePage';

interface Values {
  displayName: string;
  organisationUnitId: string;
}

/** Another name or another unit; number and sign-in name never change. */
export function EditPerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const units = useUnits();
  const path = { personId: person.personId };
  const [form] = Form.useForm<Values>();
  const draft = useDraft(`person/${person.personId}`, form);
  const [theirs, setTheirs] = useState<Person>();
  const done = async () => {
    draft.drop();
    onClose();
    await refresh('/v1/people');
  };
  const saving = useMutation({
    mutationFn: ({ values, etag }: { values: Values; etag: string }) =>
      client.PATCH('/v1/people/{personId}', {
        params: { path, query: { updateMask: 'displayName,organisationUnitId' }, header: { 'If-Match': `"${etag}"` } },
        body: values,
      }),
    onSuccess: () => {
      void message.success(t('workbench:state.saved'));
      return done();
    },
    onError: async (error) => {
      if (isStale(error)) setTheirs((await client.GET('/v1/people/{personId}', { params: { path } })).data);
    },
  });
  const nameOf = (unitId: string) => units.data?.find((unit) => unit.organisationUnitId === unitId)?.displayName ?? unitId;
  if (theirs) {
    const mine = form.getFieldsValue(true) as Values;
    return (
      <StaleEdit
        fields={[
          { label: t('people.name'), theirs: theirs.displayName, mine: mine.displayName },
          { label: t('workbench:field.unit'), theirs: nameOf(theirs.organisationUnitId), mine: nameOf(mine.organisationUnitId) },
        ]}
        onKeepMine={() => {
          setTheirs(undefined);
          saving.mutate({ values: mine, etag: theirs.etag });
        }}
        onTakeTheirs={() => void done()}
        onCancel={() => setTheirs(undefined)}
      />
    );
  }
  const required = { required: true, whitespace: true, message: t('workbench:field.required') };
  return (
    <Drawer
      open
      title={t('people.edit', { name: person.displayName })}
      onClose={onClose}
      extra={
        <Button type="primary" loading={saving.isPending} onClick={form.submit}>
          {t('workbench:action.save')}
        </Button>
      }
    >
      {saving.error && !isStale(saving.error) && (
        <Alert className="form-note" type="error" showIcon title={words(saving.error)} />
      )}
      {draft.restored && <Alert className="form-note" type="info" showIcon title={t('workbench:state.draftRestored')} />}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ displayName: person.displayName, organisationUnitId: person.organisationUnitId }}
        onValuesChange={draft.keep}
        onFinish={(values) => saving.mutate({ values, etag: person.etag })}
      >
        <Form.Item name="displayName" label={t('people.name')} rules={[required]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="organisationUnitId" label={t('workbench:field.unit')} rules={[required]}>
          <UnitField />
        </Form.Item>
      </Form>
    </Drawer>
  );
}
