import { useMutation } from '@tanstack/react-query';
import { Alert, App, Flex, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useBilingual } from '../../../design/bilingual';
import { type Scheme, schemesChanged } from './schemes';

/** Proposes that a scheme is offered no longer, or again; a second person decides. */
export default function RetireScheme({ scheme, onClose }: { scheme: Scheme; onClose: () => void }) {
  const { t } = useTranslation('schemes');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const bilingual = useBilingual();
  const { schemeId, etag } = scheme;
  const retired = !scheme.retired;
  const proposing = useMutation({
    mutationFn: () =>
      client.PATCH('/v1/schemes/{schemeId}', {
        params: { path: { schemeId }, query: { updateMask: 'retired' } },
        body: { ...scheme, retired, etag },
      }),
    onSuccess: () => {
      void message.success(t('proposed'));
      onClose();
    },
    onSettled: schemesChanged,
  });
  const name = bilingual(scheme.displayName);
  return (
    <Modal
      open
      title={t(retired ? 'retireTitle' : 'offerTitle', { name })}
      okText={t('propose')}
      cancelText={t('workbench:action.cancel')}
      confirmLoading={proposing.isPending}
      onOk={() => proposing.mutate()}
      onCancel={onClose}
    >
      <Flex vertical gap={12}>
        {proposing.error && <Alert type="error" showIcon title={words(proposing.error)} />}
        <p className="scheme-rule">{t(retired ? 'retireHint' : 'offerHint')}</p>
      </Flex>
    </Modal>
  );
}
