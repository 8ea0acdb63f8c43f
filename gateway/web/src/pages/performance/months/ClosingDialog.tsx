import { useMutation } from '@tanstack/react-query';
import { Alert, App, Flex, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { Loaded } from '../../../design/States';
import { Text } from '../../../design/Text';
import { type Closing, type Month, monthsChanged, useRun } from './months';
import { Totals } from './Totals';

type Act = 'request' | 'confirm' | 'decline';

interface Props {
  act: Act;
  month: Month;
  /** Whose results would stand for good. */
  runId: string;
  closing?: Closing;
  onClose: () => void;
}

/** Asks once more: what follows, and on which figures one puts one's name. */
export default function ClosingDialog({ act, month, runId, closing, onClose }: Props) {
  const { t } = useTranslation('months');
  const { message } = App.useApp();
  const { personId } = useAccess();
  const words = useRefusalWords();
  const formats = useFormats();
  const run = useRun(runId);
  const takesBack = act === 'decline' && closing?.requesterPersonId === personId;
  const said = takesBack ? 'takeBack' : act;
  const acting = useMutation({
    mutationFn: () => send(act, month, closing),
    onSuccess: () => {
      void message.success(t(`closing.done.${said}`));
      onClose();
    },
    // Also where it was refused: somebody else may have decided meanwhile.
    onSettled: monthsChanged,
  });
  const title = t(`closing.dialog.${said}`, { month: formats.month(month.monthDate) });
  return (
    <Modal
      open
      title={title}
      okText={t(`closing.act.${said}`)}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ danger: act === 'confirm' }}
      confirmLoading={acting.isPending}
      onOk={() => acting.mutate()}
      onCancel={onClose}
    >
      <Flex vertical gap={12}>
        {acting.error && <Alert type="error" showIcon title={words(acting.error)} />}
        <p className="closing-hint">{t(`closing.hint.${said}`)}</p>
        {act !== 'decline' && (
          <Loaded query={run} rows={3}>
            {(data) => (
              <>
                {Number(data.issueCount) > 0 && (
                  <Alert type="warning" showIcon title={t('closing.issues', { count: Number(data.issueCount) })} />
                )}
                <Totals run={data} main />
                <Text type="secondary">
                  {t('closing.ofRun', {
                    number: data.number,
                    date: formats.date(data.asOfDate),
                    made: formats.instant(data.endTime),
                  })}
                </Text>
              </>
            )}
          </Loaded>
        )}
      </Flex>
    </Modal>
  );
}

function send(act: Act, month: Month, closing: Closing | undefined) {
  const path = { monthClosingId: closing?.monthClosingId ?? '' };
  if (act === 'request') return client.POST('/v1/monthClosings', { body: { monthDate: month.monthDate } });
  if (act === 'confirm') return client.POST('/v1/monthClosings/{monthClosingId}:confirm', { params: { path }, body: {} });
  return client.POST('/v1/monthClosings/{monthClosingId}:decline', { params: { path }, body: {} });
}
