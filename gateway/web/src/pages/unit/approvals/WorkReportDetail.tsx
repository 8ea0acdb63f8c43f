import { Flex, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import type { DetailProps } from './ApprovalDetail';
import { Decision } from './Decision';
import { Facts } from './Facts';

export function WorkReportDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const params = { path: { workReportId: id } };
  const report = api.useQuery('get', '/v1/workReports/{workReportId}', { params });
  return (
    <Loaded query={report}>
      {(data) => (
        <Flex vertical gap={16}>
          <Facts
            facts={[
              [t('person'), data.ownerName],
              [
                t('approvals.days'),
                data.startDate === data.endDate
                  ? formats.dateLong(data.startDate)
                  : `${formats.date(data.startDate)} – ${formats.date(data.endDate)}`,
              ],
              [t('approvals.completion'), data.figures?.completion?.assessed && formats.percent(data.figures.completion.rate)],
              [t('approvals.comment'), data.comment],
            ]}
          />
          <Table
            aria-label={t('approvals.completion')}
            size="small"
            pagination={false}
            rowKey={(part) => `${part.kind} ${part.customerTier}`}
            dataSource={data.figures?.completion?.parts ?? []}
            columns={[
              { title: t('approvals.work'), dataIndex: 'kind', render: (kind: string) => <Named value={kind} /> },
              { title: t('approvals.planned'), dataIndex: 'plannedCount', align: 'right' },
              { title: t('departures.done'), dataIndex: 'doneCount', align: 'right' },
            ]}
          />
          {!own && (
            <Decision
              resource={waiting.resource}
              approveWords={t('approvals.confirmReport')}
              rejectWords={t('approvals.sendBack')}
              approve={(note) =>
                client.POST('/v1/workReports/{workReportId}:confirm', { params, body: { note, etag: data.etag } })
              }
              reject={(note) => client.POST('/v1/workReports/{workReportId}:return', { params, body: { note, etag: data.etag } })}
              onDecided={onDecided}
            />
          )}
        </Flex>
      )}
    </Loaded>
  );
}
