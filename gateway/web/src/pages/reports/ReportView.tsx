import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { Named } from '../../design/Named';
import { EmptyState } from '../../design/States';
import { addressOf } from '../../shell/resources';
import { CompletionView } from './CompletionView';
import { FigureList } from './FigureList';
import { ReportEditor } from './ReportEditor';
import type { WorkReport } from './reports';

type Line = Schema<'activity.v1.WorkReportLine'>;

/** A report: what was counted, of what, what its owner adds and what those in charge say. */
export function ReportView({ report }: { report: WorkReport }) {
  const { t } = useTranslation('reports');
  const { personId } = useAccess();
  const edits = report.ownerPersonId === personId && report.state !== 'WORK_REPORT_STATE_CONFIRMED';
  return (
    <div className="two-columns">
      <Flex vertical gap={16}>
        <Card title={t('figures')}>
          <FigureList figures={report.figures} />
        </Card>
        <Card title={t('trace')}>
          <Lines workReportId={report.workReportId} counted={report.countTime ?? ''} />
        </Card>
      </Flex>
      <Flex vertical gap={16}>
        <Card title={t('comment')}>
          {edits ? (
            <ReportEditor key={report.workReportId} report={report} />
          ) : (
            <p className="said">{report.comment || t('noComment')}</p>
          )}
        </Card>
        <Card title={t('completion')}>
          <CompletionView completion={report.figures?.completion} />
        </Card>
        <Notes report={report} />
      </Flex>
    </div>
  );
}

function Notes({ report }: { report: WorkReport }) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  if (report.notes.length === 0) return null;
  return (
    <Card title={t('notes')}>
      <ul className="rows">
        {report.notes.map((note) => (
          <li key={note.createTime}>
            <p className="said">{note.text}</p>
            <Typography.Text type="secondary">
              {note.personName} · {formats.instant(note.createTime)}
            </Typography.Text>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What the figures were counted from. */
function Lines({ workReportId, counted }: { workReportId: string; counted: string }) {
  const { t } = useTranslation('reports');
  const columns = useLineColumns();
  return (
    <KeysetTable<Line>
      label={t('trace')}
      height={320}
      queryKey={['/v1/workReports', 'lines', workReportId, counted]}
      load={async (pageToken, signal) => {
        const params = { path: { workReportId }, query: { pageToken } };
        const { data } = await client.GET('/v1/workReports/{workReportId}/lines', { params, signal });
        return { rows: data?.lines ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(line) => `${line.kind}/${line.resource}`}
      columns={columns}
      card={(line) => <LineCard line={line} />}
      empty={<EmptyState words={t('noLines')} />}
    />
  );
}

function LineName({ line }: { line: Line }) {
  const address = addressOf(line.resource);
  const words = <Named value={line.kind} />;
  return address ? <Link to={address}>{words}</Link> : words;
}

/** Leads and opportunities may be of somebody who is no customer yet. */
const OF_PROSPECTS: Line['kind'][] = [
  'WORK_LINE_KIND_CAPTURED_LEAD',
  'WORK_LINE_KIND_LEAD',
  'WORK_LINE_KIND_OPENED_OPPORTUNITY',
  'WORK_LINE_KIND_WON_OPPORTUNITY',
  'WORK_LINE_KIND_LOST_OPPORTUNITY',
];

function useCustomerOf(): (line: Line) => string {
  const { t } = useTranslation('reports');
  return ({ customerName, kind }) => customerName || (OF_PROSPECTS.includes(kind) ? t('prospect') : '—');
}

function LineCard({ line }: { line: Line }) {
  const { t } = useTranslation('reports');
  const customerOf = useCustomerOf();
  const formats = useFormats();
  return (
    <Flex justify="space-between" gap={8}>
      <Flex gap={8}>
        <LineName line={line} />
        <span>{customerOf(line)}</span>
      </Flex>
      <span>
        {formats.date(line.businessDate)} · {t(line.done ? 'done' : 'open')}
      </span>
    </Flex>
  );
}

function useLineColumns() {
  const { t } = useTranslation('reports');
  const customerOf = useCustomerOf();
  const formats = useFormats();
  const cell = (render: (line: Line) => React.ReactNode) => (_: unknown, line: Line) => render(line);
  return [
    { title: t('workbench:field.date'), key: 'date', width: 110, render: cell(({ businessDate }) => formats.date(businessDate)) },
    { title: t('work'), key: 'kind', width: 120, render: cell((line) => <LineName line={line} />) },
    { title: t('workbench:field.customer'), key: 'customer', width: 160, ellipsis: true, render: cell(customerOf) },
    { title: t('planned'), key: 'planned', width: 80, render: cell(({ planned }) => t(planned ? 'yes' : 'no')) },
    { title: t('done'), key: 'done', width: 90, render: cell(({ done }) => t(done ? 'done' : 'open')) },
    {
      title: t('minutes'),
      key: 'minutes',
      width: 80,
      align: 'right' as const,
      render: cell(({ minutes }) => (minutes ? formats.number(minutes) : '')),
    },
  ];
}
