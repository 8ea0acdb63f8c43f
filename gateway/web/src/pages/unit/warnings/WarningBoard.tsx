import { Button, Card, Flex, type TableProps, Tag } from 'antd';
import { type Key, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { AssignWarnings } from './AssignWarnings';
import { Severity } from './Severity';
import { Facets } from './WarningFacets';
import type { Overview, Warning } from './warning';

export interface BoardFilters {
  unit: string;
  person: string;
  signal: string;
  state: string;
  overdue: string;
}

interface Props {
  overview: Overview | undefined;
  filters: BoardFilters;
  change: (changed: Partial<BoardFilters>) => void;
}

/** Open warnings by what an hour of work could save; beside them whose they are and which signs they have, to narrow by. */
export function WarningBoard({ overview, filters, change }: Props) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const [chosen, setChosen] = useState<Warning[]>([]);
  const [assigning, setAssigning] = useState<Warning[]>([]);
  const columns = useColumns(may('analytics.warning.assign') ? (warning) => setAssigning([warning]) : undefined);
  const selection = { keys: chosen.map((each) => each.warningId), onChange: (_: Key[], rows: Warning[]) => setChosen(rows) };
  return (
    <div className="unit-board">
      <div>
        {chosen.length > 0 && (
          <Flex gap={8} align="center" className="unit-filters">
            <span>{t('chosen', { count: chosen.length })}</span>
            <Button type="primary" onClick={() => setAssigning(chosen)}>
              {t('warnings.assign')}
            </Button>
            <Button onClick={() => setChosen([])}>{t('clear')}</Button>
          </Flex>
        )}
        <KeysetTable<Warning>
          queryKey={['/v1/warnings', filters.unit, filters.person, filters.signal, filters.state, filters.overdue]}
          load={(pageToken, signal) => load(filters, pageToken, signal)}
          rowKey={(warning) => warning.warningId}
          columns={columns}
          card={(warning) => <WarningCard warning={warning} />}
          empty={<EmptyState words={t('warnings.none')} />}
          label={t('warnings.board')}
          {...(may('analytics.warning.assign') ? { selection } : {})}
        />
      </div>
      <Facets overview={overview} filters={filters} change={change} />
      {assigning.length > 0 && (
        <AssignWarnings
          warnings={assigning}
          onClose={(done) => {
            setAssigning([]);
            if (done) setChosen([]);
          }}
        />
      )}
    </div>
  );
}

async function load(filters: BoardFilters, pageToken: string, signal: AbortSignal) {
  const { data } = await client.GET('/v1/warnings', {
    params: {
      query: {
        ...(filters.person ? { personId: filters.person } : { organisationPath: filters.unit }),
        ...(filters.state ? { state: filters.state as Warning['state'] } : {}),
        signalCode: filters.signal,
        overdue: filters.overdue === 'yes',
        pageSize: 100,
        pageToken,
      },
    },
    signal,
  });
  return { rows: data?.warnings ?? [], nextPageToken: data?.nextPageToken ?? '' };
}

function useColumns(onAssign: ((warning: Warning) => void) | undefined): NonNullable<TableProps<Warning>['columns']> {
  const { t } = useTranslation('unit');
  return [
    {
      title: t('customer'),
      key: 'customer',
      width: 170,
      ellipsis: true,
      render: (_, warning) => (
        <>
          <Link to={`/warnings/${warning.warningId}`} title={warning.customerName}>
            {warning.customerName}
          </Link>
          <div>
            <Severity severity={warning.severity} />
          </div>
        </>
      ),
    },
    { title: t('warnings.signs'), key: 'signs', width: 255, render: (_, warning) => <Signs warning={warning} /> },
    {
      title: t('warnings.perHour'),
      key: 'perHour',
      width: 100,
      align: 'right',
      render: (_, warning) => <Amount money={warning.valuePerHour} />,
    },
    {
      title: t('warnings.atRisk'),
      key: 'atRisk',
      width: 95,
      align: 'right',
      render: (_, warning) => <AtRisk warning={warning} />,
    },
    { title: t('warnings.due'), key: 'due', width: 90, render: (_, warning) => <Due warning={warning} /> },
    {
      title: t('warnings.assignee'),
      key: 'assignee',
      width: 95,
      render: (_, warning) => <Assignee warning={warning} onAssign={onAssign} />,
    },
  ];
}

function AtRisk({ warning }: { warning: Warning }) {
  const formats = useFormats();
  return (
    <>
      <Amount money={warning.valueAtRisk} />
      <div className="unit-small">{formats.percent(warning.probability, 0)}</div>
    </>
  );
}

function Due({ warning }: { warning: Warning }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <>
      <NamedTag value={warning.state} tone={warning.state === 'WARNING_STATE_ACCEPTED' ? 'processing' : 'default'} />
      <div className="unit-small">
        {warning.overdue ? (
          <Tag color="error">{t('warnings.overdue')}</Tag>
        ) : (
          formats.date(warning.postponeDate || warning.dueDate)
        )}
      </div>
    </>
  );
}

function Assignee({ warning, onAssign }: { warning: Warning; onAssign: ((warning: Warning) => void) | undefined }) {
  const { t } = useTranslation('unit');
  const words = t(warning.assigneePersonId ? 'warnings.reassign' : 'warnings.assign');
  return (
    <>
      <div>{warning.assigneeName || <Tag color="error">{t('warnings.nobody')}</Tag>}</div>
      {onAssign && (
        <Button
          size="small"
          type="link"
          className="unit-inline-action"
          aria-label={`${words} ${warning.customerName}`}
          onClick={() => onAssign(warning)}
        >
          {words}
        </Button>
      )}
    </>
  );
}

/** The two that weigh most, in words; how many more there are. */
function Signs({ warning }: { warning: Warning }) {
  const { t } = useTranslation('unit');
  const said = useSaid();
  const words = (warning.signals.length ? warning.signals : warning.reasons).map(said);
  return (
    <div className="unit-signs">
      {words.slice(0, 2).map((each) => (
        <div key={each}>{each}</div>
      ))}
      {words.length > 2 && <div className="unit-small">{t('warnings.moreSigns', { count: words.length - 2 })}</div>}
    </div>
  );
}

function WarningCard({ warning }: { warning: Warning }) {
  const { t } = useTranslation('unit');
  return (
    <Card
      size="small"
      title={<Link to={`/warnings/${warning.warningId}`}>{warning.customerName}</Link>}
      extra={<Severity severity={warning.severity} />}
    >
      <Signs warning={warning} />
      <Flex wrap gap="4px 16px" className="unit-card-foot">
        <span>
          {t('warnings.perHour')} <Amount money={warning.valuePerHour} />
        </span>
        <span>
          {t('warnings.atRisk')} <Amount money={warning.valueAtRisk} />
        </span>
        <span>{warning.assigneeName || <Tag color="error">{t('warnings.nobody')}</Tag>}</span>
        {warning.overdue && <Tag color="error">{t('warnings.overdue')}</Tag>}
      </Flex>
    </Card>
  );
}
