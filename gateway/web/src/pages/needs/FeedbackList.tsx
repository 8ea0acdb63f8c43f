import { Flex, Segmented, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { useNamedChoices } from '../../design/Named';
import { ScopeSelect, useScopePath } from '../../design/ScopeSelect';
import { EmptyState } from '../../design/States';
import { Deadline } from './Deadline';
import { KindTags, StateTag } from './KindTags';
import { type Feedback, type FeedbackKind, type FeedbackState, KINDS, STATES, useCategoryName } from './needs';

export interface ListFilters {
  scope: string;
  kind: string;
  state: string;
  overdue: string;
}

interface Props {
  /** Only what the caller is to answer. */
  toAnswer: boolean;
  filters: ListFilters;
  onChange: (changed: Partial<ListFilters>) => void;
}

/** What customers said, the latest first; or what waits for the caller's answer. */
export function FeedbackList({ toAnswer, filters, onChange }: Props) {
  const { t } = useTranslation('needs');
  const { personId } = useAccess();
  const navigate = useNavigate();
  const organisationPath = useScopePath(filters.scope);
  const columns = useColumns(organisationPath !== '');
  const whose = toAnswer ? { assigneePersonId: personId } : { organisationPath };
  const states = filters.state ? [filters.state as FeedbackState] : [];
  const query = {
    ...whose,
    states: toAnswer ? (['FEEDBACK_STATE_OPEN'] satisfies FeedbackState[]) : states,
    overdue: filters.overdue === 'yes',
    ...(filters.kind ? { kind: filters.kind as FeedbackKind } : {}),
  };
  return (
    <Flex vertical gap={12}>
      <ListFields toAnswer={toAnswer} filters={filters} onChange={onChange} />
      <KeysetTable<Feedback>
        label={t('title')}
        queryKey={['/v1/feedback', 'list', query]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/feedback', { params: { query: { ...query, pageToken } }, signal });
          return { rows: data?.feedback ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ feedbackId }) => feedbackId}
        columns={columns}
        card={(feedback) => <FeedbackCard feedback={feedback} />}
        empty={<EmptyState words={t(toAnswer ? 'nothingToAnswer' : 'none')} />}
        onOpen={({ feedbackId }) => navigate(`/work/needs/${feedbackId}`)}
      />
    </Flex>
  );
}

function ListFields({ toAnswer, filters, onChange }: Props) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  return (
    <Flex gap={12} wrap align="center">
      {!toAnswer && <ScopeSelect value={filters.scope} onChange={(scope) => onChange({ scope })} />}
      <Segmented
        aria-label={t('kind')}
        value={filters.kind}
        onChange={(kind) => onChange({ kind })}
        options={[{ value: '', label: t('workbench:action.all') }, ...choices<string>(KINDS)]}
      />
      {!toAnswer && (
        <Select
          aria-label={t('workbench:field.state')}
          className="filter-field"
          value={filters.state}
          onChange={(state) => onChange({ state })}
          options={[
            { value: '', label: `${t('workbench:field.state')}: ${t('workbench:action.all')}` },
            ...choices<string>(STATES),
          ]}
          popupMatchSelectWidth={false}
        />
      )}
      <Flex gap={8} align="center">
        <Switch
          size="small"
          aria-label={t('onlyOverdue')}
          checked={filters.overdue === 'yes'}
          onChange={(on) => onChange({ overdue: on ? 'yes' : '' })}
        />
        <span>{t('onlyOverdue')}</span>
      </Flex>
    </Flex>
  );
}

function FeedbackCard({ feedback }: { feedback: Feedback }) {
  const navigate = useNavigate();
  return (
    <button type="button" className="plain feedback-card" onClick={() => navigate(`/work/needs/${feedback.feedbackId}`)}>
      <Flex justify="space-between" gap={8} wrap>
        <strong>{feedback.customerName}</strong>
        <KindTags feedback={feedback} />
      </Flex>
      <span className="feedback-words">{feedback.words}</span>
      <Flex justify="space-between" gap={8} wrap>
        <Deadline feedback={feedback} />
        <StateTag state={feedback.state} />
      </Flex>
    </button>
  );
}

function useColumns(withOwner: boolean) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const categoryName = useCategoryName();
  const cell = (render: (feedback: Feedback) => React.ReactNode) => (_: unknown, feedback: Feedback) => render(feedback);
  return [
    { title: t('kind'), key: 'kind', width: 130, render: cell((feedback) => <KindTags feedback={feedback} />) },
    {
      title: t('words'),
      key: 'words',
      width: 250,
      ellipsis: true,
      render: cell(({ feedbackId, words }) => <Link to={`/work/needs/${feedbackId}`}>{words}</Link>),
    },
    { title: t('workbench:field.customer'), dataIndex: 'customerName', width: 150, ellipsis: true },
    {
      title: t('category'),
      key: 'category',
      width: 110,
      ellipsis: true,
      render: cell(({ category }) => categoryName(category)),
    },
    { title: t('workbench:field.state'), key: 'state', width: 90, render: cell(({ state }) => <StateTag state={state} />) },
    { title: t('due'), key: 'due', width: 180, render: cell((feedback) => <Deadline feedback={feedback} />) },
    { title: t('assignee'), dataIndex: 'assigneeName', width: 80, ellipsis: true },
    ...(withOwner ? [{ title: t('owner'), dataIndex: 'ownerName', width: 90, ellipsis: true }] : []),
    { title: t('received'), key: 'received', width: 110, render: cell(({ receivedDate }) => formats.date(receivedDate)) },
  ];
}
