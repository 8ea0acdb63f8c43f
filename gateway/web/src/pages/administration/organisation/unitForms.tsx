// Adding a unit, renaming it, moving it.
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { isStale, StaleEdit } from '../../../api/StaleEdit';
import { useNamedChoices } from '../../../design/Named';
import type { Unit } from '../../../design/selects';
import { UnitField } from '../fields';

const KINDS = [
  'ORGANISATION_UNIT_KIND_BRANCH',
  'ORGANISATION_UNIT_KIND_SUB_BRANCH',
  'ORGANISATION_UNIT_KIND_OUTLET',
  'ORGANISATION_UNIT_KIND_DEPARTMENT',
  'ORGANISATION_UNIT_KIND_TEAM',
] as const;

/** Reads a unit as it stands now, to lay it beside one's own edit. */
async function unitNow(organisationUnitId: string): Promise<Unit | undefined> {
  return (await client.GET('/v1/organisationUnits/{organisationUnitId}', { params: { path: { organisationUnitId } } })).data;
}

function useSaved(onClose: () => void) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  return async () => {
    void message.success(t('workbench:state.saved'));
    onClose();
    await refresh('/v1/organisationUnits');
  };
}

interface NewUnitValues {
  code: string;
  kind: (typeof KINDS)[number];
  displayName: string;
}

export function NewUnit({ parent, onClose }: { parent: Unit; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const choices = useNamedChoices();
  const words = useRefusalWords();
  const [form] = Form.useForm<NewUnitValues>();
  const draft = useDraft(`unit/${parent.organisationUnitId}`, form);
  const saved = useSaved(onClose);
  const adding = useMutation({
    mutationFn: (values: NewUnitValues) =>
      client.POST('/v1/organisationUnits', { body: { ...values, parentUnitId: parent.organisationUnitId } }),
    onSuccess: () => {
      draft.drop();
      return saved();
    },
  });
  return (
    <Modal
      open
      title={t('organisation.addBelow', { name: parent.displayName })}
      okText={t('workbench:action.add')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: adding.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {adding.error && <Alert className="form-note" type="error" showIcon title={words(adding.error)} />}
      <Form form={form} layout="vertical" onValuesChange={draft.keep} onFinish={adding.mutate}>
        <Form.Item
          name="displayName"
          label={t('organisation.name')}
          rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
        >
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('organisation.code')}
          extra={t('organisation.codeHint')}
          rules={[{ required: true, pattern: /^[A-Z0-9]{1,16}$/, message: t('organisation.codeHint') }]}
        >
          <Input maxLength={16} />
        </Form.Item>
        <Form.Item
          name="kind"
          label={t('organisation.kind')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <Select options={choices(KINDS)} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function RenameUnit({ unit, onClose }: { unit: Unit; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const words = useRefusalWords();
  const [form] = Form.useForm<{ displayName: string }>();
  const [theirs, setTheirs] = useState<Unit>();
  const saved = useSaved(onClose);
  const renaming = useMutation({
    mutationFn: ({ displayName, etag }: { displayName: string; etag: string }) =>
      client.PATCH('/v1/organisationUnits/{organisationUnitId}', {
        params: {
          path: { organisationUnitId: unit.organisationUnitId },
          query: { updateMask: 'displayName' },
          header: { 'If-Match': `"${etag}"` },
        },
        body: { displayName },
      }),
    onSuccess: saved,
    onError: async (error) => {
      if (isStale(error)) setTheirs(await unitNow(unit.organisationUnitId));
    },
  });
  const typed = () => form.getFieldValue('displayName') as string;
  if (theirs) {
    return (
      <StaleEdit
        fields={[{ label: t('organisation.name'), theirs: theirs.displayName, mine: typed() }]}
        onKeepMine={() => {
          setTheirs(undefined);
          renaming.mutate({ displayName: typed(), etag: theirs.etag });
        }}
        onTakeTheirs={() => void saved()}
        onCancel={() => setTheirs(undefined)}
      />
    );
  }
  return (
    <Modal
      open
      title={t('organisation.rename')}
      okText={t('workbench:action.save')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: renaming.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {renaming.error && !isStale(renaming.error) && (
        <Alert className="form-note" type="error" showIcon title={words(renaming.error)} />
      )}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ displayName: unit.displayName }}
        onFinish={({ displayName }) => renaming.mutate({ displayName, etag: unit.etag })}
      >
        <Form.Item
          name="displayName"
          label={t('organisation.name')}
          rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
        >
          <Input autoFocus maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function MoveUnit({ unit, onClose }: { unit: Unit; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const words = useRefusalWords();
  const [form] = Form.useForm<{ parentUnitId: string }>();
  const saved = useSaved(onClose);
  const moving = useMutation({
    mutationFn: ({ parentUnitId }: { parentUnitId: string }) =>
      client.POST('/v1/organisationUnits/{organisationUnitId}:move', {
        params: { path: { organisationUnitId: unit.organisationUnitId }, header: { 'If-Match': `"${unit.etag}"` } },
        body: { parentUnitId },
      }),
    onSuccess: saved,
  });
  return (
    <Modal
      open
      title={t('organisation.moveNamed', { name: unit.displayName })}
      okText={t('organisation.move')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: moving.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {moving.error && (
        <Alert
          className="form-note"
          type="error"
          showIcon
          title={isStale(moving.error) ? t('organisation.changedMeanwhile') : words(moving.error)}
        />
      )}
      <Alert className="form-note" type="warning" showIcon title={t('organisation.moveHint')} />
      <Form form={form} layout="vertical" initialValues={{ parentUnitId: unit.parentUnitId }} onFinish={moving.mutate}>
        <Form.Item
          name="parentUnitId"
          label={t('organisation.parent')}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <UnitField suits={(other) => !other.organisationPath.startsWith(unit.organisationPath)} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
