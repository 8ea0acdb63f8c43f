import { useMutation } from '@tanstack/react-query';
import { Alert, App, Modal, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import type { Deal, Split } from './deals';

/** Asks once more before a scheme is proposed to the team: who gets how much, and what becomes of what was proposed before. */
export function ProposeDialog({ deal, split, onClose }: { deal: Deal; split: Split; onClose: () => void }) {
  const { t } = useTranslation('performance');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const formats = useFormats();
  const bilingual = useBilingual();
  const proposing = useMutation({
    mutationFn: () =>
      client.POST('/v1/deals/{dealId}:propose', {
        params: { path: { dealId: deal.dealId } },
        body: { schemeId: split.schemeId, etag: deal.etag },
      }),
    onSuccess: () => {
      void message.success(t('propose.done'));
      onClose();
      return refresh('/v1/deals');
    },
  });
  return (
    <Modal
      open
      title={t('propose.title', { scheme: bilingual(split.displayName) })}
      okText={t('schemes.propose')}
      cancelText={t('propose.cancel')}
      confirmLoading={proposing.isPending}
      onOk={() => proposing.mutate()}
      onCancel={onClose}
    >
      {proposing.error && <Alert className="form-note" type="error" showIcon title={words(proposing.error)} />}
      <Typography.Paragraph>{split.words}</Typography.Paragraph>
      <Table
        size="small"
        aria-label={t('propose.parts')}
        pagination={false}
        rowKey="personId"
        dataSource={split.parts}
        columns={[
          { title: t('touches.who'), dataIndex: 'displayName' },
          { title: t('explain.share'), key: 'share', align: 'right', render: (_, part) => formats.basisPoints(part.basisPoints) },
          { title: t('deals.amount'), key: 'amount', align: 'right', render: (_, part) => formats.money(part.amount) },
        ]}
      />
      <Typography.Paragraph type="secondary" className="after-table">
        {t(deal.state === 'DEAL_STATE_PROPOSED' ? 'propose.replaces' : 'propose.hint')}
      </Typography.Paragraph>
    </Modal>
  );
}
