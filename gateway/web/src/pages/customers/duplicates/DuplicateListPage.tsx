import { ScanOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Select, Tag, Typography } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, useNamedChoices } from '../../../design/Named';
import { isOver, OperationProgress, useOperation } from '../../../design/OperationProgress';
import { Page } from '../../../design/Page';
import { EmptyState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import '../customers.css';
import type { Candidate } from './candidate';
import { CandidateReasons, LikenessTag } from './Likeness';

const STATES = [
  'DUPLICATE_STATE_OPEN',
  'DUPLICATE_STATE_DISMISSED',
  'DUPLICATE_STATE_MERGED',
  'DUPLICATE_STATE_CLEARED',
] as const;
type State = (typeof STATES)[number];
const SCORES = ['', '85'];

/** Pairs of records that may be one customer's, the most alike first. */
export default function DuplicateListPage() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const { may } = useAccess();
  const choices = useNamedChoices();
  const [filters, change] = useFilters({ state: 'DUPLICATE_STATE_OPEN', score: '', mine: '' });
  const { personId } = useAccess();
  const columns = useCandidateColumns();
  const load = useCallback(
    async (pageToken: string, signal: AbortSignal) => {
      const query = {
        pageToken,
        pageSize: 100,
        states: [filters.state as State],
        scoreMin: Number(filters.score),
        ...(filters.mine ? { assignedPersonId: personId } : {}),
      };
      const { data } = await client.GET('/v1/duplicateCandidates', { params: { query }, signal });
      return { rows: data?.duplicateCandidates ?? [], nextPageToken: data?.nextPageToken ?? '' };
    },
    [filters, personId],
  );
  return (
    <Page title={t('duplicates.title')} note={t('duplicates.note')} actions={may('customer.duplicate.scan') && <Scan />}>
      <Flex wrap gap={8} className="list-tools">
        <Select
          aria-label={t('column.state')}
          className="filter-choice"
          options={choices(STATES)}
          value={filters.state}
          onChange={(state) => change({ state })}
        />
        <Select
          aria-label={t('duplicates.likeness')}
          className="filter-choice"
          options={SCORES.map((value) => ({ value, label: t(value ? 'duplicates.certainOnly' : 'duplicates.anyScore') }))}
          value={filters.score}
          onChange={(score) => change({ score })}
        />
        <Select
          aria-label={t('duplicates.assigned')}
          className="filter-choice"
          options={[
            { value: '', label: t('duplicates.anybody') },
            { value: 'me', label: t('duplicates.mine') },
          ]}
          value={filters.mine}
          onChange={(mine) => change({ mine })}
        />
      </Flex>
      <KeysetTable<Candidate>
        queryKey={['/v1/duplicateCandidates', filters]}
        load={load}
        rowKey={(candidate) => candidate.candidateId}
        columns={columns}
        label={t('duplicates.title')}
        onOpen={(candidate) => void navigate(`/customers/duplicates/${candidate.candidateId}`)}
        card={(candidate) => <CandidateCard candidate={candidate} />}
        empty={<EmptyState words={t(filters.state === 'DUPLICATE_STATE_OPEN' ? 'duplicates.none' : 'duplicates.noneSo')} />}
      />
    </Page>
  );
}

function useCandidateColumns(): ColumnType<Candidate>[] {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  return [
    {
      key: 'pair',
      title: t('duplicates.pair'),
      width: 320,
      render: (_, candidate) => <Pair candidate={candidate} />,
    },
    { key: 'score', title: t('duplicates.likeness'), width: 120, render: (_, { score }) => <LikenessTag score={score} /> },
    {
      key: 'reasons',
      title: t('duplicates.reasons'),
      width: 360,
      render: (_, { reasons }) => <CandidateReasons reasons={reasons} />,
    },
    { key: 'state', title: t('column.state'), width: 104, render: (_, { state }) => <Named value={state} /> },
    { key: 'found', title: t('duplicates.found'), width: 168, render: (_, { createTime }) => formats.instant(createTime) },
  ];
}

function Pair({ candidate }: { candidate: Candidate }) {
  const { firstCustomer, secondCustomer } = candidate;
  return (
    <Link to={`/customers/duplicates/${candidate.candidateId}`} className="pair">
      {[firstCustomer, secondCustomer].map((customer) => (
        <span key={customer?.customerId}>
          {customer?.displayName} <Typography.Text type="secondary">{customer?.customerNumber}</Typography.Text>
        </span>
      ))}
    </Link>
  );
}

function CandidateCard({ candidate }: { candidate: Candidate }) {
  return (
    <Card size="small">
      <Flex vertical gap={6}>
        <Pair candidate={candidate} />
        <Flex wrap gap={6}>
          <LikenessTag score={candidate.score} />
          <Tag>
            <Named value={candidate.state} />
          </Tag>
        </Flex>
        <CandidateReasons reasons={candidate.reasons} />
      </Flex>
    </Card>
  );
}

/** Compares all customers of the bank, as long work. */
function Scan() {
  const { t } = useTranslation('customers');
  const { modal } = App.useApp();
  const words = useRefusalWords();
  const scanning = useMutation({
    mutationFn: async () => (await client.POST('/v1/duplicateCandidates:scan', { body: {} })).data,
    onSuccess: () => refresh('/v1/operations'),
    onError: (error) => modal.error({ title: words(error) }),
  });
  const { data: operation } = useOperation('customer', scanning.data?.operationId);
  const over = isOver(operation ?? undefined);
  if (scanning.data && !over) {
    return (
      <div className="scan-progress">
        <OperationProgress operation={operation} label={t('duplicates.scanning')} />
      </div>
    );
  }
  return (
    <Flex gap={8} align="center">
      {over && <Alert type="success" showIcon title={t('duplicates.scanned')} />}
      <Button icon={<ScanOutlined />} loading={scanning.isPending} onClick={() => scanning.mutate()}>
        {t('duplicates.scan')}
      </Button>
    </Flex>
  );
}
