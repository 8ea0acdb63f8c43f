import { useMutation } from '@tanstack/react-query';
import { Alert, App, Flex, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { Text } from '../../../design/Text';
import { type Month, monthsChanged } from './months';

interface Props {
  month: Month;
  onClose: () => void;
  onStarted: (runId: string) => void;
}

/** A month is computed anew, or beside its results; of one that is closed only beside them. */
export default function StartRun({ month, onClose, onStarted }: Props) {
  const { t } = useTranslation('months');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const formats = useFormats();
  const [comparison, setComparison] = useState(true);
  const starting = useMutation({
    mutationFn: () => client.POST('/v1/runs', { body: { monthDate: month.monthDate, comparison: comparison || month.closed } }),
    onSuccess: ({ data }) => {
      void message.success(t('start.done'));
      onClose();
      if (data) onStarted(data.runId);
      return Promise.all([monthsChanged(), refresh('/v1/operations')]);
    },
  });
  return (
    <Modal
      open
      title={t('start.title', { month: formats.month(month.monthDate) })}
      okText={t('start.act')}
      cancelText={t('workbench:action.cancel')}
      confirmLoading={starting.isPending}
      onOk={() => starting.mutate()}
      onCancel={onClose}
    >
      <Flex vertical gap={12}>
        {starting.error && <Alert type="error" showIcon title={words(starting.error)} />}
        <Text type="secondary">{t('start.hint')}</Text>
        {month.closed ? (
          <p className="closing-hint">{t('start.closed')}</p>
        ) : (
          <Radio.Group
            className="start-choices"
            aria-label={t('start.how')}
            value={comparison}
            onChange={({ target }) => setComparison(target.value)}
            options={[
              { value: true, label: <Choice title={t('start.compare')} hint={t('start.compareHint')} /> },
              { value: false, label: <Choice title={t('start.regular')} hint={t('start.regularHint')} /> },
            ]}
          />
        )}
      </Flex>
    </Modal>
  );
}

function Choice({ title, hint }: { title: string; hint: string }) {
  return (
    <Flex vertical>
      {title}
      <Text type="secondary">{hint}</Text>
    </Flex>
  );
}
