import { MoreOutlined, StarFilled } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Dropdown, Flex, Tag } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, client, refresh } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { addDays, useFormats } from '../../design/formats';
import { useNamed } from '../../design/Named';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { today } from './day';
import { Nothing, Panel } from './Panel';

// The form comes when a visit is given a time.
const AcceptVisit = lazy(() => import('./AcceptVisit'));

type Proposal = Schema<'activity.v1.VisitProposal'>;

const SHOWN = 5;
const REASONS = [
  'VISIT_DECLINE_REASON_CUSTOMER_AWAY',
  'VISIT_DECLINE_REASON_JUST_SPOKEN',
  'VISIT_DECLINE_REASON_NO_TIME',
  'VISIT_DECLINE_REASON_NOT_WANTED',
  'VISIT_DECLINE_REASON_OTHER',
] as const;
const WEEKDAYS = 5;

/** Whom one should see today, by the cycles of the bank: key customers first, then who has waited longest. */
export function Visits() {
  const { t } = useTranslation('today');
  const [all, setAll] = useState(false);
  const list = api.useQuery('get', '/v1/visitProposals', { params: { query: { pageSize: 200 } } });
  const open = (list.data?.visitProposals ?? []).filter(({ state }) => state === 'VISIT_PROPOSAL_STATE_PROPOSED');
  const due = open.filter(({ plannedDate }) => plannedDate <= today()).sort(byPressure);
  const later = open.length - due.length;
  return (
    <Panel
      place={3}
      title={t('visits.title')}
      count={due.length}
      note={later > 0 ? t('visits.later', { count: later }) : undefined}
      extra={<Link to="/work/calendar">{t('visits.week')}</Link>}
    >
      <Loaded query={list} isEmpty={() => !due.length} empty={<NoVisits later={later} />}>
        {() => (
          <>
            <ol className="day-rows">
              {(all ? due : due.slice(0, SHOWN)).map((proposal) => (
                <VisitRow key={proposal.visitProposalId} proposal={proposal} />
              ))}
            </ol>
            {due.length > SHOWN && (
              <Button type="link" className="day-panel-more" onClick={() => setAll(!all)}>
                {t(all ? 'showLess' : 'showAll', { count: due.length })}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function byPressure(one: Proposal, other: Proposal): number {
  return Number(other.key) - Number(one.key) || other.overdueDays - one.overdueDays;
}

function NoVisits({ later }: { later: number }) {
  const { t } = useTranslation('today');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const planning = useMutation({
    mutationFn: () => client.POST('/v1/visitProposals:plan', { body: {} }),
    onSuccess: () => refresh('/v1/visitProposals'),
    onError: (error) => void message.error(words(error)),
  });
  const plan = (
    <Button size="small" loading={planning.isPending} onClick={() => planning.mutate()}>
      {t('visits.plan')}
    </Button>
  );
  return <Nothing words={t('visits.none')} action={later ? undefined : plan} />;
}

function VisitRow({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  const [accepting, setAccepting] = useState(false);
  return (
    <li className="day-row">
      <div className="day-row-main">
        <Flex wrap align="center" gap="4px 8px">
          <Link to={`/customers/${proposal.customerId}`} className="day-row-name">
            {proposal.customerName}
          </Link>
          {proposal.key && (
            <Tag color="processing" icon={<StarFilled />}>
              {t('visits.key')}
            </Tag>
          )}
        </Flex>
        <Text type={proposal.overdueDays > 0 ? 'warning' : 'secondary'}>
          {proposal.overdueDays > 0
            ? t('visits.overdue', { count: proposal.overdueDays })
            : t('visits.due', { date: formats.date(proposal.dueDate) })}
          {proposal.place && ` · ${proposal.place}`}
        </Text>
      </div>
      <Flex gap={4} className="day-row-actions">
        <Button size="small" onClick={() => setAccepting(true)}>
          {t('visits.accept')}
        </Button>
        <OtherwiseMenu proposal={proposal} />
      </Flex>
      {accepting && (
        <Suspense>
          <AcceptVisit proposal={proposal} onClose={() => setAccepting(false)} />
        </Suspense>
      )}
    </li>
  );
}

/** Another day of the week, or not at all. */
function OtherwiseMenu({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('today');
  const named = useNamed();
  const formats = useFormats();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const path = { visitProposalId: proposal.visitProposalId };
  const etag = proposal.etag;
  const settled = {
    onSuccess: () => refresh('/v1/visitProposals'),
    onError: (error: Error) => void message.error(words(error)),
  };
  const moving = useMutation({
    mutationFn: (plannedDate: string) =>
      client.POST('/v1/visitProposals/{visitProposalId}:move', { params: { path }, body: { plannedDate, etag } }),
    ...settled,
  });
  const declining = useMutation({
    mutationFn: (reason: (typeof REASONS)[number]) =>
      client.POST('/v1/visitProposals/{visitProposalId}:decline', { params: { path }, body: { reason, etag } }),
    ...settled,
  });
  const days = daysLeft(proposal.weekStartDate);
  const items = [
    ...(days.length
      ? [
          {
            key: 'move',
            type: 'group' as const,
            label: t('visits.move'),
            children: days.map((date) => ({ key: date, label: formats.dateLong(date), onClick: () => moving.mutate(date) })),
          },
        ]
      : []),
    {
      key: 'decline',
      type: 'group' as const,
      label: t('visits.decline'),
      children: REASONS.map((reason) => ({ key: reason, label: named(reason), onClick: () => declining.mutate(reason) })),
    },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items }} placement="bottomRight">
      <Button
        size="small"
        icon={<MoreOutlined />}
        loading={moving.isPending || declining.isPending}
        aria-label={t('visits.otherwise', { name: proposal.customerName })}
      />
    </Dropdown>
  );
}

/** The days of the week that are still to come. */
function daysLeft(weekStartDate: string): string[] {
  return Array.from({ length: WEEKDAYS }, (_, index) => addDays(weekStartDate, index)).filter((date) => date > today());
}
