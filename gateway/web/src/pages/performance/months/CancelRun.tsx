import { useMutation } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { monthsChanged, type Run, useMonthRights } from './months';

/** Stops a run that is under way: what stood before it stays. */
export function CancelRun({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const { mayCompute } = useMonthRights();
  const cancelling = useMutation({
    mutationFn: () => client.POST('/v1/runs/{runId}:cancel', { params: { path: { runId: run.runId } }, body: {} }),
    onSuccess: () => message.success(t('run.cancelled')),
    onError: (error) => void message.error(words(error)),
    onSettled: () => Promise.all([monthsChanged(), refresh('/v1/operations')]),
  });
  if (!mayCompute) return null;
  return (
    <Popconfirm
      title={t('run.cancelHint')}
      okText={t('run.cancel')}
      cancelText={t('run.goOn')}
      onConfirm={() => cancelling.mutate()}
    >
      <Button danger loading={cancelling.isPending}>
        {t('run.cancel')}
      </Button>
    </Popconfirm>
  );
}
