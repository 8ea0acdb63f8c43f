import { useMutation } from '@tanstack/react-query';
import { Alert, App, Flex, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useBilingual } from '../../../design/bilingual';
import { type Scheme, schemesChanged } from './schemes';

/** The second person's word, asked for once more: what follows for deals. */
export default function DecideScheme({ version, publish, onClose }: { version: Scheme; publish: boolean; onClose: () => void }) {
  const { t } = useTranslation('schemes');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const bilingual = useBilingual();
  const deciding = useMutation({
    mutationFn: () =>
      client.POST('/v1/schemes/{schemeId}:decide', {
        params: { path: { schemeId: version.schemeId } },
        body: { publish, etag: version.etag },
      }),
    onSuccess: () => {
      void message.success(t(publish ? (version.retired ? 'retiredDone' : 'published') : 'declined'));
      onClose();
    },
    // Also where it was refused: somebody else may have decided meanwhile.
    onSettled: schemesChanged,
  });
  const name = bilingual(version.displayName);
  return (
    <Modal
      open
      title={t(publish ? 'decide.publish' : 'decide.decline', { name, number: version.versionNumber })}
      okText={t(publish ? 'publish' : 'decline')}
      cancelText={t('workbench:action.cancel')}
      confirmLoading={deciding.isPending}
      onOk={() => deciding.mutate()}
      onCancel={onClose}
    >
      <Flex vertical gap={12}>
        {deciding.error && <Alert type="error" showIcon title={words(deciding.error)} />}
        <p className="scheme-rule">
          {t(publish ? (version.retired ? 'decide.retireHint' : 'decide.publishHint') : 'decide.declineHint')}
        </p>
      </Flex>
    </Modal>
  );
}
