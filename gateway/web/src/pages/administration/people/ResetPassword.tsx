import { useMutation } from '@tanstack/react-query';
import { Alert, Checkbox, Modal, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import type { Person } from './PeoplePage';

/** Gives a temporary password, which is shown here and never again. */
export function ResetPassword({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const words = useRefusalWords();
  const [removeTotp, setRemoveTotp] = useState(false);
  const resetting = useMutation({
    mutationFn: async () =>
      (
        await client.POST('/v1/people/{personId}:resetPassword', {
          params: { path: { personId: person.personId } },
          body: { removeTotp },
        })
      ).data?.temporaryPassword,
    onSuccess: () => refresh('/v1/people'),
    gcTime: 0,
  });
  if (resetting.data) {
    return (
      <Modal
        open
        title={t('people.temporaryPassword')}
        okText={t('people.handedOver')}
        onOk={onClose}
        onCancel={onClose}
        mask={{ closable: false }}
        cancelButtonProps={{ hidden: true }}
      >
        <Typography.Paragraph>{t('people.temporaryHint', { name: person.displayName })}</Typography.Paragraph>
        <Typography.Title level={3} copyable code>
          {resetting.data}
        </Typography.Title>
      </Modal>
    );
  }
  return (
    <Modal
      open
      title={t('people.reset')}
      okText={t('people.reset')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ danger: true, loading: resetting.isPending }}
      onOk={() => resetting.mutate()}
      onCancel={onClose}
    >
      {resetting.error && <Alert className="form-note" type="error" showIcon title={words(resetting.error)} />}
      <Typography.Paragraph>{t('people.resetHint', { name: person.displayName })}</Typography.Paragraph>
      <Checkbox checked={removeTotp} onChange={({ target }) => setRemoveTotp(target.checked)}>
        {t('people.removeFactor')}
      </Checkbox>
    </Modal>
  );
}
