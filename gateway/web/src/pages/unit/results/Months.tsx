import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Flex, Popconfirm, Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';

type Month = Schema<'performance.v1.ResultMonth'>;
type Closing = Schema<'performance.v1.MonthClosing'>;

/** How each month's results stand; whoever closes months asks for it here, and a second person confirms it. */
export function Months() {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const months = api.useQuery('get', '/v1/resultMonths', { params: { query: { pageSize: 24 } } });
  const asked = api.useQuery('get', '/v1/monthClosings', {
    params: { query: { state: 'MONTH_CLOSING_STATE_REQUESTED', pageSize: 100 } },
  });
  const closingOf = (month: Month) => asked.data?.monthClosings.find((closing) => closing.monthDate === month.monthDate);
  return (
    <Loaded
      query={months}
      isEmpty={(data) => data.resultMonths.length === 0}
      empty={<EmptyState words={t('results.noMonths')} />}
      rows={8}
    >
      {({ resultMonths }) => (
        <Table<Month>
          aria-label={t('results.months')}
          size="middle"
          rowKey="monthDate"
          pagination={false}
          dataSource={resultMonths}
          scroll={{ x: 560 }}
          columns={[
            { title: t('results.month'), dataIndex: 'monthDate', render: formats.month },
            { title: t('results.upTo'), dataIndex: 'asOfDate', render: formats.date },
            {
              title: t('results.state'),
              key: 'state',
              render: (_, month) => <MonthState month={month} closing={closingOf(month)} />,
            },
            {
              title: '',
              key: 'actions',
              align: 'right',
              render: (_, month) => <MonthActions month={month} closing={closingOf(month)} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

function MonthState({ month, closing }: { month: Month; closing: Closing | undefined }) {
  const { t } = useTranslation('unit');
  if (month.closed) return <Tag color="success">{t('results.closed')}</Tag>;
  if (closing) return <Tag color="warning">{t('results.closingAsked')}</Tag>;
  if (month.staleTime) return <Tag color="processing">{t('results.stale')}</Tag>;
  return <Tag>{t('results.open')}</Tag>;
}

function MonthActions({ month, closing }: { month: Month; closing: Closing | undefined }) {
  const { t } = useTranslation('unit');
  const { may, personId } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const acting = useMutation({
    mutationFn: (act: 'request' | 'confirm' | 'decline') => closeMonth(act, month, closing),
    onSuccess: () => refresh('/v1/monthClosings', '/v1/resultMonths', '/v1/figures'),
    onError: (error) => void message.error(words(error)),
  });
  if (!may('performance.month.close') || month.closed) return null;
  if (!closing) {
    return (
      <Button size="small" loading={acting.isPending} onClick={() => acting.mutate('request')}>
        {t('results.askClosing')}
      </Button>
    );
  }
  return (
    <Flex gap={8} justify="flex-end">
      {closing.requesterPersonId !== personId && (
        <Popconfirm title={t('results.closeForGood')} onConfirm={() => acting.mutate('confirm')}>
          <Button size="small" type="primary" loading={acting.isPending}>
            {t('results.confirmClosing')}
          </Button>
        </Popconfirm>
      )}
      <Button size="small" loading={acting.isPending} onClick={() => acting.mutate('decline')}>
        {closing.requesterPersonId === personId ? t('results.takeBack') : t('results.declineClosing')}
      </Button>
    </Flex>
  );
}

function closeMonth(act: 'request' | 'confirm' | 'decline', month: Month, closing: Closing | undefined) {
  const path = { monthClosingId: closing?.monthClosingId ?? '' };
  if (act === 'request') return client.POST('/v1/monthClosings', { body: { monthDate: month.monthDate } });
  if (act === 'confirm') return client.POST('/v1/monthClosings/{monthClosingId}:confirm', { params: { path }, body: {} });
  return client.POST('/v1/monthClosings/{monthClosingId}:decline', { params: { path }, body: {} });
}
