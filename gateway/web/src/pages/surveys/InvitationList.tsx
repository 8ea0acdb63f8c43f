import { Flex, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../design/Named';
import { ScopeSelect, useScopePath } from '../../design/ScopeSelect';
import { EmptyState } from '../../design/States';
import { SurveyFilter } from './SurveyFilter';
import { INVITATION_STATES, type Invitation, type InvitationState } from './surveys';

interface Filters {
  scope: string;
  survey: string;
  state: string;
  low: string;
}

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

const TONES: Record<string, 'success' | 'warning' | 'default'> = {
  SURVEY_INVITATION_STATE_OPEN: 'warning',
  SURVEY_INVITATION_STATE_ANSWERED: 'success',
};

export function InvitationTag({ state }: { state: Invitation['state'] }) {
  return <NamedTag value={state} tone={TONES[state] ?? 'default'} />;
}

/** Who is asked, and what they answered in figures; the latest first. */
export function InvitationList({ filters, onChange }: Props) {
  const { t } = useTranslation('surveys');
  const navigate = useNavigate();
  const columns = useColumns();
  const organisationPath = useScopePath(filters.scope);
  const query = {
    organisationPath,
    surveyId: filters.survey,
    low: filters.low === 'yes',
    ...(filters.state ? { state: filters.state as InvitationState } : {}),
  };
  const open = ({ surveyInvitationId }: Invitation) => navigate(`/work/surveys/invitations/${surveyInvitationId}`);
  return (
    <Flex vertical gap={12}>
      <ListFields filters={filters} onChange={onChange} />
      <KeysetTable<Invitation>
        label={t('view.invitations')}
        queryKey={['/v1/surveyInvitations', 'list', query]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/surveyInvitations', { params: { query: { ...query, pageToken } }, signal });
          return { rows: data?.surveyInvitations ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ surveyInvitationId }) => surveyInvitationId}
        columns={columns}
        card={(invitation) => <InvitationCard invitation={invitation} onOpen={() => open(invitation)} />}
        empty={<EmptyState words={t('noInvitations')} />}
        onOpen={open}
      />
    </Flex>
  );
}

function ListFields({ filters, onChange }: Props) {
  const { t } = useTranslation('surveys');
  const choices = useNamedChoices();
  return (
    <Flex gap={12} wrap align="center">
      <ScopeSelect value={filters.scope} onChange={(scope) => onChange({ scope })} />
      <SurveyFilter value={filters.survey} onChange={(survey) => onChange({ survey })} />
      <Select
        aria-label={t('workbench:field.state')}
        className="filter-field"
        value={filters.state}
        onChange={(state) => onChange({ state })}
        popupMatchSelectWidth={false}
        options={[
          { value: '', label: `${t('workbench:field.state')}: ${t('workbench:action.all')}` },
          ...choices<string>(INVITATION_STATES),
        ]}
      />
      <Flex gap={8} align="center">
        <Switch
          size="small"
          aria-label={t('onlyLow')}
          checked={filters.low === 'yes'}
          onChange={(on) => onChange({ low: on ? 'yes' : '' })}
        />
        <span>{t('onlyLow')}</span>
      </Flex>
    </Flex>
  );
}

function InvitationCard({ invitation, onOpen }: { invitation: Invitation; onOpen: () => void }) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const answered = invitation.state === 'SURVEY_INVITATION_STATE_ANSWERED';
  return (
    <button type="button" className="plain survey-card" onClick={onOpen}>
      <Flex justify="space-between" gap={8}>
        <strong>{invitation.customerName}</strong>
        <InvitationTag state={invitation.state} />
      </Flex>
      <span>
        {answered
          ? [scoreOf(invitation.recommendationScore, 10), scoreOf(invitation.satisfactionScore, 5)].filter(Boolean).join(' · ')
          : t('until', { date: formats.date(invitation.expireDate) })}
      </span>
    </button>
  );
}

const scoreOf = (score: number | undefined, most: number) => (score === undefined ? '' : `${score} / ${most}`);

function useColumns() {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const cell = (render: (invitation: Invitation) => React.ReactNode) => (_: unknown, invitation: Invitation) =>
    render(invitation);
  return [
    {
      title: t('workbench:field.customer'),
      key: 'customer',
      width: 180,
      ellipsis: true,
      render: cell(({ surveyInvitationId, customerName }) => (
        <Link to={`/work/surveys/invitations/${surveyInvitationId}`}>{customerName || t('someCustomer')}</Link>
      )),
    },
    { title: t('workbench:field.state'), key: 'state', width: 120, render: cell(({ state }) => <InvitationTag state={state} />) },
    {
      title: t('recommendationShort'),
      key: 'recommendation',
      width: 130,
      align: 'right' as const,
      render: cell(({ recommendationScore, low }) => (
        <span className={low ? 'late' : ''}>{scoreOf(recommendationScore, 10) || '—'}</span>
      )),
    },
    {
      title: t('satisfactionShort'),
      key: 'satisfaction',
      width: 130,
      align: 'right' as const,
      render: cell(({ satisfactionScore, low }) => (
        <span className={low ? 'late' : ''}>{scoreOf(satisfactionScore, 5) || '—'}</span>
      )),
    },
    {
      title: t('low'),
      key: 'low',
      width: 110,
      render: cell(({ low }) => (low ? <span className="late">{t('lowSaid')}</span> : '')),
    },
    { title: t('channel'), key: 'channel', width: 130, render: cell(({ channel }) => <Named value={channel} />) },
    { title: t('owner'), dataIndex: 'ownerName', width: 110, ellipsis: true },
    { title: t('answeredOn'), key: 'answered', width: 120, render: cell(({ answerDate }) => formats.date(answerDate)) },
    { title: t('expires'), key: 'expires', width: 120, render: cell(({ expireDate }) => formats.date(expireDate)) },
  ];
}
