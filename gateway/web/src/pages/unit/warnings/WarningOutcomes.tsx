import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Table, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { type Overview, useSignalName, type Warning } from './warning';

/** What became of warnings, and how far signs can be trusted. */
export function WarningOutcomes({ overview, unit }: { overview: Overview | undefined; unit: string }) {
  const { t } = useTranslation('unit');
  return (
    <Flex vertical gap={16}>
      <div className="unit-columns">
        <Precision overview={overview} />
        <Flex vertical gap={16}>
          <Outcomes overview={overview} />
          {overview?.experiment && <Experiment experiment={overview.experiment} />}
        </Flex>
      </div>
      <Card size="small" title={t('warnings.closed')}>
        <ClosedWarnings unit={unit} />
      </Card>
    </Flex>
  );
}

function Precision({ overview }: { overview: Overview | undefined }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const signalName = useSignalName();
  const share = (part: number, whole: number) => (whole > 0 ? formats.percent(part / whole, 0) : '—');
  return (
    <Card size="small" title={t('warnings.precision')}>
      <Table
        aria-label={t('warnings.precision')}
        size="small"
        pagination={false}
        rowKey="signalCode"
        scroll={{ x: 480 }}
        dataSource={overview?.bySignal ?? []}
        locale={{ emptyText: <EmptyState words={t('warnings.noneClosed')} /> }}
        columns={[
          { title: t('warnings.sign'), dataIndex: 'signalCode', render: signalName },
          { title: t('warnings.openShort'), dataIndex: 'openCount', align: 'right' },
          { title: t('warnings.closedShort'), dataIndex: 'closedCount', align: 'right' },
          {
            title: <Tooltip title={t('warnings.leftHint')}>{t('warnings.left')}</Tooltip>,
            key: 'left',
            align: 'right',
            render: (_, row) => share(row.leftCount, row.leftCount + row.stayedCount),
          },
          {
            title: <Tooltip title={t('warnings.falseHint')}>{t('warnings.false')}</Tooltip>,
            key: 'false',
            align: 'right',
            render: (_, row) => share(row.notLeavingCount, row.closedCount),
          },
        ]}
      />
    </Card>
  );
}

function Outcomes({ overview }: { overview: Overview | undefined }) {
  const { t } = useTranslation('unit');
  return (
    <Card size="small" title={t('warnings.said')}>
      <Table
        aria-label={t('warnings.said')}
        size="small"
        pagination={false}
        rowKey="outcome"
        dataSource={overview?.byOutcome ?? []}
        locale={{ emptyText: <EmptyState words={t('warnings.noneClosed')} /> }}
        columns={[
          { title: t('warnings.outcome'), dataIndex: 'outcome', render: (outcome: string) => <Named value={outcome} /> },
          { title: t('warnings.count'), dataIndex: 'closedCount', align: 'right' },
          { title: t('warnings.measuredLeft'), dataIndex: 'leftCount', align: 'right' },
          { title: t('warnings.measuredStayed'), dataIndex: 'stayedCount', align: 'right' },
        ]}
      />
    </Card>
  );
}

function Experiment({ experiment }: { experiment: Schema<'analytics.v1.WarningsExperiment'> }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const percent = (share: string | undefined) => (share ? formats.percent(share, 1) : '—');
  return (
    <Card size="small" title={t('warnings.experiment')}>
      <p className="unit-small">{t('warnings.experimentHint')}</p>
      <dl className="unit-facts">
        <dt>{t('warnings.shown')}</dt>
        <dd>{percent(experiment.shown?.leftShare)}</dd>
        <dt>{t('warnings.heldOut')}</dt>
        <dd>{percent(experiment.heldOut?.leftShare)}</dd>
        <dt>{t('warnings.uplift')}</dt>
        <dd>
          {experiment.uplift
            ? t('warnings.upliftValue', {
                uplift: percent(experiment.uplift),
                low: percent(experiment.upliftLow),
                high: percent(experiment.upliftHigh),
              })
            : t('warnings.tooEarly')}
        </dd>
      </dl>
    </Card>
  );
}

function ClosedWarnings({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <KeysetTable<Warning>
      queryKey={['/v1/warnings:outcomes', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/warnings:outcomes', { params: { query }, signal });
        return { rows: data?.warnings ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(warning) => warning.warningId}
      label={t('warnings.closed')}
      height={360}
      empty={<EmptyState words={t('warnings.noneClosed')} />}
      columns={[
        {
          title: t('customer'),
          key: 'customer',
          width: 220,
          ellipsis: true,
          render: (_, warning) => <Link to={`/warnings/${warning.warningId}`}>{warning.customerName}</Link>,
        },
        { title: t('warnings.closedOn'), dataIndex: 'closeDate', width: 130, render: formats.date },
        {
          title: t('warnings.outcome'),
          dataIndex: 'outcome',
          width: 130,
          render: (outcome: string) => <NamedTag value={outcome} />,
        },
        {
          title: t('warnings.measured'),
          dataIndex: 'measuredOutcome',
          width: 140,
          render: (measured: string) =>
            measured.endsWith('_UNSPECIFIED') ? <Tag>{t('warnings.notYetMeasured')}</Tag> : <NamedTag value={measured} />,
        },
        {
          title: t('warnings.atRisk'),
          key: 'atRisk',
          width: 130,
          align: 'right',
          render: (_, warning) => <Amount money={warning.valueAtRisk} />,
        },
        { title: t('warnings.assignee'), dataIndex: 'assigneeName', width: 120 },
      ]}
      card={(warning) => (
        <Card size="small" title={<Link to={`/warnings/${warning.warningId}`}>{warning.customerName}</Link>}>
          <Flex wrap gap="4px 16px">
            <NamedTag value={warning.outcome} />
            <span>{formats.date(warning.closeDate)}</span>
            <Amount money={warning.valueAtRisk} />
          </Flex>
        </Card>
      )}
    />
  );
}
