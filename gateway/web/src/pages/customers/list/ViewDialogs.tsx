import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { UnitSelect } from '../../../design/selects';

export interface NamedView {
  displayName: string;
}

interface SaveProps {
  name: string;
  busy: boolean;
  onSave: (named: NamedView) => void;
  onClose: () => void;
}

/** Asks what a view is to be called. */
export function SaveViewDialog({ name, busy, onSave, onClose }: SaveProps) {
  const { t } = useTranslation('customers');
  const [form] = Form.useForm<NamedView>();
  return (
    <Modal
      open
      title={t(name ? 'view.rename' : 'view.new')}
      okText={t('workbench:action.save')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" initialValues={{ displayName: name }} onFinish={onSave}>
        <Form.Item
          name="displayName"
          label={t('view.name')}
          rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
        >
          <Input maxLength={100} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Shares a view with a unit, or takes that back. */
export function ShareViewDialog({ view, onClose }: { view: Schema<'customer.v1.SavedView'>; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const { scopePath } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [organisationPath, setOrganisationPath] = useState(view.organisationPath);
  const sharing = useMutation({
    mutationFn: () =>
      client.POST('/v1/savedViews/{savedViewId}:share', {
        params: { path: { savedViewId: view.savedViewId } },
        body: { organisationPath },
      }),
    onSuccess: async () => {
      void message.success(t(organisationPath ? 'view.sharedNow' : 'view.unshared'));
      onClose();
      await refresh('/v1/savedViews');
    },
  });
  return (
    <Modal
      open
      title={t('view.shareTitle', { name: view.displayName })}
      okText={t('workbench:action.save')}
      confirmLoading={sharing.isPending}
      onOk={() => sharing.mutate()}
      onCancel={onClose}
    >
      {sharing.error && <Alert className="form-note" type="error" showIcon title={words(sharing.error)} />}
      <Form layout="vertical">
        <Form.Item label={t('view.shareWith')} htmlFor="share-unit" extra={t('view.shareHint')}>
          <UnitSelect
            id="share-unit"
            below={scopePath}
            allowClear
            {...(organisationPath ? { value: organisationPath } : {})}
            onChange={(path) => setOrganisationPath(path ?? '')}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
