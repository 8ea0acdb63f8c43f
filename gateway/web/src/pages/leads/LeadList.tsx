import { Flex, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../api/client';
import { Amount } from '../../design/Amount';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../design/Named';
import { EmptyState } from '../../design/States';
import { LeadCard } from './LeadBoard';
import { LEAD_STATES, type Lead, type LeadState, nameOf } from './leads';

export interface ListFilters {
  state: string;
  overdue: string;
}

interface Props {
  organisationPath: string;
  filters: ListFilters;
  onChange: (changed: Partial<ListFilters>) => void;
}

export const LEAD_TONES: Record<string, 'success' | 'processing' | 'default'> = {
  LEAD_STATE_QUALIFIED: 'processing',
  LEAD_STATE_CONVERTED: 'success',
};

/** All leads, also those that are closed. */
export function LeadList({ organisationPath, filters, onChange }: Props) {
  const { t } = useTranslation('leads');
  const navigate = useNavigate();
  const columns = useLeadColumns(organisationPath !== '');
  const states = filters.state ? [filters.state as LeadState] : [];
  const overdue = filters.overdue === 'yes';
  return (
    <Flex vertical gap={12}>
      <StateFilter states={LEAD_STATES} filters={filters} onChange={onChange} overdueWords={t('onlyOverdue')} />
      <KeysetTable<Lead>
        label={t('leads')}
        queryKey={['/v1/leads', 'list', organisationPath, filters]}
        load={async (pageToken, signal) => {
          const query = { organisationPath, states, overdue, pageToken };
          const { data } = await client.GET('/v1/leads', { params: { query }, signal });
          return { rows: data?.leads ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(lead) => lead.leadId}
        columns={columns}
        card={(lead) => (
          <div className="board-card">
            <LeadCard lead={lead} withOwner={organisationPath !== ''} />
          </div>
        )}
        empty={<EmptyState words={t('noLeads')} />}
        onOpen={(lead) => navigate(`/work/leads/${lead.leadId}`)}
      />
    </Flex>
  );
}

interface StateFilterProps<State extends string> {
  states: readonly State[];
  filters: ListFilters;
  onChange: (changed: Partial<ListFilters>) => void;
  overdueWords: string;
}

export function StateFilter<State extends string>({ states, filters, onChange, overdueWords }: StateFilterProps<State>) {
  const { t } = useTranslation('leads');
  const choices = useNamedChoices();
  return (
    <Flex gap={16} wrap align="center">
      <Select
        aria-label={t('workbench:field.state')}
        className="filter-field"
        value={filters.state}
        onChange={(state) => onChange({ state })}
        options={[{ value: '', label: `${t('workbench:field.state')}: ${t('workbench:action.all')}` }, ...choices(states)]}
        popupMatchSelectWidth={false}
      />
      <Flex gap={8} align="center">
        <Switch
          size="small"
          aria-label={overdueWords}
          checked={filters.overdue === 'yes'}
          onChange={(on) => onChange({ overdue: on ? 'yes' : '' })}
        />
        <span>{overdueWords}</span>
      </Flex>
    </Flex>
  );
}

function useLeadColumns(withOwner: boolean) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  return [
    {
      title: t('field.title'),
      key: 'title',
      width: 220,
      ellipsis: true,
      render: (_: unknown, lead: Lead) => <Link to={`/work/leads/${lead.leadId}`}>{lead.title}</Link>,
    },
    { title: t('who'), key: 'who', width: 180, ellipsis: true, render: (_: unknown, lead: Lead) => nameOf(lead) },
    {
      title: t('workbench:field.state'),
      key: 'state',
      width: 120,
      render: (_: unknown, { state }: Lead) => <NamedTag value={state} tone={LEAD_TONES[state] ?? 'default'} />,
    },
    {
      title: t('result'),
      key: 'result',
      width: 120,
      ellipsis: true,
      render: (_: unknown, lead: Lead) => (
        <Named value={lead.state === 'LEAD_STATE_DISQUALIFIED' ? lead.disqualifyReason : lead.grade} />
      ),
    },
    { title: t('field.source'), key: 'source', width: 120, render: (_: unknown, lead: Lead) => <Named value={lead.source} /> },
    {
      title: t('field.expectedAmount'),
      key: 'amount',
      width: 120,
      align: 'right' as const,
      render: (_: unknown, lead: Lead) => <Amount money={lead.expectedAmount} />,
    },
    ...(withOwner ? [{ title: t('owner'), dataIndex: 'ownerName', width: 100 }] : []),
    {
      title: t('capturedOn'),
      key: 'captured',
      width: 120,
      render: (_: unknown, lead: Lead) => formats.date(lead.captureDate),
    },
  ];
}
