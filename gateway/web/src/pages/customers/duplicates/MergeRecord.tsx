import { Button, Card, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, refresh } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { Loaded } from '../../../design/States';
import type { CustomerMerge } from './candidate';
import { MergeOutcome } from './MergeOutcome';

/** The merges of a customer, the latest first; the latest that holds can be undone. */
export function MergeRecord({ customerId }: { customerId: string }) {
  const { t } = useTranslation('customers');
  const merges = api.useQuery('get', '/v1/customers/{customerId}/merges', {
    params: { path: { customerId }, query: { pageSize: 20 } },
  });
  return (
    <Loaded query={merges} isEmpty={({ customerMerges }) => !customerMerges.length}>
      {({ customerMerges }) => (
        <Card size="small" title={t('merge.record')}>
          <Flex vertical gap={16}>
            {customerMerges.map((merge, place) => (
              <Merge key={merge.mergeId} merge={merge} undoable={place === 0 && !merge.undone} />
            ))}
          </Flex>
        </Card>
      )}
    </Loaded>
  );
}

function Merge({ merge, undoable }: { merge: CustomerMerge; undoable: boolean }) {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const [asking, setAsking] = useState(false);
  const undo = async (reason: string) => {
    await client.POST('/v1/customerMerges/{mergeId}:undo', { params: { path: { mergeId: merge.mergeId } }, body: { reason } });
    await refresh('/v1/duplicateCandidates', '/v1/customers');
  };
  return (
    <div>
      <Flex justify="space-between" align="center" gap={12}>
        <span>
          {formats.instant(merge.mergeTime)} <Typography.Text type="secondary">{merge.reason}</Typography.Text>{' '}
          {merge.undone && <Tag>{t('merge.wasUndone', { time: formats.instant(merge.undoTime) })}</Tag>}
        </span>
        {undoable && <Button onClick={() => setAsking(true)}>{t('merge.undo')}</Button>}
      </Flex>
      <MergeOutcome outcome={merge} />
      {asking && (
        <ReasonDialog
          title={t('merge.undo')}
          hint={t('merge.undoHint')}
          draftKey={`merge-undo-${merge.mergeId}`}
          doneWords={t('merge.undone')}
          submit={undo}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
